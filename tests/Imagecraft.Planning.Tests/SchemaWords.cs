// The words that a key of a form takes, as its JSON Schema lists them.

using System.Text.Json;
using Imagecraft.Metadata;

namespace Imagecraft.Planning.Tests;

internal static class SchemaWords
{
    /// <param name="form">A kind of document.</param>
    /// <param name="key">Keys with slashes between them; <c>*</c> is an item of a list, <c>{}</c> a value of a map with free keys.</param>
    public static string[] Of(string form, string key)
    {
        using var schema = JsonDocument.Parse(SchemaWriter.Write().Single(f => f.FileName == $"{form}.schema.json").Json);
        var value = key.Split('/').Aggregate(
            schema.RootElement.GetProperty("$defs").GetProperty("whole"),
            (at, part) => (part switch { "*" => at.GetProperty("items"), "{}" => at.GetProperty("additionalProperties"), _ => at.GetProperty("properties").GetProperty(part) }).GetProperty("anyOf")[0]);
        return [.. value.GetProperty("enum").EnumerateArray().Select(word => word.GetString()!)];
    }
}
