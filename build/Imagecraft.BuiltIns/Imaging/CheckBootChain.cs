// Examines a disk as its board's ROM and first stages do; a disk that they could not boot fails.

using System.Globalization;
using Imagecraft.Boards.BootChains;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Images;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="CheckBootChainRequest"/>.</summary>
public sealed class CheckBootChain() : BuiltInFunction<CheckBootChainRequest>(typeof(ContentStore), typeof(BootChainExamination), typeof(ImageInputException))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(CheckBootChainRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var trees = context.InputsOf(CheckBootChainRequest.PackageInputs).ToDictionary(p => p.Name, p => context.Tree(p.Input), StringComparer.Ordinal);
        BootReport report;
        await using (var disk = File.OpenRead(await context.FileAsync(CheckBootChainRequest.DiskInput, cancellationToken)))
            report = new BootChainExamination(request.Chain, disk, request.Kept, file => trees[file.Input].Read(file.Path)).Run();
        if (!report.Problems.IsEmpty)
            throw new ActionFailedException(string.Create(CultureInfo.InvariantCulture, $"`{request.Board}` cannot boot from this disk, by what `boot-chain` of its description says ({report.Problems.Length}):{string.Concat(report.Problems.Select(p => $"\n  {p}"))}"));
        await context.OutputTextAsync(CheckBootChainRequest.ReportOutput, string.Concat(report.Lines.Select(l => l + "\n")), cancellationToken);
    }
}
