// Gives an image the users and groups that the recipes of its packages bring. Unaware of YAML and of account files.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>What the image says itself of an account counts, its password and shell for example; but its number is the recipe's, whose files have it.</summary>
public static class BroughtAccounts
{
    /// <summary>The image with all accounts.</summary>
    /// <param name="image">An image whose features are applied.</param>
    /// <param name="recipes">The recipes of its packages.</param>
    /// <param name="note">Takes accounts that do not fit together.</param>
    public static Image Apply(Image image, IEnumerable<Recipe> recipes, Action<Diagnostic> note)
    {
        var (users, groups) = (image.Users.ToBuilder(), image.Groups.ToBuilder());
        foreach (var recipe in recipes)
        {
            foreach (var user in recipe.Users)
                Add("User", users, user, u => u.Name, u => u.Id, Words, image, recipe, note);
            foreach (var group in recipe.Groups)
                Add("Group", groups, group, g => g.Name, g => g.Id, g => "", image, recipe, note);
        }

        return image with { Users = users.ToImmutable(), Groups = groups.ToImmutable() };
    }

    static void Add<T>(string noun, ImmutableArray<T>.Builder present, T brought, Func<T, Sited<string>> name, Func<T, Sited<int>> id, Func<T, string> words, Image image, Recipe recipe, Action<Diagnostic> note) where T : class
    {
        if (present.FirstOrDefault(other => name(other).Value == name(brought).Value) is not { } first)
        {
            present.Add(brought);
            return;
        }

        var isOwn = present.IndexOf(first) < (typeof(T) == typeof(UserSpec) ? image.Users.Length : image.Groups.Length);
        if (id(first).Value != id(brought).Value)
            note(new(Codes.DuplicateName, Severity.Error, $"{noun} `{name(first)}` of image `{image.Name}` has the id {id(first)}, but recipe `{recipe.Name}` brings it with {id(brought)}", id(first).Span, $"Give it the id {id(brought)}, as at {id(brought).Span}"));
        else if (!isOwn && words(first) != words(brought))
            note(new(Codes.DuplicateName, Severity.Error, $"{noun} `{name(brought)}` is brought to image `{image.Name}` by two recipes in different ways", name(brought).Span, $"The other is at {name(first).Span}; make them alike, or say in the image how it is to be"));
    }

    static string Words(UserSpec user) => string.Join('\n', ((string?[])[user.Group?.Value, user.Home?.Value, user.Shell?.Value, user.Password?.Value, user.IsLocked ? "locked" : null, .. user.Groups.Select(g => g.Value), .. user.AuthorizedKeys.Select(k => k.Value)]).Select(word => word ?? "-"));
}
