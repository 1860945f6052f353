// The variables of templates. Unaware of what they hold.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>What templates of images may use.</summary>
public static class TemplateVariables
{
    /// <summary>Variable to the members of its items; empty for texts and lists of texts.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> All { get; } = new Dictionary<string, ImmutableArray<string>>
    {
        ["image"] = [],
        ["board"] = [],
        ["version"] = [],
        ["hostname"] = [],
        ["console"] = [],
        ["triplet"] = [],
        ["packages"] = [],
        ["users"] = [],
        ["services"] = ["name", "run", "program", "arguments", "kind", "after", "user", "restarts", "environment", "is_program"],
        ["devices"] = ["pattern", "kernel", "owner", "group", "mode"],
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
