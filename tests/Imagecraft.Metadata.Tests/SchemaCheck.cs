// Validates YAML documents against the keywords of JSON Schema that the writer uses. Unaware of the forms, so that it judges them from outside.

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Tests;

/// <summary>JSON Schema draft 2020-12, as far as the generated schemas go; a keyword it does not know is an error.</summary>
sealed class SchemaCheck(JsonElement root, Func<string, string> beside)
{
    /// <summary>What does not fit, each with its place; nothing when the document fits.</summary>
    /// <param name="schemaJson">The schema.</param>
    /// <param name="document">What is judged by it.</param>
    /// <param name="beside">The text of a schema that lies beside it.</param>
    public static IReadOnlyList<string> Problems(string schemaJson, YamlNode document, Func<string, string> beside)
    {
        using var schema = JsonDocument.Parse(schemaJson);
        return [.. new SchemaCheck(schema.RootElement, beside).Check(schema.RootElement, document)];
    }

    IEnumerable<string> Check(JsonElement schema, YamlNode node) => schema.EnumerateObject().SelectMany(keyword => Check(keyword, schema, node));

    IEnumerable<string> Check(JsonProperty keyword, JsonElement schema, YamlNode node) => (keyword.Name, node) switch
    {
        ("$schema" or "$defs" or "title" or "description" or "then" or "else", _) => [],
        ("$ref", _) => Refer(keyword.Value.GetString()!.Split("#/$defs/"), node),
        ("not", _) => Check(keyword.Value, node).Any() ? [] : [$"{node.Span}: is what it must not be"],
        ("if", _) => Check(schema.GetProperty(Check(keyword.Value, node).Any() ? "else" : "then"), node),
        ("anyOf", _) => keyword.Value.EnumerateArray().Select(choice => Check(choice, node).ToArray()).MinBy(problems => problems.Length)!,
        ("properties" or "additionalProperties" or "propertyNames", not YamlMap) or ("required", not YamlMap) or ("items", not YamlList) or ("pattern" or "minimum" or "maximum" or "maxLength", not YamlScalar) => [],
        ("type", _) => Strings(keyword.Value).Any(type => Types(node).Contains(type)) ? [] : [$"{node.Span}: is no {keyword.Value}"],
        ("properties", YamlMap map) => keyword.Value.EnumerateObject().SelectMany(property => map[property.Name] is { } value ? Check(property.Value, value) : []),
        ("additionalProperties", YamlMap map) => Additional(keyword.Value, schema, map),
        ("required", YamlMap map) => Strings(keyword.Value).Where(key => map[key] is null).Select(key => $"{node.Span}: lacks {key}"),
        ("items", YamlList list) => list.Items.SelectMany(item => Check(keyword.Value, item)),
        ("minItems" or "minProperties", _) => Count(node) is { } count && count < keyword.Value.GetInt32() ? [$"{node.Span}: has too few entries"] : [],
        ("pattern", YamlScalar scalar) => !Types(node).Contains("string") || Regex.IsMatch(scalar.Text, keyword.Value.GetString()!) ? [] : [$"{node.Span}: does not match {keyword.Value}"],
        ("minimum", YamlScalar scalar) => !Types(node).Contains("number") || double.Parse(scalar.Text, CultureInfo.InvariantCulture) >= keyword.Value.GetDouble() ? [] : [$"{node.Span}: is too small"],
        ("maximum", YamlScalar scalar) => !Types(node).Contains("number") || double.Parse(scalar.Text, CultureInfo.InvariantCulture) <= keyword.Value.GetDouble() ? [] : [$"{node.Span}: is too large"],
        ("maxLength", YamlScalar scalar) => !Types(node).Contains("string") || scalar.Text.Length <= keyword.Value.GetInt32() ? [] : [$"{node.Span}: is too long"],
        ("propertyNames", YamlMap map) => map.Entries.SelectMany(entry => Check(keyword.Value, entry.Key)),
        ("enum", _) => node is YamlScalar scalar && Strings(keyword.Value).Contains(scalar.Text) ? [] : [$"{node.Span}: is none of {keyword.Value}"],
        ("const", _) => node is YamlScalar scalar && keyword.Value.GetString() == scalar.Text ? [] : [$"{node.Span}: is not {keyword.Value}"],
        ("oneOf", _) => keyword.Value.EnumerateArray().Count(choice => !Check(choice, node).Any()) == 1 ? [] : [$"{node.Span}: fits not exactly one choice"],
        _ => throw new NotSupportedException(keyword.Name),
    };

    string[] Refer(string[] place, YamlNode node)
    {
        if (place[0].Length == 0)
            return [.. Check(root.GetProperty("$defs").GetProperty(place[1]), node)];
        using var other = JsonDocument.Parse(beside(place[0]));
        return new SchemaCheck(other.RootElement, beside).Refer(["", place[1]], node);
    }

    IEnumerable<string> Additional(JsonElement rule, JsonElement schema, YamlMap map)
    {
        var unknown = map.Entries.Where(entry => !(schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(entry.Key.Text, out _)));
        return rule.ValueKind == JsonValueKind.False ? unknown.Select(entry => $"{entry.Key.Span}: unknown key {entry.Key.Text}") : unknown.SelectMany(entry => Check(rule, entry.Value));
    }

    static int? Count(YamlNode node) => node switch { YamlList list => list.Items.Length, YamlMap map => map.Entries.Length, _ => null };

    static IEnumerable<string> Strings(JsonElement value) => value.ValueKind == JsonValueKind.String ? [value.GetString()!] : value.EnumerateArray().Select(item => item.GetString()!);

    /// <summary>JSON's types of a node by YAML's core schema.</summary>
    static string[] Types(YamlNode node) => node switch
    {
        YamlMap => ["object"],
        YamlList => ["array"],
        YamlScalar { IsNothing: true } => ["null"],
        YamlScalar { Plain: true, Text: "true" or "false" } => ["boolean"],
        YamlScalar { Plain: true } scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => ["integer", "number"],
        YamlScalar { Plain: true } scalar when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => ["number"],
        _ => ["string"],
    };
}
