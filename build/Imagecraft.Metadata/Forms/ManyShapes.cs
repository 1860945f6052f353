// The shapes of lists and of maps with free keys. Unaware of what they hold.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>A list of one shape.</summary>
sealed class ListOf<T>(Shape<T> item) : Shape<ImmutableArray<T>>
{
    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out ImmutableArray<T> value)
    {
        value = [];
        if (node is not YamlList list)
        {
            var hint = node is YamlScalar { IsNothing: false, Text: var text } && !text.Contains('\n') ? $"Write it as `[ {text} ]`" : null;
            return Wrong(node, what, "a list", reading, hint);
        }
        var items = new T[list.Items.Length];
        var itemName = $"an item of {what}";
        var good = true;
        for (var index = 0; index < items.Length; index++)
            good &= item.TryRead(list.Items[index], itemName, reading, out items[index]!);
        if (good)
            value = ImmutableCollectionsMarshal.AsImmutableArray(items);
        return good;
    }

    public override JsonObject Schema() => new() { ["type"] = "array", ["items"] = item.Schema() };
}

/// <summary>A map whose keys are names the user chooses.</summary>
/// <param name="item">Shape of the values.</param>
/// <param name="name">Shape of the keys; null: any.</param>
sealed class MapOf<T>(Shape<T> item, Shape<Sited<string>>? name = null) : Shape<ImmutableSortedDictionary<string, T>>
{
    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out ImmutableSortedDictionary<string, T> value)
    {
        value = null;
        if (node is not YamlMap map)
            return Wrong(node, what, "a map", reading);
        var items = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        var good = true;
        foreach (var (key, element) in map.Entries)
        {
            good &= name is null || name.TryRead(key, $"a key of {what}", reading, out _);
            if (item.TryRead(element, $"`{key.Text}` of {what}", reading, out var read))
                items[key.Text] = read;
            else
                good = false;
        }
        value = items.ToImmutable();
        return good;
    }

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = item.Schema() };
        if (name is not null)
            schema["propertyNames"] = name.Schema();
        return schema;
    }
}
