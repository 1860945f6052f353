// The form of where newer versions of a recipe appear. Unaware of how they are looked for.

using System.Text.RegularExpressions;
using Imagecraft.GitAddresses;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>releases:</c> of recipes.</summary>
static class ReleasesForm
{
    const string Git = "git:";

    static readonly string[] Beginnings = ["https://", "http://", Git, "debian:", "npm:", "nuget:"];

    static readonly Shape<Sited<string>> Place = new Scalar<string>(
        "an address of a page (`https://`, `http://`), of a repository (`git:ADDRESS`), or of a package (`debian:SOURCE`, `npm:NAME`, `nuget:ID`)",
        text => (text, Beginnings.Any(beginning => text.StartsWith(beginning, StringComparison.Ordinal) && text.Length > beginning.Length) && Problem(text) is null),
        () => new() { ["type"] = "string", ["pattern"] = $"^({string.Join('|', Beginnings)})." },
        text => (Codes.WrongFormat, Problem(text) is { } problem ? $"It {problem}" : null));

    public static Form<ReleasesSpec> Form { get; } = new("`releases`", keys => new ReleasesSpec
    {
        Url = keys.Maybe("url", Place, "page with links, git repository with tags, or package, where newer versions appear; what the sources say when absent"),
        Pattern = keys.Maybe("pattern", TextShapes.Expression, "regular expression of a whole file name or tag, whose group `(?<version>...)` is the version"),
        Series = keys.Maybe("series", ScalarShapes.DottedVersion, "only this version and those below it count, as in `6.12`"),
        None = keys.Maybe("none", ScalarShapes.Text, "why nobody looks for newer versions"),
    }, IsSomething);

    static bool IsSomething(ReleasesSpec releases, Keys keys)
    {
        if (releases.None is { } none && (releases.Url ?? releases.Pattern ?? releases.Series) is not null)
            return Refuse(keys, "`none` of `releases` says why nobody looks, but something says where", none.Span, "Remove `none`, or all else");
        if ((releases.None ?? releases.Url ?? releases.Pattern ?? releases.Series) is null)
            return Refuse(keys, "`releases` says nothing", keys.Span, "Say by `url`, `pattern` and `series` where newer versions appear and which of them count, or by `none` why nobody looks");
        return releases.Pattern is not { } pattern || new Regex(pattern.Value).GetGroupNames().Contains(ReleasesSpec.VersionGroup)
            || Refuse(keys, "`pattern` does not say which part of a name is the version", pattern.Span, $"Put that part into `(?<{ReleasesSpec.VersionGroup}>...)`, as in `thing-(?<{ReleasesSpec.VersionGroup}>[0-9.]+)[.]tar[.]gz`");
    }

    static bool Refuse(Keys keys, string what, SourceSpan place, string hint)
    {
        keys.Reading.Error(Codes.Contradiction, what, place, hint);
        return false;
    }

    static string? Problem(string text) => text.StartsWith(Git, StringComparison.Ordinal) ? GitAddress.Problem(text[Git.Length..])
        : text.StartsWith("http", StringComparison.Ordinal) && !Uri.TryCreate(text, UriKind.Absolute, out _) ? "is not a well-formed address" : null;
}
