// Tags of a repository, from what servers and git say of them. Unaware of who asked.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Imagecraft.Feeds.Fetching;

/// <summary>A tag.</summary>
/// <param name="Name">Without <c>refs/tags/</c>.</param>
/// <param name="Commit">The commit that it stands for, also where the tag is an object of its own.</param>
public sealed partial record GitTag(string Name, string Commit)
{
    private const string Service = "# service=git-upload-pack";
    private const int LengthDigits = 4;

    /// <summary>Where a repository on a web server tells its references, of which one request is enough.</summary>
    /// <remarks>Source: gitprotocol-http(5), "Smart Clients" and "Dumb Clients".</remarks>
    public static Uri AdvertisementOf(Uri repository) => new($"{repository.ToString().TrimEnd('/')}/info/refs?service=git-upload-pack");

    /// <summary>Tags of the lines that <c>git ls-remote</c> prints, and servers without git's protocol have in a file.</summary>
    public static ImmutableArray<GitTag> OfListing(string text) => Of(text.Split('\n'));

    /// <summary>Tags of what <see cref="AdvertisementOf"/> answers.</summary>
    /// <remarks>Source: gitprotocol-common(5), "pkt-line Format": four hexadecimal digits tell the length of a line, themselves included; 0000 ends a part.</remarks>
    /// <exception cref="FeedException">It is no answer of that kind.</exception>
    public static ImmutableArray<GitTag> OfAdvertisement(string text)
    {
        if (text.AsSpan(Math.Min(text.Length, LengthDigits)).StartsWith(Service)) return Of(Lines(text));
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.All(line => Reference().IsMatch(line)) ? Of(lines) : throw new FeedException("did not answer as a git repository does", userError: false);
    }

    private static IEnumerable<string> Lines(string text)
    {
        for (var at = 0; at + LengthDigits <= text.Length;)
        {
            if (!int.TryParse(text.AsSpan(at, LengthDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length) || (length is > 0 and < LengthDigits) || at + length > text.Length)
                throw new FeedException("answered as a git repository does, and broke off", userError: false);
            // The first reference is followed by what the server can.
            if (length > 0) yield return text[(at + LengthDigits)..(at + length)].Split('\0')[0].TrimEnd('\n');
            at += Math.Max(length, LengthDigits);
        }
    }

    // An annotated tag has a second line with the commit, which comes after it.
    private static ImmutableArray<GitTag> Of(IEnumerable<string> lines)
    {
        var commits = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new List<string>();
        foreach (var reference in lines.Select(line => Reference().Match(line)).Where(match => match.Success && match.Groups["tag"].Success))
        {
            var name = reference.Groups["tag"].Value;
            if (!commits.ContainsKey(name)) names.Add(name);
            commits[name] = reference.Groups["id"].Value;
        }
        return [.. names.Select(name => new GitTag(name, commits[name]))];
    }

    [GeneratedRegex(@"^(?<id>[0-9a-f]{40}|[0-9a-f]{64})[ \t](refs/tags/(?<tag>[^\s^]+)(\^\{\})?|\S+)\r?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}
