// The shapes of single values: text, numbers, sizes, modes, words of a set. Unaware of maps and lists.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>Shapes of single values.</summary>
static class ScalarShapes
{
    /// <summary>Any text; <c>1.10</c> stays as it is written.</summary>
    public static Shape<Sited<string>> Text { get; } = new Scalar<string>(
        "text", text => (text, true), () => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") });

    /// <summary>Text whose place nobody asks for.</summary>
    public static Shape<string> Words { get; } = Text.Select(text => text.Value);

    /// <summary>A name that is safe in file names and action ids.</summary>
    public static Shape<Sited<string>> Name { get; } = new Scalar<string>(
        "a name of lowercase letters, digits and `+._-`", text => (text, IsName(text)),
        () => new JsonObject { ["type"] = new JsonArray("string", "number"), ["pattern"] = "^[a-z0-9][a-z0-9+._-]*$" });

    /// <summary>A path or glob on the board.</summary>
    public static Shape<Sited<string>> TargetPath { get; } = new Scalar<string>(
        "an absolute path such as `/usr/bin`", text => (text, TargetPaths.IsGlob(text)),
        () => new JsonObject { ["type"] = "string", ["pattern"] = "^/" },
        text => (Codes.WrongFormat, TargetPaths.Remedy(text)));

    /// <summary>The path of one file on the board.</summary>
    public static Shape<Sited<string>> TargetFile { get; } = new Scalar<string>(
        "the absolute path of a file such as `/etc/motd`", text => (text, TargetPaths.IsFile(text)),
        () => new JsonObject { ["type"] = "string", ["pattern"] = "^/.*[^/]$" },
        text => (Codes.WrongFormat, TargetPaths.IsGlob(text) ? "It is one file: write its whole path, without wildcards" : TargetPaths.Remedy(text)));

    /// <summary>A folder below the root of sources; empty: the root itself.</summary>
    public static Shape<string> Below { get; } = new Scalar<string>(
        "a folder below the root of the sources, such as `lib/core`", text => (text, text.Length == 0 || TargetPaths.IsFile($"/{(text.EndsWith('/') ? text[..^1] : text)}")),
        () => new JsonObject { ["type"] = new JsonArray("string", "number") },
        text => (Codes.WrongFormat, text.StartsWith('/') ? $"Write `{text.TrimStart('/')}`" : "Write it without `.`, `..`, wildcards and line breaks")).Select(text => text.Value);

    /// <summary>A whole number.</summary>
    public static Shape<Sited<int>> Integer { get; } = new Scalar<int>(
        "a whole number",
        text => (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0, value.ToString(CultureInfo.InvariantCulture) == text),
        () => new JsonObject { ["type"] = "integer" });

    /// <summary>A whole number from zero up.</summary>
    public static Shape<Sited<int>> Count { get; } = new Scalar<int>(
        "a whole number from 0 up",
        text => (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0, value.ToString(CultureInfo.InvariantCulture) == text),
        () => new JsonObject { ["type"] = "integer", ["minimum"] = 0 });

    /// <summary>A whole number within bounds.</summary>
    public static Shape<int> Between(int least, int most) => new Scalar<int>(
        $"a whole number from {least} to {most}",
        text => (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0, value.ToString(CultureInfo.InvariantCulture) == text && value >= least && value <= most),
        () => new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most }).Select(number => number.Value);

    /// <summary>A whole number of 64 bits.</summary>
    public static Shape<Sited<long>> Long { get; } = new Scalar<long>(
        "a whole number",
        text => (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0, value.ToString(CultureInfo.InvariantCulture) == text),
        () => new JsonObject { ["type"] = "integer" });

    /// <summary>A number.</summary>
    public static Shape<Sited<double>> Number { get; } = new Scalar<double>(
        "a number",
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && char.IsAsciiDigit(text[^1]) ? (value, true) : (0, false),
        () => new JsonObject { ["type"] = "number" },
        text => (Codes.WrongFormat, text.Count(',') == 1 && IsNumber(text.Replace(',', '.')) ? $"Write a point for the comma: `{text.Replace(',', '.')}`" : null));

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static Shape<Sited<bool>> Truth { get; } = new Scalar<bool>(
        "`true` or `false`", text => (text == "true", text is "true" or "false"), () => new JsonObject { ["type"] = "boolean" },
        text => (Codes.WrongFormat, text.ToLowerInvariant() switch
        {
            "true" or "yes" or "y" or "on" or "1" => "Write `true`",
            "false" or "no" or "n" or "off" or "0" => "Write `false`",
            _ => null,
        }));

    /// <summary><see cref="Truth"/> without its place.</summary>
    public static Shape<bool> Flag { get; } = Truth.Select(truth => truth.Value);

    /// <summary><see cref="Count"/> without its place.</summary>
    public static Shape<int> PlainCount { get; } = Count.Select(count => count.Value);

    /// <summary><see cref="Integer"/> without its place.</summary>
    public static Shape<int> PlainInteger { get; } = Integer.Select(number => number.Value);

    /// <summary><see cref="Long"/> without its place.</summary>
    public static Shape<long> PlainLong { get; } = Long.Select(number => number.Value);

    /// <summary><see cref="Number"/> without its place.</summary>
    public static Shape<double> PlainNumber { get; } = Number.Select(number => number.Value);

    /// <summary>Bytes, plain or with a binary unit: <c>512 MiB</c>.</summary>
    public static Shape<Sited<long>> Size { get; } = new Scalar<long>(
        "a size such as `512 MiB`", text => ByteSize.TryParse(text, out var bytes) ? (bytes, true) : (0, false),
        () => new JsonObject { ["type"] = new JsonArray("string", "integer"), ["pattern"] = ByteSize.Pattern, ["minimum"] = 0 },
        text => (Codes.WrongFormat, ByteSize.Remedy(text)));

    /// <summary>The same, but something.</summary>
    public static Shape<Sited<long>> SomeSize { get; } = new Scalar<long>(
        "a size such as `512 MiB`", text => ByteSize.TryParse(text, out var bytes) ? (bytes, bytes > 0) : (0, false),
        () => new JsonObject { ["type"] = new JsonArray("string", "integer"), ["pattern"] = ByteSize.Pattern, ["minimum"] = 1 },
        text => (Codes.WrongFormat, ByteSize.TryParse(text, out _) ? "Nothing fits into it" : ByteSize.Remedy(text)));

    /// <summary>Octal file mode such as <c>4755</c>.</summary>
    public static Shape<Sited<UnixMode>> Mode { get; } = new Scalar<UnixMode>(
        "a mode of four octal digits such as `0755`", text => UnixMode.TryParse(text, out var mode) ? (mode, true) : (default, false),
        () => new JsonObject { ["type"] = new JsonArray("string", "integer"), ["pattern"] = UnixMode.Pattern },
        text => (Codes.WrongFormat, UnixMode.Remedy(text)));

    /// <summary>A SHA-256 as 64 lowercase hexadecimal characters.</summary>
    public static Shape<Sited<string>> Sha256 { get; } = Hexadecimal(null, 64);

    /// <summary>A git commit as 40 lowercase hexadecimal characters, or 64 of a repository with SHA-256.</summary>
    public static Shape<Sited<string>> Commit { get; } = Hexadecimal(WholeCommit, 40, 64);

    /// <summary>Comparisons of versions, all of which must hold.</summary>
    public static Shape<Sited<VersionRange>> VersionRange { get; } = new Scalar<VersionRange>(
        "a range of versions such as `>=0.1 <0.3`", text => Model.VersionRange.TryParse(text, out var range) ? (range, true) : (new VersionRange(text), false),
        () => new JsonObject { ["type"] = "string", ["pattern"] = "^ *(>=|<=|>|<|=)[0-9]+([.][0-9]+)*( +(>=|<=|>|<|=)[0-9]+([.][0-9]+)*)* *$" });

    /// <summary>A version of numbers and dots.</summary>
    public static Shape<Sited<string>> DottedVersion { get; } = new Scalar<string>(
        "a version such as `1.2`", text => (text, Model.VersionRange.IsVersion(text)),
        () => new JsonObject { ["type"] = new JsonArray("string", "number"), ["pattern"] = "^[0-9]{1,9}([.][0-9]{1,9})*$" });

    /// <summary>One of some words.</summary>
    public static Shape<Sited<string>> OneOf(params string[] words) => new Scalar<string>(
        $"one of [ {string.Join(", ", words.Select(word => $"`{word}`"))} ]", text => (text, words.Contains(text)),
        () => new JsonObject { ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) },
        text => (Codes.UnknownWord, Nearest.To(text, words) is { } near ? $"Did you mean `{near}`?" : null));

    static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>Whether a text is a <see cref="Name"/>.</summary>
    internal static bool IsName(string text) =>
        text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '+' or '.' or '_' or '-');

    static Scalar<string> Hexadecimal(Func<string, string>? remedy, params int[] lengths) => new(
        $"{string.Join(" or ", lengths)} lowercase hexadecimal characters", text => (text, lengths.Contains(text.Length) && text.All(char.IsAsciiHexDigitLower)),
        () => new JsonObject { ["type"] = new JsonArray("string", "number"), ["pattern"] = $"^{(lengths.Length == 1 ? "" : "(")}{string.Join('|', lengths.Select(length => $"[0-9a-f]{{{length}}}"))}{(lengths.Length == 1 ? "" : ")")}$" },
        text => (Codes.WrongFormat, remedy is not null ? remedy(text) : lengths.Contains(text.Length) ? null : $"It has {text.Length} characters"));

    /// <summary>How to find the commit that is meant by what git takes for one.</summary>
    static string WholeCommit(string text) => text.All(char.IsAsciiHexDigit)
        ? $"It has {text.Length} characters; `git rev-parse {text.ToLowerInvariant()}` in a clone prints all of them"
        : $"Branches and tags move, a commit stays what it is: `git ls-remote ADDRESS {text}` prints the one that a branch leads to now, and with `{text}^{{}}` that of a tag";
}

/// <summary>A shape of a single value with its place.</summary>
/// <param name="expected">Words for messages.</param>
/// <param name="parse">The value of a text, and whether it is one.</param>
/// <param name="schema">Its JSON Schema.</param>
/// <param name="refuse">Code and hint for a text that is none.</param>
sealed class Scalar<T>(string expected, Func<string, (T Value, bool Good)> parse, Func<JsonObject> schema, Func<string, (string Code, string? Hint)>? refuse = null)
    : Shape<Sited<T>>
{
    /// <summary>What was written is not repeated in messages.</summary>
    public bool IsSecret { get; init; }

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out Sited<T> value)
    {
        value = default;
        if (node is not YamlScalar { IsNothing: false } scalar)
        {
            var hint = node is YamlScalar ? $"Write a value after the colon, or remove the key; empty text is `\"\"`" : null;
            return Wrong(node, what, expected, reading, hint);
        }
        var (parsed, good) = parse(scalar.Text);
        if (!good)
        {
            var (code, hint) = refuse?.Invoke(scalar.Text) ?? (Codes.WrongFormat, null);
            reading.Error(code, $"{Capital(what)} must be {expected}{(IsSecret ? "" : $", not `{Shown(scalar.Text)}`")}", scalar.Span, hint);
            return false;
        }
        value = new Sited<T>(parsed, scalar.Span);
        return true;
    }

    public override JsonObject Schema() => schema();

    static string Shown(string text) => text.Length <= 80 ? text : text[..77] + "...";
}
