// Writes the JSON Schemas of all kinds, from the same forms that read them. Unaware of where they are put.

using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;

namespace Imagecraft.Metadata;

/// <summary>A JSON Schema file.</summary>
/// <param name="FileName">Such as <c>recipe.schema.json</c>.</param>
/// <param name="Json">Its text, with a line feed at the end.</param>
public sealed record SchemaFile(string FileName, string Json);

/// <summary>JSON Schemas (draft 2020-12) for editors: <c># yaml-language-server: $schema=PATH/recipe.schema.json</c>.</summary>
public static class SchemaWriter
{
    // Meanings contain apostrophes and angle brackets, which only matter in HTML.
    static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One file a kind of document, in the order of <see cref="KindNames.All"/>, and that of workspaces.</summary>
    public static ImmutableArray<SchemaFile> Write() => [.. KindNames.All.Select(Write), Write(KindNames.Workspace, WorkspaceForm.Form.Schema())];

    static SchemaFile Write(string kind)
    {
        return Write(kind, kind == KindNames.Append ? DocumentSchema.OfAppends() : DocumentSchema.Of(kind, Kinds.All[kind].Schema));
    }

    static SchemaFile Write(string kind, JsonObject schema)
    {
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", $"Imagecraft: {kind}");
        return new SchemaFile($"{kind}.schema.json", Text(schema) + "\n");
    }

    static string Text(JsonObject schema)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            schema.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
