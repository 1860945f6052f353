// Lists and splits that may not be empty. Unaware of what they hold.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>A list with at least one item.</summary>
sealed class FilledListOf<T>(Shape<T> item) : Shape<ImmutableArray<T>>
{
    readonly ListOf<T> list = new(item);

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out ImmutableArray<T> value)
    {
        if (!list.TryRead(node, what, reading, out value))
            return false;
        if (!value.IsEmpty)
            return true;
        reading.Error(Codes.WrongFormat, $"{Capital(what)} must have at least one item", node.Span, null);
        return false;
    }

    public override JsonObject Schema()
    {
        var schema = list.Schema();
        schema["minItems"] = 1;
        return schema;
    }
}

/// <summary>Parts of a dataset by name, at least one; the names are folders later.</summary>
sealed class SplitsShape<T>(Shape<T> split) : Shape<ImmutableSortedDictionary<string, T>>
{
    readonly MapOf<T> map = new(split);

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out ImmutableSortedDictionary<string, T> value)
    {
        if (!map.TryRead(node, what, reading, out value))
            return false;
        if (value.IsEmpty)
        {
            reading.Error(Codes.WrongFormat, $"{Capital(what)} must have at least one split", node.Span, "Write `test:` and what it consists of");
            return false;
        }
        var good = true;
        foreach (var (key, _) in ((YamlMap)node).Entries)
            good &= ScalarShapes.Name.TryRead(key, $"the name of a split in {what}", reading, out _);
        return good;
    }

    public override JsonObject Schema()
    {
        var schema = map.Schema();
        schema["minProperties"] = 1;
        return schema;
    }
}
