// A value that is written short, or as a map that says more. Unaware of what it is.

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>Maps have one shape, everything else has the other.</summary>
sealed class ScalarOrMap<T>(Shape<T> scalar, Shape<T> map) : Shape<T>
{
    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out T value) => (node is YamlMap ? map : scalar).TryRead(node, what, reading, out value);

    public override JsonObject Schema() => new() { ["oneOf"] = new JsonArray(scalar.Schema(), map.Schema()) };
}
