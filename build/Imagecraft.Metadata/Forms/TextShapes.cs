// The shapes of texts that something else reads later: host names, consoles, kernel arguments, regular expressions, environment. Unaware of who reads them.

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms;

/// <summary>Shapes of such texts.</summary>
static partial class TextShapes
{
    const string HostPattern = "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*";
    const string ConsolePattern = "^[A-Za-z][A-Za-z0-9_]*";
    const string VariablePattern = "^[A-Za-z_][A-Za-z0-9_]*";
    const string VersionPattern = "^[a-z0-9][a-z0-9._-]*";
    const string ModulePattern = "^[A-Za-z0-9_-]+";
    const int LongestHostname = 64;

    /// <summary>A host name (RFC 1123), as long as Linux takes it.</summary>
    public static Shape<Sited<string>> Hostname { get; } = new Scalar<string>(
        $"a host name of letters, digits, `-` and `.`, at most {LongestHostname} characters", text => (text, text.Length <= LongestHostname && Host().IsMatch(text)),
        () => new() { ["type"] = new JsonArray("string", "number"), ["pattern"] = HostPattern + "$", ["maxLength"] = LongestHostname },
        text => (Codes.WrongFormat, text.Contains('_') || text.Contains(' ') ? $"Write `{text.Replace('_', '-').Replace(' ', '-')}`" : null));

    /// <summary>The name of a terminal device.</summary>
    public static Shape<Sited<string>> Console { get; } = new Scalar<string>(
        "the name of a device such as `ttyAMA0`", text => (text, IsTerminal(text)),
        () => new() { ["type"] = "string", ["pattern"] = ConsolePattern + "$" },
        text => (Codes.WrongFormat, text.StartsWith("/dev/", StringComparison.Ordinal) ? $"Write `{text[5..]}`" : text.IndexOf(',') is > 0 and var comma ? $"Write `{text[..comma]}`; the speed is the kernel's, from its command line" : null));

    /// <summary>Whether a text is such a name.</summary>
    public static bool IsTerminal(string text) => Terminal().IsMatch(text);

    /// <summary>Text in one line.</summary>
    public static Shape<Sited<string>> Line { get; } = new Scalar<string>(
        "text in one line", text => (text, !text.Any(char.IsControl)),
        () => new() { ["type"] = new JsonArray("string", "number", "boolean") },
        text => (Codes.WrongFormat, "Write `>-` in place of `|` to join lines, or put the text in quotes"));

    /// <summary>Arguments of the kernel, in which <c>$ROOT</c> is the partition with the root file system.</summary>
    public static Shape<Sited<string>> KernelArguments { get; } = new Placeholders(Line, "ROOT");

    /// <summary>What a shell runs.</summary>
    public static Shape<Sited<string>> Script { get; } = new Scalar<string>(
        "a shell command", text => (text, !string.IsNullOrWhiteSpace(text) && !text.Contains('\0')),
        () => new() { ["type"] = new JsonArray("string", "number", "boolean") },
        text => (Codes.WrongFormat, text.Contains('\0') ? "A shell ends at the character NUL: leave it out" : "Nothing would run; write `true` where that is meant"));

    /// <summary>A version of an image, as os-release(5) takes it.</summary>
    public static Shape<Sited<string>> ImageVersion { get; } = new Scalar<string>(
        "a version of lowercase letters, digits and `._-`", text => (text, VersionText().IsMatch(text)),
        () => new() { ["type"] = new JsonArray("string", "number"), ["pattern"] = VersionPattern + "$" });

    /// <summary>Where a symbolic link leads.</summary>
    public static Shape<Sited<string>> LinkTarget { get; } = new Scalar<string>(
        "the path that a link leads to", text => (text, text.Length > 0 && !text.Any(char.IsControl)),
        () => new() { ["type"] = "string", ["pattern"] = "^." });

    /// <summary>The name of a variable of the environment.</summary>
    public static Shape<Sited<string>> Variable { get; } = new Scalar<string>(
        "a name of letters, digits and `_`, no digit first", text => (text, VariableName().IsMatch(text)),
        () => new() { ["type"] = "string", ["pattern"] = VariablePattern + "$" });

    /// <summary>A module as modprobe names it.</summary>
    public static Shape<Sited<string>> Module { get; } = new Scalar<string>(
        "the name of a module as modprobe takes it", text => (text, ModuleName().IsMatch(text)),
        () => new() { ["type"] = "string", ["pattern"] = ModulePattern + "$" },
        text => (Codes.WrongFormat, text[(text.LastIndexOf('/') + 1)..] is var file && file.IndexOf(".ko", StringComparison.Ordinal) is > 0 and var end ? $"Write `{file[..end]}`" : null));

    /// <summary>A .NET regular expression over lines.</summary>
    public static Shape<Sited<string>> Expression { get; } = new Scalar<string>(
        "a regular expression", text => (text, Problem(text) is null),
        () => new() { ["type"] = new JsonArray("string", "number", "boolean") },
        text => (Codes.WrongFormat, $"{Problem(text)}; put a backslash before a character that stands for itself"));

    /// <summary>Whether it is a host name.</summary>
    public static bool IsHostname(string text) => Host().IsMatch(text);

    static string? Problem(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.Multiline | RegexOptions.CultureInvariant);
            return null;
        }
        catch (RegexParseException problem)
        {
            return problem.Message.TrimEnd('.');
        }
    }

    [GeneratedRegex(HostPattern + WholeText.End)]
    private static partial Regex Host();

    [GeneratedRegex(ConsolePattern + WholeText.End)]
    private static partial Regex Terminal();

    [GeneratedRegex(VersionPattern + WholeText.End)]
    private static partial Regex VersionText();

    [GeneratedRegex(VariablePattern + WholeText.End)]
    private static partial Regex VariableName();

    [GeneratedRegex(ModulePattern + WholeText.End)]
    private static partial Regex ModuleName();
}
