// What of a document counts. Unaware of what conditions say, and of the keys of documents.

using System.Collections.Immutable;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Conditions;

/// <summary>
/// Leaves of a document what counts. A map with <c>when</c> counts when that holds; one with <c>value</c> besides stands for that value, and for
/// <c>otherwise</c> when it does not hold.
/// </summary>
static class ConditionalTree
{
    /// <summary>The document under one set of circumstances.</summary>
    /// <param name="root">All of it.</param>
    /// <param name="holds">Whether a <c>when:</c> holds.</param>
    public static YamlMap Resolve(YamlMap root, Func<YamlMap, bool> holds) => new Resolver(holds).Entries(root);

    /// <summary>The document with as many of its alternatives as one document can have: the first of each, the second, and so on.</summary>
    /// <param name="root">All of it.</param>
    /// <param name="index">Which alternative; the last one where there are fewer.</param>
    public static YamlMap Variant(YamlMap root, int index) => new Resolver(index).Entries(root);

    /// <summary>How many variants there are: at least one.</summary>
    public static int Variants(YamlMap root)
    {
        var most = 1;
        Count(root);
        return most;

        void Count(YamlNode node)
        {
            switch (node)
            {
                case YamlMap map:
                    if (ValuesOf(map) is { Count: var values })
                        most = Math.Max(most, values);
                    foreach (var entry in map.Entries)
                        Count(entry.Value);
                    break;
                case YamlList list:
                    foreach (var group in list.Items.Where(IsConditional).GroupBy(IdentityOf).Where(group => group.Key is not null))
                        most = Math.Max(most, list.Items.Count(item => IdentityOf(item) == group.Key));
                    foreach (var item in list.Items)
                        Count(item);
                    break;
            }
        }
    }

    /// <summary>Whether anything below a node has a condition.</summary>
    public static bool HasAny(YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                foreach (var entry in map.Entries)
                    if ((entry.Key.Text == ConditionWords.When && entry.Value is YamlMap) || (entry.Value is not YamlScalar && HasAny(entry.Value)))
                        return true;
                return false;
            case YamlList list:
                foreach (var item in list.Items)
                    if (item is not YamlScalar && HasAny(item))
                        return true;
                return false;
            default:
                return false;
        }
    }

    /// <summary>All maps with a condition.</summary>
    public static IEnumerable<YamlMap> Conditional(YamlNode node) => node switch
    {
        YamlMap map => [.. IsConditional(map) ? [map] : ImmutableArray<YamlMap>.Empty, .. map.Entries.SelectMany(entry => Conditional(entry.Value))],
        YamlList list => list.Items.SelectMany(Conditional),
        _ => [],
    };

    static bool IsConditional(YamlNode node) => node is YamlMap map && map[ConditionWords.When] is YamlMap;

    static string? IdentityOf(YamlNode node) => YamlMerge.IdentityOf(node);

    /// <summary>The values that a map stands for, by turns; null when it stands for itself.</summary>
    static List<YamlNode>? ValuesOf(YamlMap map)
    {
        if (map[ConditionWords.When] is not YamlMap || map[ConditionWords.Value] is not { } value)
            return null;
        var values = new List<YamlNode> { value };
        if (map[ConditionWords.Otherwise] is { } otherwise)
        {
            if (otherwise is YamlMap inner && ValuesOf(inner) is { } further)
                values.AddRange(further);
            else
                values.Add(otherwise);
        }
        return values;
    }

    sealed class Resolver
    {
        readonly Func<YamlMap, bool>? holds;
        readonly int index;

        public Resolver(Func<YamlMap, bool> holds) => this.holds = holds;

        public Resolver(int index) => this.index = index;

        public YamlMap Entries(YamlMap map)
        {
            ImmutableArray<YamlEntry>.Builder? changed = null;
            for (var at = 0; at < map.Entries.Length; at++)
            {
                var (key, value) = map.Entries[at];
                var made = key.Text == ConditionWords.When && value is YamlMap ? null : Node(value);
                if (changed is null && !ReferenceEquals(made, value))
                {
                    changed = ImmutableArray.CreateBuilder<YamlEntry>(map.Entries.Length);
                    changed.AddRange(map.Entries[..at]);
                }
                if (made is not null)
                    changed?.Add(ReferenceEquals(made, value) ? map.Entries[at] : new YamlEntry(key, made));
            }
            return changed is null ? map : map with { Entries = changed.DrainToImmutable() };
        }

        YamlNode? Node(YamlNode node) => node switch
        {
            YamlMap map => Map(map),
            YamlList list => List(list),
            _ => node,
        };

        YamlNode? Map(YamlMap map)
        {
            if (map[ConditionWords.When] is not YamlMap when)
                return Entries(map);
            if (ValuesOf(map) is not { } values)
                return holds is null || holds(when) ? Entries(map) : null;
            if (holds is null)
                return Node(values[Math.Min(index, values.Count - 1)]);
            if (holds(when))
                return Node(values[0]);
            return map[ConditionWords.Otherwise] is { } otherwise ? Node(otherwise) : null;
        }

        YamlList List(YamlList list)
        {
            var kept = holds is null ? Alternatives(list) : list.Items;
            var changed = kept.Length != list.Items.Length;
            var items = ImmutableArray.CreateBuilder<YamlNode>(kept.Length);
            foreach (var item in kept)
            {
                var made = Node(item);
                changed |= !ReferenceEquals(made, item);
                if (made is not null)
                    items.Add(made);
            }
            return changed ? list with { Items = items.DrainToImmutable() } : list;
        }

        // Items of one name of which some have conditions exclude each other: one of them stands for all.
        ImmutableArray<YamlNode> Alternatives(YamlList list)
        {
            if (!list.Items.Any(IsConditional))
                return list.Items;
            var groups = list.Items.Where(item => IdentityOf(item) is not null).GroupBy(IdentityOf).Where(group => group.Count() > 1 && group.Any(IsConditional)).ToDictionary(group => group.Key!, group => group.ElementAt(Math.Min(index, group.Count() - 1)));
            return [.. list.Items.Where(item => IdentityOf(item) is not { } name || !groups.TryGetValue(name, out var chosen) || ReferenceEquals(chosen, item))];
        }
    }
}
