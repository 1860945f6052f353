// Results for programs. Unaware of what they are.

using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Imagecraft.Cli.Output;

/// <summary>The option <c>--json</c>, and what it prints: one document on standard output, while all else goes to standard error.</summary>
public static class JsonOutput
{
    // Names and paths stay readable; nothing here becomes part of a page.
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The option.</summary>
    public static Option<bool> Option() => new("--json") { Description = "Print it as JSON, for programs" };

    /// <summary>Prints a document.</summary>
    public static void WriteJson(this IConsole console, JsonNode document) => console.Out.WriteLine(document.ToJsonString(Form));

    /// <summary>A list of objects.</summary>
    public static JsonArray ToJson<T>(this IEnumerable<T> items, Func<T, JsonNode?> form) => new([.. items.Select(form)]);

    /// <summary>A list of texts.</summary>
    public static JsonArray ToJson(this IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
