// Chooses how sources are built, by the files that they have. Pure.

using System.Text.RegularExpressions;
using Imagecraft.Cli.Authoring.Projects;

namespace Imagecraft.Cli.Authoring;

/// <summary>Asks each kind of project.</summary>
public static partial class ProjectReader
{
    /// <summary>The facts of the kind that people of distributions would take; null: nothing that is known.</summary>
    public static ProjectFacts? Read(SourceView sources)
    {
        // A Python project may have parts in C, whose build its own back end calls.
        if (sources.Text("pyproject.toml") is var python && (python.Contains("mesonpy", StringComparison.Ordinal) || python.Contains("scikit_build", StringComparison.Ordinal)))
            return LanguageProjects.Python(sources);
        var autotools = AutotoolsProject.Find(sources);
        return MesonProject.Find(sources)
            ?? (sources.Has("configure") ? autotools : null)
            ?? CmakeProject.Find(sources)
            ?? autotools
            ?? LanguageProjects.Rust(sources) ?? LanguageProjects.Go(sources) ?? LanguageProjects.Python(sources) ?? LanguageProjects.Node(sources)
            ?? MakeProject.Find(sources);
    }

    /// <summary>Name and version that the name of an archive has, e.g. <c>json-c_0.18+ds.orig.tar.xz</c>.</summary>
    public static (string? Name, string? Version) OfArchive(string fileName)
    {
        if (Archive().Match(fileName) is { Success: true } whole)
            return (whole.Groups["name"].Value.ToLowerInvariant(), whole.Groups["version"].Value);
        return (null, Bare().Match(fileName) is { Success: true } bare ? bare.Groups["version"].Value : null);
    }

    private const string Version = @"(?<version>(?:\d+(?:_\d+)+|\d+(?:\.\d+)*)(?:[a-z]|-?(?:rc|alpha|beta|pre|p)\.?\d*)?)";

    private const string Ending = @"\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip)$";

    // `v1.2.tar.gz`, as hosts of repositories name the archive of a tag; `+ds` and the like are of those who packed it anew.
    [GeneratedRegex($@"^v?{Version}{Ending}")]
    private static partial Regex Bare();

    [GeneratedRegex($@"^(?<name>[A-Za-z][A-Za-z0-9+._-]*?)[-_]v?{Version}(?:[+~][A-Za-z0-9.+~]+)?(?:[-_.](?:orig|source|src|stable|release))*{Ending}")]
    private static partial Regex Archive();
}
