// Documents of one kind that stand in another file, in a map by their names. Unaware of kinds.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>Gives each as the document that it would be in a file of its own; what it says is judged with all documents.</summary>
/// <param name="kind">The key that begins such a document.</param>
/// <param name="document">The document, for its schema.</param>
sealed class NamedDocuments(string kind, Func<JsonObject> document) : Shape<ImmutableArray<YamlMap>>
{
    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out ImmutableArray<YamlMap> value)
    {
        value = [];
        if (node is not YamlMap map)
            return Wrong(node, what, "a map", reading, $"Write each {kind} by its name, with what its document says below `{kind}:`");
        var documents = ImmutableArray.CreateBuilder<YamlMap>();
        foreach (var (key, body) in map.Entries)
        {
            if (body is not YamlMap fields)
                return Wrong(body, $"`{key.Text}` of {what}", "a map", reading);
            if (fields.Entries.FirstOrDefault(field => field.Key.Text == kind) is { } again)
            {
                reading.Error(Codes.UnknownKey, $"Unknown key `{kind}` in `{key.Text}` of {what}", again.Key.Span, "Its name stands before it already");
                return false;
            }
            documents.Add(new YamlMap([new YamlEntry(new YamlScalar(kind, Plain: true, key.Span), key), .. fields.Entries], key.Span));
        }
        value = documents.DrainToImmutable();
        return true;
    }

    public override JsonObject Schema()
    {
        var one = document();
        (one["properties"] as JsonObject)?.Remove(kind);
        if (one["required"] is JsonArray required && required.FirstOrDefault(key => key?.GetValue<string>() == kind) is { } name)
            required.Remove(name);
        return new() { ["type"] = "object", ["additionalProperties"] = one };
    }
}
