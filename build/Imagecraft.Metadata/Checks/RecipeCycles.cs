// Finds recipes that need each other to be built. Unaware of YAML.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Depth-first search over build dependencies.</summary>
sealed class RecipeCycles(ImmutableSortedDictionary<string, Recipe> recipes, Reading reading)
{
    readonly HashSet<string> done = [];
    readonly List<string> path = [];
    readonly HashSet<string> onPath = [];

    /// <summary>Reports each cycle once, with all its recipes in order.</summary>
    public static void Check(ImmutableSortedDictionary<string, Recipe> recipes, Reading reading)
    {
        var search = new RecipeCycles(recipes, reading);
        foreach (var recipe in recipes.Values)
            search.Visit(recipe);
    }

    void Visit(Recipe recipe)
    {
        if (!done.Add(recipe.Name.Value))
            return;
        path.Add(recipe.Name.Value);
        onPath.Add(recipe.Name.Value);
        foreach (var dependency in Dependencies(recipe))
        {
            if (onPath.Contains(dependency.Value))
                Report(dependency);
            else if (recipes.TryGetValue(dependency.Value, out var next))
                Visit(next);
        }
        path.RemoveAt(path.Count - 1);
        onPath.Remove(recipe.Name.Value);
    }

    static IEnumerable<Sited<string>> Dependencies(Recipe recipe) =>
        recipe.Build is BuildSpec.KernelTool tool ? recipe.Depends.Append(tool.KernelRecipe) : recipe.Depends;

    void Report(Sited<string> closing)
    {
        var cycle = path[path.IndexOf(closing.Value)..];
        reading.Error(Codes.Cycle, $"Recipes depend on each other in a cycle: {string.Join(" -> ", cycle.Append(closing.Value).Select(name => $"`{name}`"))}", closing.Span, "Remove one of these dependencies", cycle.Select(name => new DocumentId(KindNames.Recipe, name)));
    }
}
