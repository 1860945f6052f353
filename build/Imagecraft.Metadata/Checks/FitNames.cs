// Names in `fits`: one that nobody has is what somebody else may bring, unless it is nearly one that somebody has. Unaware of which versions fit.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Finds mistyped names of interfaces.</summary>
static class FitNames
{
    /// <summary>Reports names that are nearly a known one.</summary>
    public static void Check(Workspace workspace, Reading reading)
    {
        var known = Known(workspace);
        foreach (var recipe in workspace.Recipes.Values)
        {
            reading.Owner = new DocumentId(KindNames.Recipe, recipe.Name);
            foreach (var package in recipe.Packages)
                Check($"Package `{package.Name}`", package.Fits, known, reading);
        }

        foreach (var accelerator in workspace.Accelerators.Values)
        {
            reading.Owner = new DocumentId(KindNames.Accelerator, accelerator.Name);
            Check($"Accelerator `{accelerator.Name}`", accelerator.Fits, known, reading);
        }

        foreach (var model in workspace.Models.Values)
        {
            reading.Owner = new DocumentId(KindNames.Model, model.Name);
            Check($"Model `{model.Name}`", model.Fits, known, reading);
        }
    }

    /// <summary>All names that somebody has: packages, interfaces, and the kernel's.</summary>
    static ImmutableSortedSet<string> Known(Workspace workspace)
    {
        var packages = workspace.Recipes.Values.SelectMany(recipe => recipe.Packages).ToArray();
        return
        [
            Interfaces.Kernel,
            .. packages.Select(package => package.Name.Value),
            .. packages.SelectMany(package => package.Interfaces.Keys),
            .. workspace.Accelerators.Values.SelectMany(accelerator => accelerator.Interfaces.Keys),
        ];
    }

    static void Check(string who, ImmutableSortedDictionary<string, Sited<VersionRange>> fits, ImmutableSortedSet<string> known, Reading reading)
    {
        foreach (var (name, range) in fits)
            if (!known.Contains(name) && Nearest.To(name, known) is { } near)
                reading.Error(Codes.UnknownName, $"{who} fits versions of `{name}`, which nothing has", range.Span, $"Did you mean `{near}`?");
    }
}
