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
        var all = sources.Files.Where(path => Path.GetFileName(path) == "meson.build" && !path.StartsWith("subprojects/", StringComparison.Ordinal)).Select(path => WithoutComments(sources.Text(path)));
        return new()
        {
            System = "meson",
            Name = Name().Match(project) is { Success: true } name ? name.Groups[1].Value : null,
            Version = version,
            License = License().Match(project) is { Success: true } license ? license.Groups[1].Value : null,
            Needs = [.. all.SelectMany(part => Dependency().Matches(part)).Select(match => new Need(match.Groups["name"].Value, IsOptional(match.Value))).Where(need => need.Name is not ("threads" or "dl" or "m" or "intl" or "openmp")).DistinctBy(need => need.Name)],
        };
    }

    private static bool IsOptional(string call) => call.Contains("required: false", StringComparison.Ordinal) || call.Contains("required : false", StringComparison.Ordinal) || call.Contains("get_option", StringComparison.Ordinal);

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"(?m)^\s*#.*$")]
    private static partial Regex Comment();

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
