// The words that a key of a form takes, as its JSON Schema lists them.

using System.Text.Json;

namespace Imagecraft.Metadata.Tests;

internal static class SchemaWords
{
    /// <param name="form">A kind of document.</param>
    /// <param name="key">Keys with slashes between them; <c>*</c> is an item of a list, <c>{}</c> a value of a map with free keys, <c>#1</c> the second of several shapes.</param>
    public static string[] Of(string form, string key)
    {
        using var schema = JsonDocument.Parse(SchemaWriter.Write().Single(f => f.FileName == $"{form}.schema.json").Json);
        var value = key.Split('/').Aggregate(
            schema.RootElement.GetProperty("$defs").GetProperty("whole"),
            (at, part) => part switch
            {
                ['#', var digit] => at.GetProperty("oneOf")[digit - '0'],
                "*" => Plain(at.GetProperty("items")),
                "{}" => Plain(at.GetProperty("additionalProperties")),
                _ => Plain(at.GetProperty("properties").GetProperty(part)),
            });
        // Beside what stands there by itself, anything may depend on a condition.
        static JsonElement Plain(JsonElement either) => either.GetProperty("anyOf")[0];

        return [.. value.GetProperty("enum").EnumerateArray().Select(word => word.GetString()!)];
    }
}
