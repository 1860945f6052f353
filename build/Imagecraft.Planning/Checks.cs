// Which checks a booted image must pass: those of image, recipes, models, and of the accelerators' modules. Unaware of QEMU.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging;

namespace Imagecraft.Planning;

/// <summary>A check with the name of who declared it.</summary>
public sealed record PlannedCheck(string Owner, CheckSpec Check);

/// <summary>Collects checks.</summary>
public static class Checks
{
    /// <summary>The accelerators of the board whose driver its kernel's version has.</summary>
    public static IEnumerable<Accelerator> Accelerators(Workspace workspace, Board board) => board.Accelerators
        .Where(a => workspace.Accelerators.ContainsKey(a))
        .Select(a => workspace.Accelerators[a])
        .Where(a => !workspace.Recipes.TryGetValue(board.Kernel, out var kernel) || Versions.Satisfies(kernel.Version, a.SinceKernel?.Value));

    /// <summary>All checks in the order: image, recipes, accelerators, models.</summary>
    public static ImmutableArray<PlannedCheck> Of(PlanContext context, Board board, Image image)
    {
        var recipes = PackageClosure.Of(context, board, image).Select(c => c.Recipe).DistinctBy(r => r.Name.Value);
        return
        [
            .. image.Checks.Select(c => new PlannedCheck(image.Name, c)),
            .. recipes.SelectMany(r => r.Checks.Select(c => new PlannedCheck(r.Name, c))),
            .. Accelerators(context.Workspace, board).SelectMany(a => a.Modules.Select(m => new PlannedCheck(a.Name, ModuleCheck(m))).Concat(a.Checks.Select(c => new PlannedCheck(a.Name, c)))),
            .. image.Models.Where(m => context.Workspace.Models.ContainsKey(m)).SelectMany(m => context.Workspace.Models[m].Checks.Select(c => new PlannedCheck(m, c))),
        ];
    }

    /// <summary>modprobe loads the module and the kernel lists it.</summary>
    public static CheckSpec ModuleCheck(Sited<string> module)
    {
        var listed = module.Value.Replace('-', '_');
        return new()
        {
            Name = module with { Value = $"module-{module}" },
            Run = module with { Value = $"modprobe {module} && grep '^{listed} ' /proc/modules" },
            Contains = [module with { Value = $"{listed} " }],
            TimeoutSeconds = 60,
        };
    }
}
