// Programs that are built by CMake. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring.Projects;

internal static partial class CmakeProject
{
    public static ProjectFacts? Find(SourceView sources)
    {
        if (!sources.Has("CMakeLists.txt"))
            return null;
        var text = Comment().Replace(sources.Text("CMakeLists.txt"), "");
        var project = Project().Match(text);
        var variables = Set().Matches(text).GroupBy(match => match.Groups[1].Value).ToDictionary(group => group.Key, group => group.First().Groups[2].Value, StringComparer.Ordinal);
        string? Value(Regex regex) => regex.Match(project.Value) is { Success: true } match ? Expand(match.Groups[1].Value, variables) : null;
        var tests = Options().Matches(text).Select(match => match.Groups[1].Value).Where(name => Superfluous().IsMatch(name)).Append("BUILD_TESTING").Distinct().Select(name => $"-D{name}=OFF");
        return new()
        {
            System = "cmake",
            Keys = [$"options: [ {string.Join(", ", sources.Files.Any(path => Path.GetFileName(path) == "CMakeLists.txt" && sources.Text(path).Contains("BUILD_SHARED_LIBS", StringComparison.Ordinal)) ? tests.Append("-DBUILD_SHARED_LIBS=ON") : tests)} ]"],
            Name = project.Success ? Expand(project.Groups[1].Value, variables) : null,
            Version = Value(Version()),
            Summary = Value(Description()),
            Homepage = Value(Page()),
            Needs =
            [
                .. Package().Matches(text).Select(match => new Need(match.Groups[1].Value, IsOptional(text, match)))
                    .Concat(Modules().Matches(text).SelectMany(match => match.Groups[2].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(name => new Need(Bound().Replace(name, ""), IsOptional(text, match)))))
                    .Where(need => need.Name.Length > 0 && char.IsLetter(need.Name[0]) && !OfBuilders().IsMatch(need.Name))
                    .GroupBy(need => need.Name).Select(same => new Need(same.Key, same.All(need => need.IsOptional))),
            ],
        };
    }

    // What stands within `if (...)` depends on something.
    private static bool IsOptional(string text, Match call) =>
        !call.Value.Contains("REQUIRED", StringComparison.Ordinal) || Blocks().Matches(text[..call.Index]).Sum(block => block.Groups[1].Value.Length > 0 ? -1 : 1) > 0;

    private static string? Expand(string text, Dictionary<string, string> variables)
    {
        var expanded = Variable().Replace(text.Trim('"'), match => variables.GetValueOrDefault(match.Groups[1].Value, match.Value).Trim('"'));
        return Variable().IsMatch(expanded) ? Variable().Replace(expanded, match => variables.GetValueOrDefault(match.Groups[1].Value, "").Trim('"')) is { Length: > 0 } twice && !twice.Contains("..", StringComparison.Ordinal) && !twice.EndsWith('.') ? twice : null : expanded;
    }

    [GeneratedRegex(@"(?m)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?is)\bproject\s*\(\s*([^\s)]+)[^)]*\)")]
    private static partial Regex Project();

    [GeneratedRegex(@"(?i)\bVERSION\s+(""[^""]+""|[^\s)]+)")]
    private static partial Regex Version();

    [GeneratedRegex(@"(?i)\bDESCRIPTION\s+(""[^""]+"")")]
    private static partial Regex Description();

    [GeneratedRegex(@"(?i)\bHOMEPAGE_URL\s+(""[^""]+"")")]
    private static partial Regex Page();

    [GeneratedRegex(@"(?im)^\s*set\s*\(\s*(\w+)\s+(""[^""]*""|[^\s)]+)\s*\)")]
    private static partial Regex Set();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?im)^\s*(end)?if\s*\(")]
    private static partial Regex Blocks();

    // Words of the call, and what only those use who change or test the program.
    [GeneratedRegex(@"^(Threads|PkgConfig|Git|Doxygen|Sphinx|LATEX|Python3?|PythonInterp|PythonLibs|Perl|GTest|GMock|Catch2?|benchmark|Boost_unit_test|CUnit|cmocka|ClangFormat|ClangTidy|CCache|REQUIRED|QUIET|IMPORTED_TARGET)$", RegexOptions.IgnoreCase)]
    private static partial Regex OfBuilders();

    [GeneratedRegex(@"(?i)\bfind_package\s*\(\s*(\w+)[^)]*\)")]
    private static partial Regex Package();

    [GeneratedRegex(@"(?is)\bpkg_(?:check|search)_modules?\s*\(\s*(\w+)\s+([^)]*)\)")]
    private static partial Regex Modules();

    [GeneratedRegex(@"[<>=].*$")]
    private static partial Regex Bound();

    [GeneratedRegex(@"(?im)^\s*(?:cmake_dependent_)?option\s*\(\s*(\w+)")]
    private static partial Regex Options();

    // What a board has no use for.
    [GeneratedRegex(@"(?i)(^|_)(TESTS?|TESTING|EXAMPLES?|BENCHMARKS?|DOCS?|FUZZ(ER|ERS|ING)?|SAMPLES?)(_|$)")]
    private static partial Regex Superfluous();
}
