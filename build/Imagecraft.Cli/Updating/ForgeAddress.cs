// Archives that forges make of tags, known by the shape of their addresses, whoever hosts the forge. Unaware of networks.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Updating;

/// <summary>The repository and the tag behind the address of an archive.</summary>
/// <param name="Repository">Address that git takes.</param>
/// <param name="Tag">Name of the tag; null: the address does not say it.</param>
/// <remarks>Source: the forges' manuals: GitHub and Gitea ("Source code archives", "Linking to releases"), GitLab ("Repositories API"), sourcehut, cgit (<c>snapshots</c> in cgitrc(5)).</remarks>
public sealed partial record ForgeAddress(Uri Repository, string? Tag)
{
    /// <summary>Null: it is no address of a forge.</summary>
    public static ForgeAddress? Of(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || Shape().Match(uri.AbsolutePath) is not { Success: true } match)
            return null;
        var repository = match.Groups["repository"].Value;
        var tag = match.Groups["tag"] is { Success: true, Value: var text } ? Uri.UnescapeDataString(text) : null;
        return new(new Uri($"{uri.GetLeftPart(UriPartial.Authority)}{repository}{(repository.EndsWith(".git", StringComparison.Ordinal) || repository.Contains("/~", StringComparison.Ordinal) ? "" : ".git")}"), tag);
    }

    [GeneratedRegex("""
        ^(
          (?<repository>/[^/]+/[^/]+)/archive/refs/tags/(?<tag>[^/]+)(\.tar\.(gz|bz2|xz)|\.zip)
        | (?<repository>/[^/]+/[^/]+)/archive/(?<tag>[^/]+)(\.tar\.(gz|bz2|xz)|\.zip)
        | (?<repository>/[^/]+/[^/]+)/releases/download/(?<tag>[^/]+)/[^/]+
        | (?<repository>/[^/]+/.+?)/-/archive/(?<tag>[^/]+)/[^/]+
        | (?<repository>/[^/]+/.+?)/-/releases/(?<tag>[^/]+)/downloads/.+
        | (?<repository>/.+\.git)/snapshot/[^/]+
        )$
        """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
