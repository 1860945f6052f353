// Holds a kernel's final configuration against what a board needs it to drive, before anything is compiled.

using System.Globalization;
using Imagecraft.Boards.DeviceTrees;
using Imagecraft.Boards.Drivers;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Drivers;

namespace Imagecraft.BuiltIns.Drivers;

/// <summary>The function of <see cref="CheckDriversRequest"/>.</summary>
public sealed class CheckDrivers() : BuiltInFunction<CheckDriversRequest>(typeof(ContentStore), typeof(DriverLint))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(CheckDriversRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var board = request.Demand.Board;
        var configuration = new KernelConfiguration(await context.TextAsync(CheckDriversRequest.ConfigInput, cancellationToken));
        var index = DriverIndex.Read(await context.TextAsync(CheckDriversRequest.IndexInput, cancellationToken));
        var modules = new List<DriverIndex>();
        foreach (var (_, input) in context.InputsOf(CheckDriversRequest.ModuleInputs))
            modules.Add(DriverIndex.Read(await context.TextAsync(input, cancellationToken)));
        DeviceTree? tree;
        try
        {
            tree = request.Demand.Root is null ? null : DeviceTree.Read(await File.ReadAllBytesAsync(await context.FileAsync(CheckDriversRequest.TreeInput, cancellationToken), cancellationToken));
        }
        catch (DeviceTreeException problem)
        {
            throw new ActionFailedException($"The device tree of `{board}` {problem.Message}", problem);
        }

        var report = new DriverLint(request.Demand, tree, new DriverTable(index, modules, configuration, request.Architecture)).Run();
        foreach (var line in report.Lines)
            context.Log(line);
        if (!report.Problems.IsEmpty)
            throw new ActionFailedException(string.Create(CultureInfo.InvariantCulture, $"The kernel of `{board}` lacks drivers that the board needs, by {(tree is null ? "its classes of devices" : "its device tree")} and final configuration ({report.Problems.Length}):{string.Concat(report.Problems.Select(p => $"\n  {p}"))}"));
        context.Output(CheckDriversRequest.ConfigOutput, context.Input(CheckDriversRequest.ConfigInput).Value);
        await context.OutputTextAsync(CheckDriversRequest.ReportOutput, string.Concat(report.Lines.Select(l => l + "\n")), cancellationToken);
        await context.OutputTextAsync(CheckDriversRequest.DriversOutput, DriverList.Write(report.Drivers), cancellationToken);
    }
}
