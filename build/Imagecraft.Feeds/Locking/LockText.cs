// The text of `imagecraft.lock`: one line a package, sorted, easy to diff and fast to read. Unaware of files.

using System.Globalization;
using System.Text;

namespace Imagecraft.Feeds.Locking;

/// <summary>Reads and writes the lock's lines; words are separated by one blank, the first word is the kind.</summary>
/// <remarks>
/// <c>deb NAME VERSION ARCH FEED SIZE SHA256 POOL-PATH SOURCE SOURCE-VERSION</c>, <c>nupkg ID VERSION SIZE SHA256</c>,
/// <c>suite FEED DATE</c> (newest release that was used, from version 2 on), <c>set NAME ARCH INPUTS</c> and <c>project NAME INPUTS</c>, each followed by <c>+ KEY</c> lines that name packages above.
/// Where several feeds have a package of the same name, version and architecture, all but the first are named with their feeds, <c>+ KEY/FEED</c>.
/// </remarks>
internal static class LockText
{
    public const string First = "imagecraft-lock 1";
    public const string Header = "imagecraft-lock 2";
    public const string DateFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static string Write(LockFile file)
    {
        var text = new StringBuilder();
        text.Append("# Pins every package by hash. Written by `./build.sh lock`; commit it.\n").Append(file.Suites.IsEmpty ? First : Header).Append('\n');
        foreach (var (feed, date) in file.Suites) Line(text, "suite", feed, date.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture));
        var packages = file.Sets.SelectMany(s => s.Packages).DistinctBy(p => (p.Key, p.Feed)).OrderBy(p => p.Key, StringComparer.Ordinal).ThenBy(p => p.Feed, StringComparer.Ordinal).ToList();
        var first = packages.DistinctBy(p => p.Key).ToDictionary(p => p.Key, p => p.Feed, StringComparer.Ordinal);
        foreach (var package in packages)
            Line(text, "deb", package.Name, package.Version, package.Architecture, package.Feed, package.Size.ToString(CultureInfo.InvariantCulture), package.Sha256, package.PoolPath, package.Source, package.SourceVersion);
        foreach (var nupkg in file.Projects.SelectMany(p => p.Packages).DistinctBy(p => p.Key).OrderBy(p => p.Key, StringComparer.Ordinal))
            Line(text, "nupkg", nupkg.Id, nupkg.Version, nupkg.Size.ToString(CultureInfo.InvariantCulture), nupkg.Sha256);
        foreach (var set in file.Sets.OrderBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.Architecture, StringComparer.Ordinal))
        {
            Line(text, "set", set.Name, set.Architecture, set.Inputs);
            foreach (var key in set.Packages.Select(p => first[p.Key] == p.Feed ? p.Key : p.KeyOfFeed).Order(StringComparer.Ordinal)) Line(text, "+", key);
        }
        foreach (var project in file.Projects.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            Line(text, "project", project.Name, project.Inputs);
            foreach (var key in project.Packages.Select(p => p.Key).Order(StringComparer.Ordinal)) Line(text, "+", key);
        }
        return text.ToString();
    }

    public static LockFile Parse(string text, string path)
    {
        var reader = new LockReader(path);
        var number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text.AsSpan(range).TrimEnd('\r');
            if (line.Length > 0 && line[0] != '#') reader.Take(line, number);
        }
        return reader.Finish();
    }

    private static void Line(StringBuilder text, params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (i > 0) text.Append(' ');
            text.Append(words[i]);
        }
        text.Append('\n');
    }
}
