// Programs with a Makefile and nothing before it. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring.Projects;

internal static partial class MakeProject
{
    public static ProjectFacts? Find(SourceView sources)
    {
        if (Place(sources) is not { } place)
            return null;
        var text = WithIncluded(sources, place.File);
        var keys = new List<string>();
        var doubts = new List<string>();
        // Programs of the build host would be taken where the Makefile says so itself.
        ImmutableArray<string> tools = [.. new[] { "CC", "CXX", "AR", "RANLIB", "STRIP" }.Where(tool => Regex.IsMatch(text, $@"(?m)^\s*{tool}\s*:?=")).Select(tool => $"\"{tool}=${tool}\"")];
        var prefix = Regex.Match(text, @"(?m)^\s*(PREFIX|prefix)\s*[:?]?=\s*(\S*)");
        var installs = Regex.IsMatch(text, @"(?m)^install\b[^=\n]*:");
        var knowsDestination = text.Contains("DESTDIR", StringComparison.Ordinal);
        var make = prefix.Success && knowsDestination && prefix.Groups[2].Value != "/usr" ? tools.Add($"{prefix.Groups[1].Value}=/usr") : tools;
        if (place.IsNamed)
            make = [.. new[] { "-f", place.File }, .. make];
        if (place.Subfolder is { } subfolder)
            keys.Add($"subfolder: {subfolder}");
        // Tests are programs of the board, which the build host cannot run.
        if (Regex.Match(text, @"(?m)^all\s*:([^=\n]*)$") is { Success: true } all && all.Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is var targets && targets.Any(IsTest) && !targets.Any(target => target.Contains('$', StringComparison.Ordinal)))
            make = make.AddRange(targets.Where(target => !IsTest(target)));
        if (!make.IsEmpty)
            keys.Add($"make: [ {string.Join(", ", make)} ]");
        var named = place.IsNamed ? $"-f, {place.File}, " : "";
        if (!installs)
            doubts.Add("The Makefile has no target `install`: say what is installed by `install:` or `after:`");
        else if (!knowsDestination && prefix.Success)
            keys.Add($"install: [ {named}install, \"{prefix.Groups[1].Value}=$DESTDIR/usr\" ]");
        else if (!knowsDestination)
            doubts.Add("The Makefile knows neither `DESTDIR` nor a prefix: say by `install:` or `after:` what is installed");
        return new()
        {
            System = "make",
            Keys = [.. keys],
            Version = Version().Match(text) is { Success: true } version ? version.Groups[1].Value : null,
            Needs = [.. PkgConfig().Matches(text).SelectMany(match => match.Groups["names"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(word => char.IsLetter(word[0])).Distinct().Select(name => new Need(name, false))],
            Doubts = [.. doubts],
        };
    }

    private sealed record Makefile(string File, string? Subfolder = null, bool IsNamed = false);

    // Old programs have one for each kind of system, others keep it with the sources.
    private static Makefile? Place(SourceView sources)
    {
        if (sources.AtRoot("^(GNU)?makefile$").FirstOrDefault() is { } file)
            return new(file);
        foreach (var folder in (string[])["unix", "src", "source"])
        {
            if (sources.Files.Where(path => Path.GetDirectoryName(path) == folder && FileName().IsMatch(Path.GetFileName(path))).Order(StringComparer.Ordinal).FirstOrDefault() is { } path)
                return folder == "unix" ? new(path, IsNamed: true) : new(path, folder);
        }

        return null;
    }

    // `include config.mk` is a part of the text.
    private static string WithIncluded(SourceView sources, string file)
    {
        var text = sources.Text(file);
        var folder = Path.GetDirectoryName(file)!;
        return text + string.Concat(Include().Matches(text).SelectMany(match => match.Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Select(name => "\n" + sources.Text(Path.Combine(folder, name))));
    }

    [GeneratedRegex(@"(?i)^(GNU)?makefile$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"(?m)^-?include[ \t]+([^\n#]+)")]
    private static partial Regex Include();

    private static bool IsTest(string target) => target is "test" or "tests" or "check";

    [GeneratedRegex(@"(?m)^\s*(?:VERSION|version)\s*[:?]?=\s*v?(\d[\w.]*)\s*$")]
    private static partial Regex Version();

    [GeneratedRegex(@"(?:pkg-config|PKG_CONFIG\))(?:\s+--(?:libs|cflags|static)(?:-only-\w+)?)+\s+(?<names>[a-z][\w.+ -]*)")]
    private static partial Regex PkgConfig();
}
