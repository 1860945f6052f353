// What may be written besides the keys of a form, as JSON Schema: conditions, extended documents and changes. Unaware of which keys there are.

using System.Text.Json.Nodes;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Layers;

namespace Imagecraft.Metadata.Forms;

/// <summary>Makes schemas of whole documents of the schemas of their forms.</summary>
static class DocumentSchema
{
    const string When = "when", Conditional = "conditional", Whole = "whole", Changes = "changes";

    /// <summary>A document of a kind: whole, or one that extends another and says what is different.</summary>
    public static JsonObject Of(string kind, Func<JsonObject> form)
    {
        if (!KindNames.Appendable.Contains(kind))
            return form();
        var whole = WithConditions(form());
        return new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray(kind),
            ["if"] = new JsonObject { ["required"] = new JsonArray(LayerMerge.Extends) },
            ["then"] = Reference(Changes),
            ["else"] = Reference(Whole),
            ["$defs"] = Definitions(new JsonObject { [Whole] = whole, [Changes] = ChangesOf(kind, form) }),
        };
    }

    /// <summary>Appends to all kinds, by the schemas of those that lie beside it.</summary>
    public static JsonObject OfAppends() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray(KindNames.Append),
        ["anyOf"] = new JsonArray([.. KindNames.Appendable.Select(kind => (JsonNode)new JsonObject { ["$ref"] = $"{kind}.schema.json#/$defs/{Changes}", ["not"] = new JsonObject { ["required"] = new JsonArray(kind) } })]),
    };

    /// <summary>The name after <c>append:</c>.</summary>
    static JsonObject AppendTo(string kind)
    {
        var named = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { [kind] = ScalarShapes.Name.Schema() }, ["required"] = new JsonArray(kind), ["additionalProperties"] = false };
        return kind == KindNames.Recipe ? new JsonObject { ["oneOf"] = new JsonArray(ScalarShapes.Name.Schema(), named) } : named;
    }

    static JsonObject Definitions(JsonObject definitions)
    {
        definitions[When] = ConditionForm.Form.Schema();
        definitions[When]!["description"] = "under which circumstances it counts";
        definitions[Conditional] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                [ConditionWords.Value] = new JsonObject { ["description"] = "what stands here" },
                [ConditionWords.When] = Reference(When),
                [ConditionWords.Otherwise] = new JsonObject { ["description"] = "what stands here instead" },
            },
            ["required"] = new JsonArray(ConditionWords.Value, ConditionWords.When),
            ["additionalProperties"] = false,
        };
        return definitions;
    }

    static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/$defs/{definition}" };

    /// <summary>What is different from a document: the same keys, of which none must be there, and what is removed and replaced.</summary>
    static JsonObject ChangesOf(string kind, Func<JsonObject> form)
    {
        var schema = WithConditions(form());
        NothingRequired(schema);
        var properties = (JsonObject)schema["properties"]!;
        if (kind == KindNames.Recipe)
            properties["build"] = Either(BuildForm.AppendSchema());
        properties[KindNames.Append] = AppendTo(kind);
        var name = ScalarShapes.Name.Schema();
        name["description"] = $"{kind} that this begins with";
        properties[LayerMerge.Extends] = name;
        properties[YamlMerge.Remove] = new JsonObject { ["type"] = new JsonArray("object", "array"), ["description"] = "keys, texts and named items that are taken away" };
        properties[YamlMerge.Replace] = new JsonObject { ["type"] = "object", ["description"] = "values that take the place of what is there, instead of being merged with it" };
        return schema;
    }

    static void NothingRequired(JsonNode? node)
    {
        if (node is JsonArray items)
            foreach (var item in items)
                NothingRequired(item);
        if (node is not JsonObject schema)
            return;
        if (schema["properties"] is not null)
            schema.Remove("required");
        foreach (var (_, inner) in schema)
            NothingRequired(inner);
    }

    static JsonObject WithConditions(JsonObject schema)
    {
        var properties = (JsonObject)schema["properties"]!;
        foreach (var (key, property) in properties.ToArray().Skip(1))
            properties[key] = Either((JsonObject)property!);
        return schema;
    }

    /// <summary>Lets what lies in a value depend on conditions.</summary>
    static void Inside(JsonObject schema)
    {
        if (schema["items"] is JsonObject items)
            schema["items"] = Either(items);
        if (schema["additionalProperties"] is JsonObject values)
            schema["additionalProperties"] = Either(values);
        foreach (var choice in schema["oneOf"]?.AsArray().OfType<JsonObject>() ?? [])
            Inside(choice);
        if (schema["properties"] is not JsonObject properties)
            return;
        foreach (var (key, property) in properties.ToArray())
            if (property is JsonObject inner && inner["const"] is null)
                properties[key] = Either(inner);
        properties[When] = Reference(When);
    }

    static JsonObject Either(JsonObject schema)
    {
        Inside(schema);
        var plain = (JsonObject)schema.DeepClone();
        plain.Remove("description");
        var either = new JsonObject { ["anyOf"] = new JsonArray(plain, Reference(Conditional)) };
        if (schema["description"] is { } description)
            either["description"] = description.DeepClone();
        return either;
    }
}
