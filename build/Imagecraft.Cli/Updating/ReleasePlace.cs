// Where releases of a recipe are told of: pages, repositories, registries, feeds. Unaware of how they are asked.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Updating;

/// <summary>A place that knows releases.</summary>
public abstract record ReleasePlace
{
    private ReleasePlace()
    {
    }

    /// <summary>Who is asked, for people: a host, a feed, a registry.</summary>
    public abstract string Words { get; }

    /// <summary>A page with links to files, below folders that are named by versions too.</summary>
    /// <param name="Start">The page to begin with.</param>
    /// <param name="Folders">Parts of the path below it, each a name or a pattern of names.</param>
    /// <param name="Files">Names of files in the last folder.</param>
    public sealed record Page(Uri Start, ImmutableArray<FolderName> Folders, NamePattern Files) : ReleasePlace
    {
        /// <inheritdoc/>
        public override string Words => Start.Authority;
    }

    /// <summary>A repository on a web server, whose tags one request tells.</summary>
    /// <param name="Repository">Its address.</param>
    /// <param name="Tags">Names of tags; null: as the tag of the recipe's version is named.</param>
    public sealed record WebTags(Uri Repository, NamePattern? Tags) : ReleasePlace
    {
        /// <inheritdoc/>
        public override string Words => $"{Repository.Authority}, tags";
    }

    /// <summary>A repository that only git can ask.</summary>
    /// <param name="Address">Its address, for git.</param>
    /// <param name="Tags">Names of tags; null: as the tag of the recipe's version is named.</param>
    public sealed record GitTags(string Address, NamePattern? Tags) : ReleasePlace
    {
        /// <inheritdoc/>
        public override string Words => Uri.TryCreate(Address, UriKind.Absolute, out var address) && address.Authority.Length > 0 ? $"{address.Authority}, tags" : "git, tags";
    }

    /// <summary>A registry of packages.</summary>
    /// <param name="Package"><c>npm:NAME</c> or <c>nuget:ID</c>.</param>
    public sealed record Registry(string Package) : ReleasePlace
    {
        /// <inheritdoc/>
        public override string Words => Package.StartsWith("npm:", StringComparison.Ordinal) ? "npm" : "NuGet";
    }

    /// <summary>The feeds' indexes of source packages.</summary>
    /// <param name="Source">Name of a source package.</param>
    /// <param name="Spelling">How the recipe's version is spelled there; null: as it is.</param>
    public sealed record Feed(string Source, VersionSpelling? Spelling) : ReleasePlace
    {
        /// <inheritdoc/>
        public override string Words => "feed";
    }
}

/// <summary>A part of a path.</summary>
/// <param name="Text">The name, where it has no version.</param>
/// <param name="Pattern">What such names look like, where it has one; null: it has none.</param>
public sealed record FolderName(string Text, NamePattern? Pattern);
