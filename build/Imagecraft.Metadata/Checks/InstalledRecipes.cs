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

    /// <summary>Whether any recipe brings accounts at all.</summary>
    public bool BringAccounts => bring.Value;

    /// <summary>Recipes of the packages that the image names, and of those that they require; each once.</summary>
    public IEnumerable<Recipe> Of(Image image)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var recipes = new SortedDictionary<string, Recipe>(StringComparer.Ordinal);
        var queue = new Queue<string>(image.Packages.Select(name => name.Value));
        while (queue.TryDequeue(out var next))
        {
            if (!seen.Add(next) || !owners.Value.TryGetValue(next, out var owner))
                continue;
            recipes.TryAdd(owner.Recipe.Name.Value, owner.Recipe);
            foreach (var required in owner.Package.Requires)
                queue.Enqueue(required.Value);
        }

        return recipes.Values;
    }
}
