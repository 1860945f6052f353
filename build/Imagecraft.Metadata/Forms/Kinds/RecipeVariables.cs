// Fills in what a recipe says of itself where it names addresses, files and expected texts. Unaware of how it is built, which has variables of its own.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>$NAME</c>, <c>$VERSION</c> and its parts, also in braces, in sources, packages and the expectations of checks; <c>$$</c> is a dollar sign.</summary>
static partial class RecipeVariables
{
    /// <summary>Keys in which a dollar sign means nothing else.</summary>
    static readonly ImmutableArray<string> Strict = ["homepage", "sources", "patches", "provides", "packages"];

    /// <summary>Keys of checks; expressions have dollar signs of their own, so that only known names count there.</summary>
    static readonly ImmutableArray<string> OfChecks = ["name", "contains", "matches", "output", "golden", "needs"];

    /// <summary>The recipe with values in place of variables.</summary>
    public static YamlMap Expand(YamlMap recipe, Reading reading)
    {
        if (recipe["version"] is not YamlScalar { Text: var version } || recipe[KindNames.Recipe] is not YamlScalar { Text: var name })
            return recipe;
        var values = Of(name, version);
        return With(recipe, (key, value) => Strict.Contains(key) ? Texts(value, scalar => Filled(scalar, values, reading)) : key == "checks" ? Checks(value, values) : value);
    }

    /// <summary>The variables of a recipe.</summary>
    public static ImmutableSortedDictionary<string, string> Of(string name, string version)
    {
        var parts = version.Split('.');
        return new Dictionary<string, string>
        {
            ["NAME"] = name,
            ["VERSION"] = version,
            ["VERSION_MAJOR"] = parts[0],
            ["VERSION_MAJOR_MINOR"] = string.Join('.', parts.Take(2)),
            ["VERSION_UNDERSCORES"] = version.Replace('.', '_'),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    static YamlNode Checks(YamlNode node, ImmutableSortedDictionary<string, string> values) => node switch
    {
        YamlList list => list with { Items = [.. list.Items.Select(item => Checks(item, values))] },
        YamlMap map => With(map, (key, value) => OfChecks.Contains(key) ? Texts(value, scalar => scalar with { Text = Variable().Replace(scalar.Text, place => values.GetValueOrDefault(place.Groups["name"].Value, place.Value)) }) : value),
        _ => node,
    };

    static YamlScalar Filled(YamlScalar scalar, ImmutableSortedDictionary<string, string> values, Reading reading) => scalar with
    {
        Text = Variable().Replace(scalar.Text, place =>
        {
            if (place.Value == "$$")
                return "$";
            if (values.TryGetValue(place.Groups["name"].Value, out var value))
                return value;
            reading.Error(Codes.UnknownName, $"Unknown variable `{place.Value}`", scalar.Span, Nearest.Hint(place.Groups["name"].Value, values.Keys, "variable") + "; a dollar sign is `$$`");
            return place.Value;
        }),
    };

    static YamlNode Texts(YamlNode node, Func<YamlScalar, YamlScalar> filled) => node switch
    {
        YamlScalar { Text: var text } scalar when text.Contains('$') => filled(scalar),
        YamlList list => Changed(list, filled),
        YamlMap map => With(map, (_, value) => Texts(value, filled)),
        _ => node,
    };

    static YamlList Changed(YamlList list, Func<YamlScalar, YamlScalar> filled)
    {
        var items = list.Items;
        for (var index = 0; index < items.Length; index++)
            if (Texts(items[index], filled) is var made && !ReferenceEquals(made, items[index]))
                items = items.SetItem(index, made);
        return items == list.Items ? list : list with { Items = items };
    }

    static YamlMap With(YamlMap map, Func<string, YamlNode, YamlNode> made)
    {
        var entries = map.Entries;
        for (var index = 0; index < entries.Length; index++)
            if (made(entries[index].Key.Text, entries[index].Value) is var value && !ReferenceEquals(value, entries[index].Value))
                entries = entries.SetItem(index, entries[index] with { Value = value });
        return entries == map.Entries ? map : map with { Entries = entries };
    }

    [GeneratedRegex(@"\$\$|\$(?<name>[A-Za-z_][A-Za-z0-9_]*)|\$\{(?<name>[^{}$]*)\}|\$", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
