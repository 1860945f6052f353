// The shape of changes to a document, which are judged by what they make of it. Unaware of documents.

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>A map with any keys; its place is all that is read of it.</summary>
sealed class ChangesShape : Shape<SourceSpan>
{
    ChangesShape()
    {
    }

    public static ChangesShape Shape { get; } = new();

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out SourceSpan value)
    {
        value = node.Span;
        return node is YamlMap || Wrong(node, what, "a map of what is different", reading);
    }

    public override JsonObject Schema() => new() { ["type"] = "object" };
}
