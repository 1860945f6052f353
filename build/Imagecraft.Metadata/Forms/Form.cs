// A map with known keys: reads it into a record, reports keys that are unknown or missing, and gives its JSON Schema. Unaware of which kinds exist.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>The values of a form that was read; absent keys have their fallback.</summary>
sealed class Values(object?[] values, bool[] present, SourceSpan span, Reading reading)
{
    /// <summary>Where the map begins.</summary>
    public SourceSpan Span { get; } = span;

    /// <summary>Folder of the file the map begins in.</summary>
    public string Folder => WorkspacePath.FolderOf(Span.File);

    /// <summary>Takes problems that only several values together show.</summary>
    public Reading Reading { get; } = reading;

    /// <summary>The value of a key.</summary>
    public T Get<T>(Field<T> field) => present[field.Index] ? (T)values[field.Index]! : field.Fallback!;
}

/// <summary>A map with known keys.</summary>
/// <param name="noun">What messages call it, e.g. <c>a recipe</c>.</param>
/// <param name="fields">Its keys.</param>
/// <param name="make">The record from the values.</param>
/// <param name="check">Reports what only several values together show; false when something is wrong.</param>
sealed class Form<T>(string noun, FieldSet fields, Func<Values, T> make, Func<Values, bool>? check = null) : Shape<T>
{
    readonly ImmutableArray<Field> fields = fields.All;

    /// <summary>Its keys.</summary>
    public ImmutableArray<Field> Fields => fields;

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not YamlMap map)
            return Wrong(node, what, "a map", reading, $"Keys are [ {KeyList} ]");
        var values = new object?[fields.Length];
        var present = new bool[fields.Length];
        var good = ReadEntries(map, values, present, reading);
        good &= NothingMissing(map, reading);
        if (!good)
            return false;
        var all = new Values(values, present, map.Span, reading);
        if (check is not null && !check(all))
            return false;
        value = make(all)!;
        return true;
    }

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var field in fields)
            properties[field.Key] = field.Schema();
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        var required = fields.Where(field => field.Required).Select(field => (JsonNode)field.Key).ToArray();
        if (required.Length > 0)
            schema["required"] = new JsonArray(required);
        return schema;
    }

    string KeyList => string.Join(", ", fields.Select(known => $"`{known.Key}`"));

    bool ReadEntries(YamlMap map, object?[] values, bool[] present, Reading reading)
    {
        var good = true;
        foreach (var (key, node) in map.Entries)
        {
            if (Find(key.Text) is not { } field)
            {
                reading.Error(Codes.UnknownKey, $"Unknown key `{key.Text}` in {noun}", key.Span, Nearest.Hint(key.Text, fields.Select(known => known.Key), "key"));
                good = false;
                continue;
            }
            var read = field.TryRead(node, reading, out values[field.Index]);
            present[field.Index] = read;
            good &= read;
        }
        return good;
    }

    bool NothingMissing(YamlMap map, Reading reading)
    {
        var good = true;
        foreach (var field in fields)
        {
            if (!field.Required || map[field.Key] is not null)
                continue;
            var where = map.Entries.IsEmpty ? map.Span : map.Entries[0].Key.Span;
            reading.Error(Codes.MissingKey, $"Required key `{field.Key}` is missing in {noun}", where, $"Add `{field.Key}:` ({field.Meaning})");
            good = false;
        }
        return good;
    }

    Field? Find(string key)
    {
        foreach (var field in fields)
            if (field.Key == key)
                return field;
        return null;
    }
}
