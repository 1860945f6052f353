// Which packages an image gets: those it names, what they require, what accelerators, kernel and the disk's partitions bring. Unaware of actions.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Models;

namespace Imagecraft.Planning.Imaging;

/// <summary>A package, its recipe, and who wanted it, in words.</summary>
internal sealed record ChosenPackage(PackageSpec Package, Recipe Recipe, string Reason)
{
    /// <summary>The package that brought it; null when image, board or an accelerator did.</summary>
    public string? RequiredBy { get; init; }
}

internal static class PackageClosure
{
    public static ImmutableArray<ChosenPackage> Of(PlanContext context, Board board, Image image)
    {
        var owners = new Dictionary<string, (PackageSpec Package, Recipe Recipe)>(StringComparer.Ordinal);
        foreach (var recipe in context.Workspace.Recipes.Values)
        {
            // Kernels may share package names: only the board's own is ever installed.
            if (recipe.Build is BuildSpec.Kernel && recipe.Name.Value != board.Kernel.Value)
                continue;
            foreach (var package in recipe.Packages)
                owners.TryAdd(package.Name, (package, recipe));
        }

        var chosen = new SortedDictionary<string, ChosenPackage>(StringComparer.Ordinal);
        var queue = new Queue<(Sited<string> Name, string Reason, string? RequiredBy)>();
        foreach (var name in image.Packages)
            queue.Enqueue((name, $"the image {image.Name} names it", null));
        // A container runs on whatever kernel its host has.
        var isSystem = image.Init?.Value != "none";
        if (isSystem && context.Workspace.Recipes.TryGetValue(board.Kernel, out var kernel))
        {
            foreach (var package in kernel.Packages)
                queue.Enqueue((package.Name, $"the kernel of {board.Name} brings it", null));
        }

        foreach (var name in board.DiskPackages.Where(_ => isSystem))
            queue.Enqueue((name, $"partitions of {board.Name} grow or are mounted", null));
        foreach (var name in isSystem ? board.Packages : [])
            queue.Enqueue((name, $"the board {board.Name} needs it", null));
        foreach (var accelerator in board.Accelerators.Where(a => isSystem && context.Workspace.Accelerators.ContainsKey(a)).Select(a => context.Workspace.Accelerators[a]))
        {
            foreach (var name in accelerator.Packages)
                queue.Enqueue((name, $"the accelerator {accelerator.Name} needs it", null));
        }

        // Whoever runs networks runs them on what there is.
        var providers = board.Accelerators.Where(a => isSystem && context.Workspace.Accelerators.ContainsKey(a)).Select(a => context.Workspace.Accelerators[a]).Where(a => a.Provider is not null).ToList();
        while (queue.TryDequeue(out var next))
        {
            if (chosen.ContainsKey(next.Name))
                continue;
            if (!owners.TryGetValue(next.Name, out var owner))
            {
                context.Error("IC0360", $"No recipe has a package named `{next.Name}`", next.Name.Span, Nearest.Hint(next.Name, owners.Keys, "package"));
                continue;
            }

            chosen.Add(next.Name, new(owner.Package, owner.Recipe, next.Reason) { RequiredBy = next.RequiredBy });
            foreach (var required in owner.Package.Requires)
                queue.Enqueue((required, $"{next.Name} requires it", next.Name.Value));
            foreach (var accelerator in next.Name.Value == InstructionCounter.Runtime ? providers : [])
                queue.Enqueue((accelerator.Provider!, $"{next.Name} runs networks on the accelerator {accelerator.Name} by it", next.Name.Value));
        }

        return [.. chosen.Values];
    }
}
