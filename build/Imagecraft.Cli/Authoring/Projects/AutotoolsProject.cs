// Programs that are configured by a script of Autoconf. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring.Projects;

internal static partial class AutotoolsProject
{
    public static ProjectFacts? Find(SourceView sources)
    {
        var input = sources.Has("configure.ac") ? "configure.ac" : sources.Has("configure.in") ? "configure.in" : null;
        var isReady = sources.Has("configure");
        if (input is null && !isReady)
            return null;
        var text = Comment().Replace(input is null ? "" : sources.Text(input), "");
        var made = isReady ? sources.Text("configure") : "";
        if (input is null && !made.Contains("Autoconf", StringComparison.OrdinalIgnoreCase))
            return new() { System = "autotools", Doubts = ["`configure` was not made by Autoconf: its options may be others"] };
        var arguments = Init().Match(text) is { Success: true } init ? Arguments(init.Groups[1].Value).Select(argument => argument.Trim('[', ']', ' ', '\n', '\t')).ToArray() : [];
        string? Written(Regex regex) => regex.Match(made) is { Success: true, Groups: [_, { Value.Length: > 0 } value] } ? value.Value : null;
        string? At(int number) => arguments.Length > number && arguments[number].Length > 0 && !arguments[number].Contains('(', StringComparison.Ordinal) && !arguments[number].Contains('$', StringComparison.Ordinal) && !arguments[number].Contains("m4_", StringComparison.Ordinal) ? arguments[number] : null;
        return new()
        {
            System = "autotools",
            Keys = isReady ? [] : ["before: \"autoreconf --install --force\""],
            Name = Written(MadeName()) ?? At(0),
            Version = (Written(MadeVersion()) ?? At(1)) is { } version && version.Any(char.IsAsciiDigit) ? version : null,
            Homepage = PageOf(Written(MadePage()) ?? At(4)),
            Needs =
            [
                .. PkgConfig().Matches(text).SelectMany(match => Bound().Replace(match.Groups[1].Value, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(name => new Need(name.Trim('[', ']'), match.Groups[2].Value.Length > 0)))
                    .Concat(Library().Matches(text).SelectMany(match => match.Groups[1].Value.Trim('[', ']', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(1)).Select(name => new Need(name, true)))
                    .Where(need => need.Name.Length > 0 && char.IsLetter(need.Name[0]) && need.Name is not ("m" or "dl" or "rt" or "pthread" or "c" or "socket" or "nsl" or "resolv" or "util")).DistinctBy(need => need.Name),
            ],
            Doubts = input is not null && !isReady && sources.Has("autogen.sh") ? ["There is an `autogen.sh`: when `autoreconf` does not do, call that in `before:`"] : [],
        };
    }

    // Commas within brackets and calls part nothing.
    private static List<string> Arguments(string text)
    {
        var arguments = new List<string> { "" };
        var depth = 0;
        foreach (var c in text)
        {
            depth += c is '[' or '(' ? 1 : c is ']' or ')' ? -1 : 0;
            if (c == ',' && depth == 0)
                arguments.Add("");
            else
                arguments[^1] += c;
        }

        return arguments;
    }

    // Where bugs are told is one folder further.
    private static string? PageOf(string? address) => address?.EndsWith("/issues", StringComparison.Ordinal) == true ? address[..^"/issues".Length] : address;

    [GeneratedRegex(@"(?m)(\bdnl\b|^\s*#).*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?s)\bAC_INIT\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")]
    private static partial Regex Init();

    [GeneratedRegex(@"(?m)^PACKAGE_NAME='([^']*)'")]
    private static partial Regex MadeName();

    [GeneratedRegex(@"(?m)^PACKAGE_VERSION='([^']*)'")]
    private static partial Regex MadeVersion();

    [GeneratedRegex(@"(?m)^PACKAGE_URL='([^']*)'")]
    private static partial Regex MadePage();

    [GeneratedRegex(@"(?s)\bPKG_CHECK_(?:MODULES|EXISTS)\s*\(\s*(?:\[?\w+\]?\s*,)?\s*(\[[^\]]*\]|[^,()]+)\s*(,[^)]*)?\)")]
    private static partial Regex PkgConfig();

    [GeneratedRegex(@"[<>=]+\s*[\w.$()]+")]
    private static partial Regex Bound();

    [GeneratedRegex(@"(?s)\bAC_(?:CHECK_LIB\s*\(|SEARCH_LIBS\s*\(\s*[^,]+,)\s*(\[[^\]]*\]|[^,()]+)\s*[,)]")]
    private static partial Regex Library();
}
