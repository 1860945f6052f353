// The links of a page, as folders of web servers and pages of forges have them. Unaware of what is linked.

using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Updating;

/// <summary>
/// Reads links out of HTML and RSS without building a document of it: every <c>href</c> counts, wherever it stands, and every <c>link</c> element. A listing needs no more,
/// what is no listing has no links that look like a release, and pages that are malformed are read as far as they are pages at all.
/// </summary>
public static partial class LinkListing
{
    /// <summary>Last parts of all links, without queries; those of folders end with a slash.</summary>
    public static ImmutableArray<string> Names(string page) =>
        [.. Link().Matches(page).Select(match => NameOf(WebUtility.HtmlDecode(match.Groups["target"].Value.Trim()))).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];

    // SourceForge's links to files end with /download.
    private static string NameOf(string target)
    {
        var path = target.Split('?', '#')[0];
        path = path.EndsWith("/download", StringComparison.Ordinal) ? path[..^"/download".Length] : path;
        var isFolder = path.EndsWith('/');
        var name = Uri.UnescapeDataString(path.TrimEnd('/').Split('/')[^1]);
        return name is "" or "." or ".." || name.Any(char.IsControl) ? "" : isFolder ? name + "/" : name;
    }

    [GeneratedRegex("""\bhref\s*=\s*("(?<target>[^"<>]*)"|'(?<target>[^'<>]*)'|(?<target>[^\s"'<>]+))|<link>(\s*<!\[CDATA\[)?(?<target>[^<>\]]+)(\]\]>\s*)?</link>""", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
