// Lays one YAML tree over another. Unaware of what the keys mean and of where the trees come from.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Layers;

/// <summary>
/// Changes to a document: texts take the place of texts, maps are merged key by key, lists are added to; an item of a list of maps changes the one of the
/// same <see cref="IdentityOf">name</see>. Before that, <c>remove:</c> takes away and <c>replace:</c> puts whole values in place.
/// </summary>
static class YamlMerge
{
    /// <summary>The key of changes that names what is taken away.</summary>
    public const string Remove = "remove";

    /// <summary>The key of changes whose values take the place of what was there.</summary>
    public const string Replace = "replace";

    static readonly ImmutableArray<string> Identities = ["name", "path", "url"];

    /// <summary>A document with changes.</summary>
    /// <param name="below">The document's root.</param>
    /// <param name="changes">Keys of the document, and <see cref="Remove"/> and <see cref="Replace"/>.</param>
    /// <param name="reading">Takes what cannot be changed so.</param>
    public static YamlMap Apply(YamlMap below, YamlMap changes, Reading reading)
    {
        // The first key says what it is.
        foreach (var change in new[] { changes[Remove], changes[Replace] })
            if (NamesKind(change, below.Entries[0].Key.Text) is { } kind)
            {
                reading.Error(Codes.UnknownKey, $"`{kind.Text}` names the document, which cannot be changed", kind.Span, $"Leave `{kind.Text}` out");
                return below;
            }
        if (changes[Remove] is { } removed)
            below = Removed(below, removed, "the document", reading) as YamlMap ?? below;
        if (changes[Replace] is { } replaced)
            below = Replaced(below, replaced, reading);
        return Over(below, changes with { Entries = changes.Entries.RemoveAll(entry => entry.Key.Text is Remove or Replace) });
    }

    static YamlScalar? NamesKind(YamlNode? change, string kind) => change switch
    {
        YamlMap map => map.Entries.FirstOrDefault(entry => entry.Key.Text == kind)?.Key,
        YamlList list => list.Items.OfType<YamlScalar>().FirstOrDefault(name => name.Text == kind),
        _ => null,
    };

    /// <summary>What an item of a list of maps is known by; null when it has no name of any sort.</summary>
    public static string? IdentityOf(YamlNode item)
    {
        if (item is not YamlMap map)
            return null;
        foreach (var key in Identities)
            if (map[key] is YamlScalar name)
                return name.Text;
        return null;
    }

    /// <summary>One map over the other; keys keep the place of the lower one.</summary>
    static YamlMap Over(YamlMap below, YamlMap above)
    {
        var entries = below.Entries.ToBuilder();
        foreach (var (key, value) in above.Entries)
        {
            var index = IndexOf(entries, key.Text);
            if (index < 0)
                entries.Add(new YamlEntry(key, value));
            else
                entries[index] = new YamlEntry(key, Over(entries[index].Value, value));
        }
        return below with { Entries = entries.DrainToImmutable() };
    }

    // What has a condition stands for itself: whether it is what the other changes is not known yet.
    static YamlNode Over(YamlNode below, YamlNode above) => (below, above) switch
    {
        (YamlMap lower, YamlMap upper) when !HasCondition(lower) && !HasCondition(upper) => Over(lower, upper),
        (YamlList lower, YamlList upper) => Over(lower, upper),
        _ => above,
    };

    static YamlList Over(YamlList below, YamlList above)
    {
        var items = below.Items.ToBuilder();
        foreach (var item in above.Items)
        {
            var index = IdentityOf(item) is { } name && !HasCondition(item) ? IndexOf(items, name) : -1;
            if (index < 0)
                items.Add(item);
            else
                items[index] = Over(items[index], item);
        }
        return below with { Items = items.DrainToImmutable() };
    }

    static bool HasCondition(YamlNode node) => node is YamlMap map && map[ConditionWords.When] is YamlMap;

    static int IndexOf(ImmutableArray<YamlEntry>.Builder entries, string key)
    {
        for (var index = 0; index < entries.Count; index++)
            if (entries[index].Key.Text == key)
                return index;
        return -1;
    }

    static int IndexOf(ImmutableArray<YamlNode>.Builder items, string name)
    {
        for (var index = 0; index < items.Count; index++)
            if (!HasCondition(items[index]) && IdentityOf(items[index]) == name)
                return index;
        return -1;
    }

    static YamlMap Replaced(YamlMap below, YamlNode values, Reading reading)
    {
        if (values is not YamlMap map)
        {
            reading.Error(Codes.WrongType, $"`{Replace}` must be a map of keys with their new values, not {values.Noun}", values.Span, null);
            return below;
        }

        foreach (var (key, value) in map.Entries)
        {
            if (below[key.Text] is not { } old)
            {
                reading.Error(Codes.UnknownName, $"Nothing has the key `{key.Text}`, which is to be replaced", key.Span, Nearest.Hint(key.Text, below.Entries.Select(entry => entry.Key.Text), "key"));
                continue;
            }
            if (old is YamlList != value is YamlList && !HasCondition(old) && !HasCondition(value))
            {
                reading.Error(Codes.WrongType, $"`{key.Text}` is {old.Noun}, and cannot be replaced by {value.Noun}", value.Span, null);
                continue;
            }
            var made = (old, value) is (YamlMap lower, YamlMap upper) ? Replaced(lower, upper, reading) : value;
            below = below with { Entries = [.. below.Entries.Select(entry => entry.Key.Text == key.Text ? new YamlEntry(key, made) : entry)] };
        }
        return below;
    }

    /// <param name="below">A map or list.</param>
    /// <param name="what">A list of keys, of texts or of names of items; or a map of those with what is taken out of them.</param>
    /// <param name="where">What people call <paramref name="below"/>.</param>
    /// <param name="reading">Takes what is not there.</param>
    static YamlNode Removed(YamlNode below, YamlNode what, string where, Reading reading)
    {
        switch (what)
        {
            case YamlList names:
                foreach (var name in names.Items)
                    below = name is YamlScalar scalar ? Without(below, scalar, where, reading) : Wrong(below, name, reading);
                return below;
            case YamlMap parts:
                foreach (var (key, inner) in parts.Entries)
                    below = Within(below, key, inner, where, reading);
                return below;
            default:
                return Wrong(below, what, reading);
        }
    }

    static YamlNode Wrong(YamlNode below, YamlNode what, Reading reading)
    {
        reading.Error(Codes.WrongType, $"What `{Remove}` takes away must be a list of keys, texts or names, not {what.Noun}", what.Span, $"Write for example `{Remove}: {{ patches: [ 0001-fix.patch ] }}`");
        return below;
    }

    static YamlNode Without(YamlNode below, YamlScalar name, string where, Reading reading)
    {
        switch (below)
        {
            case YamlMap map when map[name.Text] is not null:
                return map with { Entries = map.Entries.RemoveAll(entry => entry.Key.Text == name.Text) };
            case YamlList list when list.Items.Any(item => Is(item, name.Text)):
                return list with { Items = list.Items.RemoveAll(item => Is(item, name.Text)) };
            default:
                return Missing(below, name, where, reading);
        }
    }

    static YamlNode Within(YamlNode below, YamlScalar key, YamlNode inner, string where, Reading reading)
    {
        switch (below)
        {
            case YamlMap map when map[key.Text] is { } value:
                var changed = Removed(value, inner, $"`{key.Text}`", reading);
                return map with { Entries = [.. map.Entries.Select(entry => entry.Key.Text == key.Text ? entry with { Value = changed } : entry)] };
            case YamlList list when list.Items.Any(item => IdentityOf(item) == key.Text):
                return list with { Items = [.. list.Items.Select(item => IdentityOf(item) == key.Text ? Removed(item, inner, $"`{key.Text}`", reading) : item)] };
            default:
                return Missing(below, key, where, reading);
        }
    }

    static bool Is(YamlNode item, string name) => IdentityOf(item) == name || item is YamlScalar { Text: var text } && text == name || Conditional(item) is { } value && value == name;

    static string? Conditional(YamlNode item) => item is YamlMap map && map[ConditionWords.Value] is YamlScalar value ? value.Text : null;

    static YamlNode Missing(YamlNode below, YamlScalar name, string where, Reading reading)
    {
        var known = below switch
        {
            YamlMap map => map.Entries.Select(entry => entry.Key.Text),
            YamlList list => list.Items.Select(item => IdentityOf(item) ?? Conditional(item) ?? (item as YamlScalar)?.Text).OfType<string>(),
            _ => [],
        };
        reading.Error(Codes.UnknownName, $"There is no `{name.Text}` in {where} to remove", name.Span, Nearest.Hint(name.Text, known, "entry"));
        return below;
    }
}
