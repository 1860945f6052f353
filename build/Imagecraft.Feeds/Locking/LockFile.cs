// What `imagecraft.lock` holds: every package of every feed in use, pinned. Unaware of networks and of how packages are chosen.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Locking;

/// <summary>A Debian package pinned by hash.</summary>
/// <param name="Name">Package name.</param>
/// <param name="Version">Version with epoch and revision.</param>
/// <param name="Architecture">Architecture, or <c>all</c>.</param>
/// <param name="Feed">Feed it was taken from.</param>
/// <param name="Size">Bytes of the package file.</param>
/// <param name="Sha256">Hash of the package file, 64 lowercase hexadecimal characters.</param>
/// <param name="PoolPath">Path below a mirror's root, <c>pool/...</c>.</param>
/// <param name="Source">Source package.</param>
/// <param name="SourceVersion">Version of the source package.</param>
public sealed record LockedPackage(
    string Name, string Version, string Architecture, string Feed, long Size, string Sha256, string PoolPath, string Source, string SourceVersion)
{
    /// <summary>Unique within a feed, and as a rule within a lock.</summary>
    public string Key => $"{Name}:{Architecture}={Version}";

    /// <summary>Unique where another feed has a package of the same name, version and architecture.</summary>
    public string KeyOfFeed => $"{Key}/{Feed}";

    /// <summary>The package file's name.</summary>
    public string FileName => PoolPath[(PoolPath.LastIndexOf('/') + 1)..];
}

/// <summary>A NuGet package pinned by hash.</summary>
/// <param name="Id">Package id, as the registry spells it.</param>
/// <param name="Version">Normalized version.</param>
/// <param name="Size">Bytes of the nupkg.</param>
/// <param name="Sha256">Hash of the nupkg.</param>
public sealed record LockedNupkg(string Id, string Version, long Size, string Sha256)
{
    /// <summary>Unique within a lock.</summary>
    public string Key => $"{Id}={Version}";

    /// <summary>File name in a local folder feed.</summary>
    public string FileName => $"{Id.ToLowerInvariant()}.{Version.ToLowerInvariant()}.nupkg";
}

/// <summary>Packages that stand together in one root.</summary>
/// <param name="Name">E.g. <c>toolroot/cross-arm64</c> or <c>recipe/libdrm-tests</c>; no blanks.</param>
/// <param name="Architecture">Debian architecture of the root: the lock's host dimension.</param>
/// <param name="Inputs">Digest of what was asked for; another one means that the set is stale.</param>
/// <param name="Packages">The packages, by name.</param>
public sealed record LockedSet(string Name, string Architecture, string Inputs, ImmutableArray<LockedPackage> Packages);

/// <summary>NuGet packages that a .NET project needs.</summary>
/// <param name="Name">E.g. <c>recipe/imagecraft-infer</c>; no blanks.</param>
/// <param name="Inputs">Digest of what was asked for.</param>
/// <param name="Packages">The packages, by id.</param>
public sealed record LockedProject(string Name, string Inputs, ImmutableArray<LockedNupkg> Packages);

/// <summary>The whole lock.</summary>
/// <param name="Sets">Sets by name and architecture.</param>
/// <param name="Projects">Projects by name.</param>
public sealed record LockFile(ImmutableArray<LockedSet> Sets, ImmutableArray<LockedProject> Projects)
{
    /// <summary>File name in a workspace's root.</summary>
    public const string FileName = "imagecraft.lock";

    /// <summary>Date of the newest release of each feed's suite that the lock was made with: older ones are not believed.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> Suites { get; init; } = ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>A lock that pins nothing.</summary>
    public static LockFile Empty { get; } = new([], []);

    /// <summary>The set of that name for a root of that architecture, or null.</summary>
    public LockedSet? FindSet(string name, string architecture) => Sets.FirstOrDefault(s => s.Name == name && s.Architecture == architecture);

    /// <summary>The project of that name, or null.</summary>
    public LockedProject? FindProject(string name) => Projects.FirstOrDefault(p => p.Name == name);

    /// <summary>A lock in which <paramref name="set"/> replaces the set of its name and architecture.</summary>
    public LockFile With(LockedSet set) => this with { Sets = [.. Sets.Where(s => s.Name != set.Name || s.Architecture != set.Architecture), set] };

    /// <summary>A lock in which <paramref name="project"/> replaces the project of its name.</summary>
    public LockFile With(LockedProject project) => this with { Projects = [.. Projects.Where(p => p.Name != project.Name), project] };

    /// <summary>A lock that remembers that a feed's suite was used at a date; a newer one that is known stays.</summary>
    public LockFile With(string feed, DateTimeOffset date) => Suites.TryGetValue(feed, out var known) && known >= date ? this : this with { Suites = Suites.SetItem(feed, date) };

    /// <summary>This lock over another one: what both have is this one's.</summary>
    public LockFile Over(LockFile below) => below with
    {
        Sets = [.. below.Sets.Where(set => FindSet(set.Name, set.Architecture) is null), .. Sets],
        Projects = [.. below.Projects.Where(project => FindProject(project.Name) is null), .. Projects],
        Suites = Suites.Aggregate(below.Suites, (all, suite) => all.TryGetValue(suite.Key, out var known) && known >= suite.Value ? all : all.SetItem(suite.Key, suite.Value)),
    };

    /// <summary>What this lock has that is not in another one, over which it lies.</summary>
    public LockFile Without(LockFile below) => this with
    {
        Sets = [.. Sets.Where(set => below.FindSet(set.Name, set.Architecture) is not { } other || other.Inputs != set.Inputs || !other.Packages.SequenceEqual(set.Packages))],
        Projects = [.. Projects.Where(project => below.FindProject(project.Name) is not { } other || other.Inputs != project.Inputs || !other.Packages.SequenceEqual(project.Packages))],
        Suites = Suites.RemoveRange(Suites.Where(suite => below.Suites.TryGetValue(suite.Key, out var known) && known == suite.Value).Select(suite => suite.Key)),
    };

    /// <summary>Reads a lock's text; see <see cref="LockText"/>.</summary>
    public static LockFile Parse(string text, string path = FileName) => LockText.Parse(text, path);

    /// <summary>The lock's text; equal locks give equal texts.</summary>
    public string Write() => LockText.Write(this);
}
