// Whether an image has the modules and firmware that its board's devices need, as an action. Unaware of device trees.

using System.Collections.Immutable;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning.Systems;
using Imagecraft.Requests.Drivers;

namespace Imagecraft.Planning.Imaging;

internal static class ModuleCheck
{
    /// <summary>Name of the report among the artifacts.</summary>
    public const string Artifact = "board-lint.txt";

    /// <summary>Plans it; null for boards that say nothing of their devices.</summary>
    /// <param name="context">Takes the action.</param>
    /// <param name="target">Board and image.</param>
    /// <param name="kernel">The board's kernel.</param>
    /// <param name="packages">Trees of the image's packages by name.</param>
    public static OutputRef? Plan(PlanContext context, BoardTarget target, RecipePlan kernel, ImmutableArray<(string Name, OutputRef Tree)> packages)
    {
        var board = target.Board;
        if (board.Lint is not { } lint || !kernel.Extra.TryGetValue(DriverCheck.Drivers, out var drivers))
            return null;
        return context.Call(
            new($"{target.Image.Name}@{board.Name}:lint"),
            new CheckModulesRequest(target.Image.Name, board.Name, DriverCheck.Waivers(lint)),
            $"whose drivers {board.Name} needs",
            $"Check modules and firmware of {target.Image.Name}",
            [
                drivers.At(CheckModulesRequest.DriversInput, $"the drivers that {board.Name} needs"),
                kernel.Extra[DriverCheck.Report].At(CheckModulesRequest.ReportInput, "what was found before the kernel was compiled"),
                kernel.Install.At(CheckModulesRequest.KernelInput, "what firmware drivers ask for"),
                .. packages.Select(p => p.Tree.At(CheckModulesRequest.PackageInputs.At(p.Name), "modules and firmware may lie in it")),
            ]);
    }
}
