// A map with known keys: reads it into a record, reports keys that are unknown or missing, and gives its JSON Schema. Unaware of which kinds exist.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>A map with known keys.</summary>
sealed class Form<T> : Shape<T>
{
    readonly string noun;
    readonly Func<Keys, Func<T?>> bind;

    /// <summary>A form whose keys do not depend on each other.</summary>
    /// <param name="noun">What messages call it, e.g. <c>a recipe</c>.</param>
    /// <param name="make">The record from its keys; called with nothing but absent values when the form is described.</param>
    public Form(string noun, Func<Keys, T> make)
        : this(noun, keys =>
        {
            var made = make(keys);
            return () => made;
        })
    {
    }

    /// <summary>A form whose record tells whether its values fit together.</summary>
    /// <param name="noun">What messages call it.</param>
    /// <param name="make">The record from its keys.</param>
    /// <param name="check">Reports what only several values together show; false when something is wrong.</param>
    public Form(string noun, Func<Keys, T> make, Func<T, Keys, bool> check)
        : this(noun, keys =>
        {
            var made = make(keys);
            return () => check(made, keys) ? made : default;
        })
    {
    }

    /// <summary>A form whose record is made only of values that fit together.</summary>
    /// <param name="noun">What messages call it.</param>
    /// <param name="bind">Asks for the keys, and gives what makes the record of them: null when it has reported why not.</param>
    public Form(string noun, Func<Keys, Func<T?>> bind)
    {
        (this.noun, this.bind) = (noun, bind);
        Fields = Keys.Described(keys => bind(keys));
    }

    /// <summary>Its keys.</summary>
    public ImmutableArray<Field> Fields { get; }

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not YamlMap map)
            return Wrong(node, what, "a map", reading, $"Keys are [ {KeyList} ]");
        var values = new object?[Fields.Length];
        var present = new bool[Fields.Length];
        var good = ReadEntries(map, values, present, reading);
        good &= NothingMissing(map, reading);
        if (!good)
            return false;
        value = bind(new Keys(Fields, values, present, map.Span, reading))();
        return value is not null;
    }

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var field in Fields)
            properties[field.Key] = field.Schema();
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        var required = Fields.Where(field => field.Required).Select(field => (JsonNode)field.Key).ToArray();
        if (required.Length > 0)
            schema["required"] = new JsonArray(required);
        return schema;
    }

    string KeyList => string.Join(", ", Fields.Select(known => $"`{known.Key}`"));

    bool ReadEntries(YamlMap map, object?[] values, bool[] present, Reading reading)
    {
        var good = true;
        foreach (var (key, node) in map.Entries)
        {
            var index = IndexOf(key.Text);
            if (index < 0)
            {
                reading.Error(Codes.UnknownKey, $"Unknown key `{key.Text}` in {noun}", key.Span, Nearest.Hint(key.Text, Fields.Select(known => known.Key), "key"));
                good = false;
                continue;
            }
            var read = Fields[index].TryRead(node, reading, out values[index]);
            present[index] = read;
            good &= read;
        }
        return good;
    }

    bool NothingMissing(YamlMap map, Reading reading)
    {
        var good = true;
        foreach (var field in Fields)
        {
            if (!field.Required || map[field.Key] is not null)
                continue;
            var where = map.Entries.IsEmpty ? map.Span : map.Entries[0].Key.Span;
            reading.Error(Codes.MissingKey, $"Required key `{field.Key}` is missing in {noun}", where, $"Add `{field.Key}:` ({field.Meaning})");
            good = false;
        }
        return good;
    }

    int IndexOf(string key)
    {
        for (var index = 0; index < Fields.Length; index++)
            if (Fields[index].Key == key)
                return index;
        return -1;
    }
}
