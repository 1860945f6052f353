// What a recipe says of where newer versions of it appear. Unaware of YAML and of networks.

namespace Imagecraft.Metadata.Model;

/// <summary>How newer versions are found where the addresses of the sources do not tell, or which of them count.</summary>
public sealed record ReleasesSpec
{
    /// <summary>Named group of <see cref="Pattern"/>.</summary>
    public const string VersionGroup = "version";

    /// <summary>A page with links (<c>https:</c>, <c>http:</c>), a repository whose tags count (<c>git:</c>), a source package of the feeds (<c>debian:SOURCE</c>), or a package of a registry (<c>npm:NAME</c>, <c>nuget:ID</c>); null: what the sources say.</summary>
    public Sited<string>? Url { get; init; }

    /// <summary>Regular expression (.NET) of the whole name of a linked file, or of a tag, whose group <see cref="VersionGroup"/> is the version; null: as the sources name theirs.</summary>
    public Sited<string>? Pattern { get; init; }

    /// <summary>Only this version and those below it count: <c>6.12</c> means 6.12.1 and 6.12.107, and neither 6.13 nor 6.120. Null: all.</summary>
    public Sited<string>? Series { get; init; }

    /// <summary>Why nobody looks; null: somebody does.</summary>
    public Sited<string>? None { get; init; }
}
