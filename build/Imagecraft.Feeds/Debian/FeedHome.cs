// Where a feed of one's own lies. Unaware of suites.

using Imagecraft.FeedVariables;

namespace Imagecraft.Feeds.Debian;

/// <summary>A repository that is none of the machine's mirrors of Debian, such as a vendor's.</summary>
/// <param name="Name">The feed's name.</param>
/// <param name="Address">Address of the folder that holds `dists/` (or the index itself, in a flat repository): `https:`, `http:` or `file:` with an absolute path. Null: only the variable tells it.</param>
public sealed record FeedHome(string Name, string? Address)
{
    /// <summary>The variable that names another address of it.</summary>
    public string Variable => FeedVariable.Of(Name);

    /// <summary>The same in the user's configuration.</summary>
    public string Key => "feed-" + Name;
}
