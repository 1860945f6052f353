// One binary package as an index describes it. Unaware of resolution.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Feeds.Debian;

/// <summary>How a package may be shared between architectures (field <c>Multi-Arch</c>).</summary>
public enum MultiArch
{
    /// <summary>Serves its own architecture only.</summary>
    No,

    /// <summary>May be installed for several architectures at once.</summary>
    Same,

    /// <summary>Serves every architecture.</summary>
    Foreign,

    /// <summary>Serves every architecture to those who ask for <c>:any</c>.</summary>
    Allowed,
}

/// <summary>A name that a package also answers to.</summary>
public sealed record Provision(string Name, string? Version);

/// <summary>One binary package of a feed.</summary>
public sealed record DebianPackage
{
    /// <summary>Name, e.g. <c>libc6</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version with epoch and revision.</summary>
    public required string Version { get; init; }

    /// <summary>Architecture, or <c>all</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Name of the feed it comes from.</summary>
    public required string Feed { get; init; }

    /// <summary>Path below the mirror's root, <c>pool/...</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>Bytes of the package file.</summary>
    public required long Size { get; init; }

    /// <summary>Hash of the package file.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Source package.</summary>
    public required string Source { get; init; }

    /// <summary>Version of the source package.</summary>
    public required string SourceVersion { get; init; }

    /// <summary>Sharing between architectures.</summary>
    public MultiArch MultiArch { get; init; }

    /// <summary>0 for <c>required</c> to 4 for <c>extra</c>; decides between equal providers.</summary>
    public int Priority { get; init; }

    /// <summary>Pre-Depends and Depends.</summary>
    public ImmutableArray<Dependency> Depends { get; init; } = [];

    /// <summary>Conflicts and Breaks.</summary>
    public ImmutableArray<Dependency> Conflicts { get; init; } = [];

    /// <summary>Virtual packages.</summary>
    public ImmutableArray<Provision> Provides { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Name}:{Architecture} {Version}";

    internal static readonly HashSet<string> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        "Package", "Version", "Architecture", "Filename", "Size", "SHA256", "Source", "Multi-Arch", "Priority",
        "Depends", "Pre-Depends", "Conflicts", "Breaks", "Provides",
    };

    /// <exception cref="FeedException">A field is missing or malformed.</exception>
    internal static DebianPackage From(IReadOnlyDictionary<string, string> fields, string feed)
    {
        var name = Word(fields, "Package", feed);
        var version = Word(fields, "Version", feed);
        var source = fields.GetValueOrDefault("Source") is { Length: > 0 } given ? given : name;
        var open = source.IndexOf('(', StringComparison.Ordinal);
        return new DebianPackage
        {
            Name = name,
            Version = version,
            Architecture = Word(fields, "Architecture", feed),
            Feed = feed,
            FileName = Word(fields, "Filename", feed),
            Size = long.TryParse(Word(fields, "Size", feed), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw Malformed(fields, "Size", feed),
            Sha256 = Word(fields, "SHA256", feed) is { Length: 64 } hash && hash.All(char.IsAsciiHexDigitLower) ? hash : throw Malformed(fields, "SHA256", feed),
            Source = Word(fields, "Source", feed, open < 0 ? source : source[..open].TrimEnd()),
            SourceVersion = Word(fields, "Source", feed, open < 0 ? version : source[(open + 1)..].TrimEnd(')', ' ')),
            MultiArch = fields.GetValueOrDefault("Multi-Arch") switch
            {
                "same" => MultiArch.Same,
                "foreign" => MultiArch.Foreign,
                "allowed" => MultiArch.Allowed,
                _ => MultiArch.No,
            },
            Priority = fields.GetValueOrDefault("Priority") switch
            {
                "required" => 0,
                "important" => 1,
                "standard" => 2,
                "extra" => 4,
                _ => 3,
            },
            Depends = [.. Relations(fields, "Pre-Depends", feed), .. Relations(fields, "Depends", feed)],
            Conflicts = [.. Relations(fields, "Conflicts", feed), .. Relations(fields, "Breaks", feed)],
            Provides = [.. Relations(fields, "Provides", feed).Select(p => new Provision(p.Alternatives[0].Name, p.Alternatives[0].Version))],
        };
    }

    private static ImmutableArray<Dependency> Relations(IReadOnlyDictionary<string, string> fields, string field, string feed)
    {
        try
        {
            return Dependency.Parse(fields.GetValueOrDefault(field));
        }
        catch (FeedException e)
        {
            throw new FeedException($"Package `{fields.GetValueOrDefault("Package")}` in the index of feed `{feed}` has a malformed field `{field}`: {e.Message}", userError: false, e);
        }
    }

    // Words of the lock's lines: without blanks, so that a line stays what it says.
    private static string Word(IReadOnlyDictionary<string, string> fields, string field, string feed, string? part = null)
    {
        var value = part ?? (fields.GetValueOrDefault(field) is { Length: > 0 } whole ? whole : throw new FeedException($"Package `{fields.GetValueOrDefault("Package")}` in the index of feed `{feed}` has no field `{field}`", userError: false));
        return value.Length > 0 && !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? value : throw Malformed(fields, field, feed);
    }

    private static FeedException Malformed(IReadOnlyDictionary<string, string> fields, string field, string feed) =>
        new($"Package `{fields.GetValueOrDefault("Package")}` in the index of feed `{feed}` has a malformed field `{field}`: `{fields.GetValueOrDefault(field)}`", userError: false);
}
