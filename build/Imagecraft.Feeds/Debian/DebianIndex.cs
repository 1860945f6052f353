// All packages of some feeds, found by name. Unaware of networks and of what is wanted.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>Text of a <c>Packages</c> file and the feed it belongs to.</summary>
public sealed record IndexText(string Feed, string Text);

/// <summary>Packages and virtual packages by name, over all feeds and architectures that were read.</summary>
public sealed class DebianIndex
{
    private readonly Dictionary<string, List<DebianPackage>> packages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DebianPackage>> providers = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string, string, string)> seen = [];

    /// <summary>Reads <c>Packages</c> texts.</summary>
    /// <exception cref="FeedException">A paragraph lacks a required field.</exception>
    public static DebianIndex Read(IEnumerable<IndexText> texts)
    {
        var index = new DebianIndex();
        foreach (var text in texts)
        {
            using var reader = new StringReader(text.Text);
            index.Add(reader, text.Feed);
        }
        return index;
    }

    /// <summary>Adds one <c>Packages</c> file. Packages of architecture <c>all</c> stand in each architecture's file and count once.</summary>
    public void Add(TextReader text, string feed)
    {
        foreach (var paragraph in ControlText.Paragraphs(text, DebianPackage.Fields))
        {
            var package = DebianPackage.From(paragraph, feed);
            if (!seen.Add((feed, package.Name, package.Version, package.Architecture))) continue;
            Append(packages, package.Name, package);
            foreach (var name in package.Provides.Select(p => p.Name).Distinct(StringComparer.Ordinal))
                Append(providers, name, package);
        }
    }

    /// <summary>Packages of that very name, in the order of reading.</summary>
    public IReadOnlyList<DebianPackage> Named(string name) => packages.TryGetValue(name, out var list) ? list : [];

    /// <summary>Packages that provide that name, in the order of reading.</summary>
    public IReadOnlyList<DebianPackage> Providing(string name) => providers.TryGetValue(name, out var list) ? list : [];

    /// <summary>All names, for suggestions.</summary>
    public IReadOnlyCollection<string> Names => packages.Keys;

    private static void Append(Dictionary<string, List<DebianPackage>> map, string name, DebianPackage package)
    {
        if (!map.TryGetValue(name, out var list)) map[name] = list = [];
        list.Add(package);
    }
}
