// Whether a kernel drives what its board needs, as an action between configuring and compiling. Unaware of how drivers are found.

using System.Collections.Immutable;
using Imagecraft.Boards.Drivers;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Requests.Drivers;

namespace Imagecraft.Planning.Systems;

internal static class DriverCheck
{
    /// <summary>Key of the report among <see cref="Recipes.RecipePlan.Extra"/>.</summary>
    public const string Report = "driver-report";

    /// <summary>Key of the list of drivers that images must have.</summary>
    public const string Drivers = "drivers";

    /// <summary>Plans it: the configuration is passed on when the check is passed; null for boards that say nothing of their devices.</summary>
    /// <param name="job">The kernel.</param>
    /// <param name="config">Its final configuration.</param>
    /// <param name="deviceTrees">The board's device trees by file name.</param>
    public static OutputRef? Plan(BuildJob job, OutputRef config, Func<string, OutputRef?> deviceTrees)
    {
        var board = job.Board.Board;
        if (board.Lint is not { None: null } lint)
            return null;
        var name = lint.Root is null ? null : lint.DeviceTree?.Value ?? board.DeviceTrees.FirstOrDefault()?.Name;
        var tree = name is null ? null : deviceTrees(name);
        if (tree is null && lint.Root is not null)
            return null;
        var accelerators = CheckPlanner.Accelerators(job.Context.Workspace, board).ToImmutableArray();
        var demand = new DriverDemand(board.Name, job.Recipe.Name, board.KernelFragments.LastOrDefault()?.Value, lint.Root is { } root ? Device(root) : null, lint.Console is { } console ? Device(console) : null)
        {
            Classes = [.. lint.Classes.Select(c => new DemandedClass(c.Name.Value, [.. c.Drivers.Select(d => d.Value)], c.IsBuiltIn))],
            Devices = [.. lint.Devices.Select(Device)],
            Accelerators = [.. accelerators.Select(a => new DemandedAccelerator(a.Name, [.. a.Modules.Select(m => m.Value)], a.KernelFragments.LastOrDefault()?.Value))],
            Waivers = Waivers(lint),
        };
        var modules = job.Context.Workspace.Recipes.Values.Where(r => r.Build is BuildSpec.KernelModule && r.Packages.Any(p => accelerators.SelectMany(a => a.Packages).Any(wanted => wanted.Value == p.Name.Value)));
        return job.Context.Call(
            job.Id("lint"),
            new CheckDriversRequest(demand, job.Target.Architecture.KernelArch),
            $"what the kernel of {board.Name} must drive",
            $"Check the drivers of {board.Name}",
            [
                config.At(CheckDriversRequest.ConfigInput, "the final configuration"),
                .. tree is null ? [] : ImmutableArray.Create(tree.At(CheckDriversRequest.TreeInput, $"the device tree of {board.Name}")),
                Index(job, job.Recipe).At(CheckDriversRequest.IndexInput, $"what drivers {job.Recipe.Name} has"),
                .. modules.Select(m => Index(job, m).At(CheckDriversRequest.ModuleInputs.At(m.Name), $"an accelerator's driver is {m.Name}")),
            ]);
    }

    /// <summary>What a board waives.</summary>
    public static ImmutableArray<DriverWaiver> Waivers(LintSpec lint) =>
        [.. lint.Waivers.Select(w => new DriverWaiver(w.Node, w.Reason)), .. lint.Classes.Where(c => c.WithoutFirmware is not null).Select(c => new DriverWaiver(c.Name, c.WithoutFirmware!))];

    // By the sources alone: no board and no configuration makes it anew.
    private static OutputRef Index(BuildJob job, Recipe recipe) => job.Context.Call(
        new ActionId($"{recipe.Name}:drivers"),
        new IndexDriversRequest(recipe.Build.Subfolder, recipe.Build is BuildSpec.Kernel),
        $"where the drivers of {recipe.Name} lie",
        $"Index the drivers of {recipe.Name} {recipe.Version}",
        [job.Sources.Plan(recipe).At(IndexDriversRequest.SourceInput, $"the sources of {recipe.Name}")]);

    private static DemandedDevice Device(LintDeviceSpec device) => new(device.Node, [.. device.Drivers.Select(d => d.Value)]);
}
