// Whether the parts of an image fit together: driver, firmware, user space, runtime, profile and network. Unaware of what an interface is.

using System.Collections.Immutable;
using Imagecraft.Images.Manifests;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning.Models;

namespace Imagecraft.Planning.Imaging;

/// <summary>Holds what parts of an image say that they are made for against what the others are.</summary>
internal static class FitCheck
{
    /// <summary>A part of an image.</summary>
    /// <param name="Name">Its name, as messages have it.</param>
    /// <param name="Version">Its version; null: it has none of its own.</param>
    /// <param name="Has">Versions of its interfaces by name.</param>
    /// <param name="Fits">What it is made for.</param>
    private sealed record Part(string Name, string? Version, ImmutableArray<(string Interface, string Version)> Has, ImmutableSortedDictionary<string, Sited<VersionRange>> Fits)
    {
        public string Shown => Version is null ? $"`{Name}`" : $"`{Name}` {Version}";
    }

    /// <summary>Reports pairs that do not fit; gives those that do, which are the lock of the image's accelerators.</summary>
    /// <param name="context">Takes the errors.</param>
    /// <param name="board">Whose kernel and accelerators.</param>
    /// <param name="image">Of which.</param>
    /// <param name="packages">What is installed.</param>
    /// <param name="networks">What is deployed.</param>
    public static ImmutableArray<ManifestFit> Run(PlanContext context, Board board, Image image, ImmutableArray<ChosenPackage> packages, IEnumerable<Deployment> networks)
    {
        var parts = Parts(context.Workspace, board, image, packages, networks).ToImmutableArray();
        var owners = parts.SelectMany(part => part.Has.Select(has => (Part: part, has.Interface, has.Version))).ToLookup(has => has.Interface, StringComparer.Ordinal);
        var fits = ImmutableArray.CreateBuilder<ManifestFit>();
        foreach (var part in parts)
        {
            foreach (var (name, range) in part.Fits)
            {
                foreach (var owner in owners[name])
                {
                    if (!VersionRange.IsVersion(owner.Version))
                        context.Error("IC0391", $"{part.Shown} is made for `{name}` {range.Value}, and the version of {owner.Part.Shown} is none of numbers and dots", range.Span, $"Say in `{owner.Part.Name}` which of them it is: `interfaces: {{ {name}: \"1.2\" }}`");
                    else if (range.Value.Includes(owner.Version))
                        fits.Add(new(part.Name, name, range.Value.Text, owner.Part.Name, owner.Version));
                    else
                        Refuse(context, part, name, range, owner.Part, owner.Version);
                }
            }
        }

        return fits.ToImmutable();
    }

    private static void Refuse(PlanContext context, Part part, string name, Sited<VersionRange> range, Part owner, string version)
    {
        var isItself = owner.Name == name;
        context.Error("IC0390", $"{part.Shown} is made for `{name}` {range.Value}, {(isItself ? $"and the image has {version}" : $"and {owner.Shown} has {version}")}", range.Span, $"Take a `{owner.Name}` whose {(isItself ? "version" : $"`{name}`")} is {range.Value}, or a `{part.Name}` that is made for {version}");
    }

    private static IEnumerable<Part> Parts(Workspace workspace, Board board, Image image, ImmutableArray<ChosenPackage> packages, IEnumerable<Deployment> networks)
    {
        foreach (var (package, recipe, _) in packages)
            yield return new(package.Name, recipe.Version, [.. package.Interfaces.ContainsKey(package.Name) ? [] : ImmutableArray.Create((package.Name.Value, recipe.Version.Value)), .. Has(package.Interfaces)], package.Fits);
        foreach (var model in networks.Select(network => network.Model).DistinctBy(model => model.Name.Value))
            yield return new(model.Name, model.Version, [], model.Fits);
        // A container runs on whatever its host has.
        if (image.Init?.Value == "none")
            yield break;
        if (workspace.Recipes.TryGetValue(board.Kernel, out var kernel))
            yield return new(kernel.Name, kernel.Version, [(Interfaces.Kernel, kernel.Version)], ImmutableSortedDictionary<string, Sited<VersionRange>>.Empty);
        foreach (var accelerator in CheckPlanner.Accelerators(workspace, board))
            yield return new(accelerator.Name, null, [.. Has(accelerator.Interfaces)], accelerator.Fits);
    }

    private static IEnumerable<(string, string)> Has(ImmutableSortedDictionary<string, Sited<string>> interfaces) => interfaces.Select(has => (has.Key, has.Value.Value));
}
