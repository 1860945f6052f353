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

    internal static DebianPackage From(IReadOnlyDictionary<string, string> fields, string feed)
    {
        var name = Required(fields, "Package", feed);
        var version = Required(fields, "Version", feed);
        var source = fields.GetValueOrDefault("Source") ?? name;
        var open = source.IndexOf('(', StringComparison.Ordinal);
        return new DebianPackage
        {
            Name = name,
            Version = version,
            Architecture = Required(fields, "Architecture", feed),
            Feed = feed,
            FileName = Required(fields, "Filename", feed),
            Size = long.Parse(Required(fields, "Size", feed), CultureInfo.InvariantCulture),
            Sha256 = Required(fields, "SHA256", feed),
            Source = open < 0 ? source : source[..open].TrimEnd(),
            SourceVersion = open < 0 ? version : source[(open + 1)..].TrimEnd(')', ' '),
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
            Depends = [.. Dependency.Parse(fields.GetValueOrDefault("Pre-Depends")), .. Dependency.Parse(fields.GetValueOrDefault("Depends"))],
            Conflicts = [.. Dependency.Parse(fields.GetValueOrDefault("Conflicts")), .. Dependency.Parse(fields.GetValueOrDefault("Breaks"))],
            Provides = [.. Dependency.Parse(fields.GetValueOrDefault("Provides")).Select(p => new Provision(p.Alternatives[0].Name, p.Alternatives[0].Version))],
        };
    }

    private static string Required(IReadOnlyDictionary<string, string> fields, string field, string feed) =>
        fields.GetValueOrDefault(field) is { Length: > 0 } value ? value
        : throw new FeedException($"Package `{fields.GetValueOrDefault("Package")}` in the index of feed `{feed}` has no field `{field}`", userError: false);
}
