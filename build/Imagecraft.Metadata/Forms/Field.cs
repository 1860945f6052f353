// A key of a form: name, shape, meaning, whether it is required. Unaware of documents.

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>A key of a form, without the type of its value.</summary>
abstract class Field(string key, string meaning, bool required, int index)
{
    /// <summary>As written, lowercase with dashes.</summary>
    public string Key { get; } = key;

    /// <summary>One line for schemas and hints.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>Its absence is an error.</summary>
    public bool Required { get; } = required;

    /// <summary>Where its value lies in <see cref="Values"/>.</summary>
    public int Index { get; } = index;

    /// <summary>Reads a value into <paramref name="value"/>; problems are reported and give false.</summary>
    public abstract bool TryRead(YamlNode node, Reading reading, out object? value);

    /// <summary>JSON Schema of the value, with the meaning as its description.</summary>
    public abstract JsonObject Schema();
}

/// <summary>A key of a form whose value is a <typeparamref name="T"/>.</summary>
sealed class Field<T>(string key, Shape<T> shape, string meaning, bool required, T? fallback, int index) : Field(key, meaning, required, index)
{
    readonly string what = $"`{key}`";

    /// <summary>The value when the key is absent.</summary>
    public T? Fallback { get; } = fallback;

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

/// <summary>The keys of a form while it is described.</summary>
sealed class FieldSet
{
    readonly List<Field> fields = [];

    /// <summary>All keys in the order they were added.</summary>
    public ImmutableArray<Field> All => [.. fields];

    /// <summary>A key that must be there.</summary>
    public Field<T> Required<T>(string key, Shape<T> shape, string meaning) => Add(new Field<T>(key, shape, meaning, required: true, default, fields.Count));

    /// <summary>A key with a value for its absence.</summary>
    public Field<T> Optional<T>(string key, Shape<T> shape, T? fallback, string meaning) => Add(new Field<T>(key, shape, meaning, required: false, fallback, fields.Count));

    /// <summary>A key whose absence is null.</summary>
    public Field<Sited<T>?> Maybe<T>(string key, Shape<Sited<T>> shape, string meaning) => Optional(key, shape.Select(value => (Sited<T>?)value), null, meaning);

    /// <summary>A list that is empty when absent.</summary>
    public Field<ImmutableArray<T>> List<T>(string key, Shape<T> item, string meaning) => Optional(key, new ListOf<T>(item), [], meaning);

    /// <summary>A map with free keys that is empty when absent.</summary>
    public Field<ImmutableSortedDictionary<string, T>> Map<T>(string key, Shape<T> item, string meaning) =>
        Optional(key, new MapOf<T>(item), ImmutableSortedDictionary<string, T>.Empty, meaning);

    Field<T> Add<T>(Field<T> field)
    {
        fields.Add(field);
        return field;
    }
}
