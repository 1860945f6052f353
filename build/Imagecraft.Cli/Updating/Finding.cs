// What was found out about the versions of one recipe. Unaware of how.

using Imagecraft.Feeds.Debian;

namespace Imagecraft.Cli.Updating;

/// <summary>A release that a recipe can be bumped to.</summary>
/// <param name="Version">Its version, as the recipe spells versions.</param>
/// <param name="From">Who told of it, for people.</param>
public sealed record Release(string Version, string From)
{
    /// <summary>Name of the file that it was read from; null: it was a tag.</summary>
    public string? File { get; init; }

    /// <summary>Where that file lies, below folders that are named by versions; null: nobody looked into such folders.</summary>
    public Uri? Address { get; init; }

    /// <summary>Commit of its tag; null: it was no tag.</summary>
    public string? Commit { get; init; }

    /// <summary>The feed's archive of it, whose hash the feed signs; null: the feed was not asked.</summary>
    public DebianSourceFile? Archive { get; init; }
}

/// <summary>What came of a search.</summary>
public abstract record Finding
{
    private Finding()
    {
    }

    /// <summary>The recipe has the newest release.</summary>
    /// <param name="Newest">The newest; older than the recipe's version when the place is behind.</param>
    /// <param name="Remark">What else is to be known; null: nothing.</param>
    public sealed record Current(Release Newest, string? Remark) : Finding;

    /// <summary>There is a newer one.</summary>
    /// <param name="Newest">The newest.</param>
    /// <param name="Remark">What else is to be known; null: nothing.</param>
    public sealed record Newer(Release Newest, string? Remark) : Finding;

    /// <summary>Nobody knows.</summary>
    public sealed record Unknown(string Reason) : Finding
    {
        /// <summary>Servers did not answer, which may pass.</summary>
        public bool IsOfNetwork { get; init; }
    }

    /// <summary>Nobody looked.</summary>
    public sealed record LeftOut(LeftOutGroup Group, string Reason) : Finding;
}
