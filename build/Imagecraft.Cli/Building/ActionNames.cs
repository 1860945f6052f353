// Which actions are meant by a name on the command line. Unaware of what they do.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Cli.Building;

/// <summary>Actions are named <c>RECIPE@TARGET:STEP</c>; people write <c>RECIPE:STEP</c> or <c>RECIPE</c>.</summary>
public static class ActionNames
{
    /// <summary>The action of exactly that name, or all whose recipe and step are those of <paramref name="name"/>; a recipe alone means all its steps.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static IReadOnlyList<ActionId> Resolve(IReadOnlyCollection<ActionId> actions, string name)
    {
        if (actions.Contains(new ActionId(name)))
            return [new ActionId(name)];
        var found = actions.Where(id => Short(id) == name || Recipe(id) == name).ToList();
        return found.Count > 0 ? found : throw ProblemException.Unknown("action", name, actions.Select(Short).Concat(actions.Select(Recipe)).Distinct());
    }

    /// <summary>The one action that a name means.</summary>
    /// <exception cref="ProblemException">It means several.</exception>
    public static ActionId One(string name, IReadOnlyList<ActionId> found) => found.Count == 1
        ? found[0]
        : throw ProblemException.User($"`{name}` is the name of several actions", $"Name one of [{string.Join(", ", found)}]");

    private static string Short(ActionId id)
    {
        var at = id.Value.IndexOf('@', StringComparison.Ordinal);
        var colon = id.Value.IndexOf(':', Math.Max(at, 0));
        return at < 0 || colon < 0 ? id.Value : id.Value[..at] + id.Value[colon..];
    }

    private static string Recipe(ActionId id)
    {
        var end = id.Value.AsSpan().IndexOfAny('@', ':');
        return end < 0 ? id.Value : id.Value[..end];
    }
}
