// One Debian suite as configured. Unaware of mirrors.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>A Debian suite whose packages may be used.</summary>
/// <param name="Name">Name in requests and in the lock.</param>
/// <param name="Suite">Suite or code name as in `dists/`.</param>
/// <param name="Components">Components, as a rule `main`.</param>
/// <param name="KeyFiles">Paths of OpenPGP keys that may sign it.</param>
/// <param name="Base">Feed that this one completes, or null.</param>
public sealed record FeedSpec(string Name, string Suite, ImmutableArray<string> Components, ImmutableArray<string> KeyFiles, string? Base)
{
    /// <summary>Feed that this one updates: of both, the newer package is taken. Null for a feed of its own. Updates that cannot be had are left out with a warning.</summary>
    public string? Updates { get; init; }

    /// <summary>The suite gets no updates any more, so its release may be past its time.</summary>
    public bool Archived { get; init; }

    /// <summary>Where it lies when that is none of the machine's mirrors; null: one of them has it.</summary>
    public FeedHome? Home { get; init; }

    /// <summary>Whether the indexes lie beside the packages, without `dists/`, components and architectures.</summary>
    public bool IsFlat => Suite.EndsWith('/');

    /// <summary>The folder of its release below a mirror's root, with a slash at its end.</summary>
    public string Folder => !IsFlat ? $"dists/{Suite}/" : Suite is "/" or "./" ? "" : Suite.TrimStart('/');

    /// <summary>The variable that names another mirror.</summary>
    public string MirrorVariable => Home?.Variable ?? "IMAGECRAFT_DEBIAN_MIRROR";

    /// <summary>Whether it lies in Debian's security archive, which has mirrors of its own.</summary>
    public bool IsSecurity => Home is null && Suite.EndsWith("-security", StringComparison.Ordinal);
}

/// <summary>What is known of a feed from before.</summary>
/// <param name="Newest">Date of the newest release that was used, or null.</param>
public sealed record FeedMemory(DateTimeOffset? Newest);

/// <summary>Indexes of several feeds.</summary>
/// <param name="Index">All packages.</param>
/// <param name="Dates">Date of the release by feed; of several, the oldest.</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record FeedIndexes(DebianIndex Index, ImmutableSortedDictionary<string, DateTimeOffset> Dates, ImmutableArray<string> Warnings);
