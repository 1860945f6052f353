// What is meant by the names that verbs are given. Unaware of what they stand for.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>Recipes, models and actions; <c>recipe:NAME</c> and <c>model:NAME</c> tell apart what has one name. What the image does not need is planned for them.</summary>
/// <param name="names">As they were written.</param>
/// <param name="forHost">Recipes are meant for the build host, not for boards.</param>
public sealed class AskedNames(IReadOnlyList<string> names, bool forHost = false)
{
    private const string Recipe = "recipe:", Model = "model:";

    private ImmutableArray<ImmutableArray<Extra>> _extras = [];

    /// <summary>What must be planned for them.</summary>
    /// <exception cref="ProblemException">A name stands for nothing, or for two things.</exception>
    /// <exception cref="DiagnosticsException">A name is described, but wrongly.</exception>
    public ImmutableArray<Extra> Extras(WorkspaceReading reading)
    {
        _extras = [.. names.Select(name => Find(reading, name))];
        return [.. _extras.SelectMany(extras => extras)];
    }

    /// <summary>The actions that give them, in a plan with <see cref="Extras"/>.</summary>
    /// <exception cref="ProblemException">A name stands for no action.</exception>
    public IEnumerable<ActionId> Goals(ImageBuild plan)
    {
        var next = 0;
        for (var i = 0; i < names.Count; i++)
        {
            var planned = plan.Extras.Slice(next, _extras[i].Length);
            next += planned.Length;
            // A plain name means all steps, also those whose results nothing else needs.
            foreach (var goal in forHost || IsWhole(names[i]) ? planned.SelectMany(extra => extra.Outputs.Select(output => output.Action)) : ActionNames.Resolve(plan.Graph!.Order, names[i]))
                yield return goal;
        }
    }

    private static bool IsWhole(string name) => name.StartsWith(Recipe, StringComparison.Ordinal) || name.StartsWith(Model, StringComparison.Ordinal);

    private static string RecipeForHost(WorkspaceReading reading, IReadOnlyCollection<string> recipes, IReadOnlyCollection<string> models, string name)
    {
        var recipe = name.StartsWith(Recipe, StringComparison.Ordinal) ? name[Recipe.Length..] : name;
        if (!recipes.Contains(recipe))
        {
            Composition.RefuseBroken(reading, new DocumentId(KindNames.Recipe, recipe));
            throw models.Contains(recipe) ? ProblemException.User($"`{recipe}` is a model, and only recipes are built for the build host", "Leave out `--host`") : ProblemException.Unknown("recipe", recipe, recipes);
        }

        return reading.Workspace.Recipes.TryGetValue(recipe, out var read) && HostRecipes.WhyNot(read) is { } why
            ? throw ProblemException.User($"Recipe `{recipe}` cannot be built for the build host: it {why}", "Leave out `--host`")
            : recipe;
    }

    private ImmutableArray<Extra> Find(WorkspaceReading reading, string name)
    {
        var (recipes, models) = (reading.NamesOf(KindNames.Recipe), reading.NamesOf(KindNames.Model));
        if (forHost)
            return [new Extra.OfRecipe(RecipeForHost(reading, recipes, models, name), ForHost: true)];
        if (name.StartsWith(Recipe, StringComparison.Ordinal) && recipes.Contains(name[Recipe.Length..]))
            return [new Extra.OfRecipe(name[Recipe.Length..])];
        if (name.StartsWith(Model, StringComparison.Ordinal) && models.Contains(name[Model.Length..]))
            return [new Extra.OfModel(name[Model.Length..])];
        // An action is named after its recipe or model, which need not be one of the image's.
        if (name.AsSpan().IndexOfAny('@', ':') is var end && end >= 0)
            return [.. recipes.Contains(name[..end]) ? [new Extra.OfRecipe(name[..end], ForHost: name.AsSpan(end).StartsWith("@host:"))] : Array.Empty<Extra>(), .. models.Contains(name[..end]) ? [new Extra.OfModel(name[..end])] : Array.Empty<Extra>()];
        switch (recipes.Contains(name), models.Contains(name))
        {
            case (true, true):
                throw ProblemException.User($"`{name}` is the name of a recipe and of a model", $"Write `{Recipe}{name}` or `{Model}{name}`");
            case (true, false):
                return [new Extra.OfRecipe(name)];
            case (false, true):
                return [new Extra.OfModel(name)];
            default:
                Composition.RefuseBroken(reading, new DocumentId(KindNames.Recipe, name));
                throw ProblemException.Unknown("recipe or model", name, recipes.Concat(models));
        }
    }
}
