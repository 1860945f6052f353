// A key of a form: name, shape, meaning, whether it is required. Unaware of documents.

using System.Text.Json.Nodes;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>A key of a form, without the type of its value.</summary>
abstract class Field(string key, string meaning, bool required)
{
    /// <summary>As written, lowercase with dashes.</summary>
    public string Key { get; } = key;

    /// <summary>One line for schemas and hints.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>Its absence is an error.</summary>
    public bool Required { get; } = required;

    /// <summary>Reads a value into <paramref name="value"/>; problems are reported and give false.</summary>
    public abstract bool TryRead(YamlNode node, Reading reading, out object? value);

    /// <summary>JSON Schema of the value, with the meaning as its description.</summary>
    public abstract JsonObject Schema();
}

/// <summary>A key of a form whose value is a <typeparamref name="T"/>.</summary>
sealed class Field<T>(string key, Shape<T> shape, string meaning, bool required) : Field(key, meaning, required)
{
    readonly string what = $"`{key}`";

    public override bool TryRead(YamlNode node, Reading reading, out object? value)
    {
        var good = shape.TryRead(node, what, reading, out var read);
        value = good ? read : null;
        return good;
    }

    public override JsonObject Schema()
    {
        var schema = shape.Schema();
        schema["description"] = Meaning;
        return schema;
    }
}
