// Finds recipes that need each other to be built. Unaware of YAML.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Depth-first search over build dependencies, in which a recipe for boards and the same recipe for the build host are two.</summary>
sealed class RecipeCycles(ImmutableSortedDictionary<string, Recipe> recipes, Reading reading)
{
    readonly HashSet<Step> done = [];
    readonly List<Step> path = [];
    readonly HashSet<Step> onPath = [];

    readonly record struct Step(string Recipe, bool ForHost)
    {
        public override string ToString() => ForHost ? $"`{Recipe}` for the host" : $"`{Recipe}`";
    }

    /// <summary>Reports each cycle once, with all its recipes in order.</summary>
    public static void Check(ImmutableSortedDictionary<string, Recipe> recipes, Reading reading)
    {
        var search = new RecipeCycles(recipes, reading);
        foreach (var recipe in recipes.Values)
            search.Visit(recipe, new(recipe.Name, ForHost: false));
    }

    void Visit(Recipe recipe, Step step)
    {
        if (!done.Add(step))
            return;
        path.Add(step);
        onPath.Add(step);
        foreach (var (name, next) in Needs(recipe, step.ForHost))
        {
            if (onPath.Contains(next))
                Report(name, next);
            else if (recipes.TryGetValue(next.Recipe, out var needed))
                Visit(needed, next);
        }
        path.RemoveAt(path.Count - 1);
        onPath.Remove(step);
    }

    static IEnumerable<(Sited<string> Name, Step Step)> Needs(Recipe recipe, bool forHost) =>
    [
        .. recipe.Depends.Select(name => (name, new Step(name, forHost))),
        .. HostRecipes.ToolsOf(recipe, forHost).Select(name => (name, new Step(name, ForHost: true))),
        .. recipe.Build is BuildSpec.KernelTool tool ? ImmutableArray.Create((tool.KernelRecipe, new Step(tool.KernelRecipe, ForHost: false))) : [],
    ];

    void Report(Sited<string> closing, Step closed)
    {
        var cycle = path[path.IndexOf(closed)..];
        reading.Error(Codes.Cycle, $"Recipes depend on each other in a cycle: {string.Join(" -> ", cycle.Append(closed))}", closing.Span, "Remove one of these dependencies", cycle.Select(step => new DocumentId(KindNames.Recipe, step.Recipe)).Distinct());
    }
}
