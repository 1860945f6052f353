// The forms of `build:`, one a build system, and the choice between them by `system:`. Unaware of how systems build.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>build:</c> of recipes: which keys there are depends on <c>system</c>.</summary>
sealed class BuildForm : Shape<BuildSpec>
{
    BuildForm()
    {
    }

    public static BuildForm Shape { get; } = new();

    /// <summary>The forms by system.</summary>
    public static ImmutableSortedDictionary<string, Form<BuildSpec>> Systems { get; } = BuildSystems.All.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out BuildSpec value)
    {
        value = null;
        if (node is not YamlMap map)
            return Wrong(node, what, "a map", reading, "It begins with `system:`");
        if (map["system"] is not { } system)
        {
            reading.Error(Codes.MissingKey, "Required key `system` is missing in `build`", map.Span, $"Add `system:` with one of [ {Names} ]");
            return false;
        }
        if (!ScalarShapes.Text.TryRead(system, "`system`", reading, out var name))
            return false;
        if (Systems.TryGetValue(name.Value, out var form))
            return form.TryRead(node, what, reading, out value);
        reading.Error(Codes.UnknownWord, $"Unknown build system `{name.Value}`", name.Span, Nearest.Hint(name.Value, Systems.Keys, "build system"));
        return false;
    }

    public override JsonObject Schema()
    {
        var cases = new JsonArray();
        foreach (var (name, form) in Systems)
        {
            var schema = form.Schema();
            ((JsonObject)schema["properties"]!)["system"] = new JsonObject { ["const"] = name };
            cases.Add(schema);
        }
        return new JsonObject { ["type"] = "object", ["required"] = new JsonArray("system"), ["oneOf"] = cases };
    }

    /// <summary>Schema of <c>build:</c> in an append: any key of any system, none required.</summary>
    public static JsonObject AppendSchema()
    {
        var properties = new JsonObject();
        foreach (var field in Systems.Values.SelectMany(form => form.Fields))
            properties[field.Key] = field.Schema();
        properties["system"] = new JsonObject { ["enum"] = new JsonArray([.. Systems.Keys.Select(name => (JsonNode)name)]) };
        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    static string Names => string.Join(", ", Systems.Keys.Select(name => $"`{name}`"));
}
