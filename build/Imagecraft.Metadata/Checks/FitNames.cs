// Names in `fits`: one that nobody has is what somebody else may bring, unless it is nearly one that somebody has. Unaware of which versions fit.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Finds mistyped names of interfaces.</summary>
static class FitNames
{
    /// <summary>Reports names that are nearly a known one, and interfaces with the name of somebody else.</summary>
    public static void Check(Workspace workspace, Reading reading)
    {
        var known = Known(workspace);
        var packages = workspace.Recipes.Values.SelectMany(recipe => recipe.Packages).Select(package => package.Name.Value).ToHashSet();
        foreach (var recipe in workspace.Recipes.Values)
        {
            reading.Owner = new DocumentId(KindNames.Recipe, recipe.Name);
            foreach (var package in recipe.Packages)
                Own($"Package `{package.Name}`", package.Interfaces, name => packages.Contains(name) && name != package.Name.Value, reading);
            foreach (var package in recipe.Packages)
                Check($"Package `{package.Name}`", package.Fits, known, reading);
        }

        foreach (var accelerator in workspace.Accelerators.Values)
        {
            reading.Owner = new DocumentId(KindNames.Accelerator, accelerator.Name);
            Own($"Accelerator `{accelerator.Name}`", accelerator.Interfaces, packages.Contains, reading);
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

    static void Own(string who, ImmutableSortedDictionary<string, Sited<string>> interfaces, Func<string, bool> isOthers, Reading reading)
    {
        foreach (var (name, version) in interfaces)
            if (name == Interfaces.Kernel || isOthers(name))
                reading.Error(Codes.Contradiction, $"{who} has an interface `{name}`, which is the name of {(name == Interfaces.Kernel ? "the kernel" : "a package")}", version.Span, "Give it a name of its own");
    }

    static void Check(string who, ImmutableSortedDictionary<string, Sited<VersionRange>> fits, ImmutableSortedSet<string> known, Reading reading)
    {
        foreach (var (name, range) in fits)
            if (!known.Contains(name) && Nearest.To(name, known) is { } near)
                reading.Error(Codes.UnknownName, $"{who} fits versions of `{name}`, which nothing has", range.Span, $"Did you mean `{near}`?");
    }
}
