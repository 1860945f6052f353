// Functions of make that only change texts, and those by which Buildroot names archives of forges. Pure.

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Computes functions of make.</summary>
/// <remarks>Source: GNU Make, sections 8.2 and 8.3; Buildroot's package/pkg-download.mk for <c>github</c> and <c>gitlab</c>.</remarks>
internal static class MakeFunctions
{
    /// <summary>The result; null: the function is not known, or was not called as it is meant to be.</summary>
    public static string? Call(string name, List<string> arguments) => (name, arguments) switch
    {
        ("call", ["github", var owner, var project, var version]) => $"https://github.com/{owner.Trim()}/{project.Trim()}/archive/{version.Trim()}",
        ("call", ["gitlab", var owner, var project, var version]) => $"https://gitlab.com/{owner.Trim()}/{project.Trim()}/-/archive/{version.Trim()}",
        ("call", ["qstrip", var text]) => text.Replace("\"", "", StringComparison.Ordinal).Trim(),
        ("call", ["LOWERCASE", var text]) => text.ToLowerInvariant(),
        ("call", ["UPPERCASE", var text]) => text.ToUpperInvariant().Replace('-', '_'),
        ("subst", [var from, var to, var text]) when from.Length > 0 => text.Replace(from, to, StringComparison.Ordinal),
        ("patsubst", [var pattern, var to, var text]) => string.Join(' ', Words(text).Select(word => Replaced(word, pattern.Trim(), to.Trim()))),
        ("strip", [var text]) => string.Join(' ', Words(text)),
        ("firstword", [var text]) => Words(text).FirstOrDefault() ?? "",
        ("lastword", [var text]) => Words(text).LastOrDefault() ?? "",
        ("word", [var number, var text]) when int.TryParse(number, out var at) && at > 0 => Words(text).ElementAtOrDefault(at - 1) ?? "",
        ("wordlist", [var first, var last, var text]) when int.TryParse(first, out var from) && int.TryParse(last, out var to) && from > 0 => string.Join(' ', Words(text).Skip(from - 1).Take(to - from + 1)),
        ("addprefix", [var prefix, var text]) => string.Join(' ', Words(text).Select(word => prefix + word)),
        ("addsuffix", [var suffix, var text]) => string.Join(' ', Words(text).Select(word => word + suffix)),
        ("basename", [var text]) => string.Join(' ', Words(text).Select(word => word.LastIndexOf('.') is >= 0 and var dot && dot > word.LastIndexOf('/') ? word[..dot] : word)),
        ("notdir", [var text]) => string.Join(' ', Words(text).Select(ForeignFiles.NameOf)),
        _ => null,
    };

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string Replaced(string word, string pattern, string to)
    {
        var sign = pattern.IndexOf('%', StringComparison.Ordinal);
        if (sign < 0)
            return word == pattern ? to : word;
        var (start, end) = (pattern[..sign], pattern[(sign + 1)..]);
        return word.Length >= start.Length + end.Length && word.StartsWith(start, StringComparison.Ordinal) && word.EndsWith(end, StringComparison.Ordinal) ? to.Replace("%", word[start.Length..^end.Length], StringComparison.Ordinal) : word;
    }
}
