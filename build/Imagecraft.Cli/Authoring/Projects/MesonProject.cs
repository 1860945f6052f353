// Programs that are built by Meson. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring.Projects;

internal static partial class MesonProject
{
    public static ProjectFacts? Find(SourceView sources)
    {
        if (!sources.Has("meson.build"))
            return null;
        var text = WithoutComments(sources.Text("meson.build"));
        var project = Project().Match(text).Value;
        var version = Version().Match(project) is { Success: true } told ? told.Groups[1].Value : VersionFile().Match(project) is { Success: true } file ? sources.Text(file.Groups[1].Value).Trim() : null;
        var all = sources.Files.Where(path => Path.GetFileName(path) == "meson.build" && !Aside().IsMatch(path)).Order(StringComparer.Ordinal).Select(path => WithoutComments(sources.Text(path)));
        return new()
        {
            System = "meson",
            Name = Name().Match(project) is { Success: true } name ? name.Groups[1].Value : null,
            Version = version,
            License = License().Match(project) is { Success: true } license ? license.Groups[1].Value : null,
            Needs =
            [
                .. all.SelectMany(part => Dependency().Matches(part).Select(match => new Need(match.Groups["name"].Value, IsOptional(match.Value) || IsWithin(part, match.Index))))
                    .Where(need => need.Name is not ("threads" or "dl" or "m" or "intl" or "openmp" or "gtest" or "gtest_main" or "gmock" or "catch2" or "cmocka" or "check" or "benchmark")).GroupBy(need => need.Name).Select(same => new Need(same.Key, same.All(need => need.IsOptional))),
            ],
        };
    }

    private static bool IsOptional(string call) => call.Contains("required: false", StringComparison.Ordinal) || call.Contains("required : false", StringComparison.Ordinal) || call.Contains("get_option", StringComparison.Ordinal);

    // What stands within `if ...` depends on something.
    private static bool IsWithin(string text, int at) => Blocks().Matches(text[..at]).Sum(block => block.Groups[1].Value.Length > 0 ? -1 : 1) > 0;

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"(?m)^\s*#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?m)^\s*(end)?if\b")]
    private static partial Regex Blocks();

    // Others' sources, and what boards have no use for.
    [GeneratedRegex(@"^subprojects/|(^|/)(tests?|unittests?|examples?|samples?|benchmarks?|fuzz(ing)?|docs?)/")]
    private static partial Regex Aside();

    [GeneratedRegex(@"(?s)\bproject\s*\((?:[^()]|\([^()]*\))*\)")]
    private static partial Regex Project();

    [GeneratedRegex(@"project\s*\(\s*'([^']+)'")]
    private static partial Regex Name();

    [GeneratedRegex(@"\bversion\s*:\s*'([^']+)'")]
    private static partial Regex Version();

    [GeneratedRegex(@"\bversion\s*:\s*files\s*\(\s*'([^']+)'")]
    private static partial Regex VersionFile();

    [GeneratedRegex(@"\blicense\s*:\s*\[?\s*'([^']+)'\s*\]?")]
    private static partial Regex License();

    [GeneratedRegex(@"\bdependency\s*\(\s*'(?<name>[^']+)'(?:[^()]|\([^()]*\))*\)")]
    private static partial Regex Dependency();
}
