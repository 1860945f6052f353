// One source package as an index describes it. Unaware of what is wanted of it.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>A file of a source package.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sha256">Its hash, as the suite's signed index says.</param>
/// <param name="Folder">Its folder below the mirror: <c>pool/main/...</c>, in the security archive <c>pool/updates/main/...</c>.</param>
public sealed record DebianSourceFile(string Name, string Sha256, string Folder);

/// <summary>A paragraph of a <c>Sources</c> file.</summary>
/// <param name="Feed">Feed that it was read from.</param>
/// <param name="Name">Name of the source package.</param>
/// <param name="Version">Version with epoch and revision.</param>
/// <param name="Files">Its files.</param>
public sealed record DebianSource(string Feed, string Name, string Version, ImmutableArray<DebianSourceFile> Files)
{
    /// <summary>The fields that are read.</summary>
    public static IReadOnlySet<string> Fields { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "Package", "Version", "Directory", "Checksums-Sha256" };

    /// <summary>Reads a paragraph.</summary>
    /// <exception cref="FeedException">It lacks a field.</exception>
    public static DebianSource From(IReadOnlyDictionary<string, string> paragraph, string feed)
    {
        string Field(string field) => paragraph.TryGetValue(field, out var value) ? value : throw new FeedException($"A source package of feed `{feed}` has no field `{field}`: [{string.Join(", ", paragraph.Select(f => $"{f.Key}: {f.Value}"))}]", userError: false);
        return new(feed, Field("Package"), Field("Version"),
            [.. Field("Checksums-Sha256").Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length == 3).Select(words => new DebianSourceFile(words[2], words[0], Field("Directory")))]);
    }

    /// <summary>The archive of upstream's sources; of a package that Debian itself is upstream of, the only archive. Null: there is none.</summary>
    /// <remarks>Source: Debian Policy, section 5.6.21; dpkg-source(1), formats 1.0 and 3.0.</remarks>
    public DebianSourceFile? Archive => Files.FirstOrDefault(f => f.Name.Contains(".orig.tar.", StringComparison.Ordinal) && !f.Name.EndsWith(".asc", StringComparison.Ordinal))
        ?? Files.FirstOrDefault(f => f.Name.StartsWith($"{Name}_{DebianVersion.WithoutEpoch(Version)}.tar.", StringComparison.Ordinal) && !f.Name.EndsWith(".asc", StringComparison.Ordinal));
}
