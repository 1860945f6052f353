// Which recipes an image gets packages of, as far as the image alone tells: of the board's kernel and accelerators it knows nothing. Unaware of YAML.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

sealed class InstalledRecipes(Workspace workspace)
{
    readonly Lazy<Dictionary<string, (PackageSpec Package, Recipe Recipe)>> owners = new(() =>
    {
        var found = new Dictionary<string, (PackageSpec, Recipe)>(StringComparer.Ordinal);
        foreach (var recipe in workspace.Recipes.Values)
            foreach (var package in recipe.Packages)
                found.TryAdd(package.Name.Value, (package, recipe));
        return found;
    });

    readonly Lazy<bool> bring = new(() => workspace.Recipes.Values.Any(recipe => !recipe.Users.IsEmpty || !recipe.Groups.IsEmpty));

    readonly Lazy<bool> need = new(() => workspace.Recipes.Values.Any(recipe => recipe.Packages.Any(package => package.NeedsFeature is not null)));

    /// <summary>Whether any package needs a feature at all.</summary>
    public bool NeedFeatures => need.Value;

    /// <summary>Whether any recipe brings accounts at all.</summary>
    public bool BringAccounts => bring.Value;

    /// <summary>Recipes of <see cref="PackagesOf"/>, each once.</summary>
    public IEnumerable<Recipe> Of(Image image) => PackagesOf(image).Select(found => found.Recipe).DistinctBy(recipe => recipe.Name.Value).OrderBy(recipe => recipe.Name.Value, StringComparer.Ordinal);

    /// <summary>The packages that the image names, and those that they require, with their recipes.</summary>
    public IEnumerable<(PackageSpec Package, Recipe Recipe)> PackagesOf(Image image)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>(image.Packages.Select(name => name.Value));
        while (queue.TryDequeue(out var next))
        {
            if (!seen.Add(next) || !owners.Value.TryGetValue(next, out var owner))
                continue;
            yield return owner;
            foreach (var required in owner.Package.Requires)
                queue.Enqueue(required.Value);
        }
    }
}
