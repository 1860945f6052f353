// What a clause of the search stands for. Unaware of the search.

namespace Imagecraft.Feeds.Debian;

/// <summary>One reason why packages must or cannot be together.</summary>
internal abstract record Rule
{
    /// <summary>Somebody asks for a package.</summary>
    public sealed record Wanted(PackageRequest Request) : Rule;

    /// <summary>A package needs one of others.</summary>
    public sealed record Needs(DebianPackage Package, Dependency Dependency) : Rule;

    /// <summary>Two packages cannot be in one root.</summary>
    /// <param name="One">One of them.</param>
    /// <param name="Other">The other.</param>
    /// <param name="Words">What stands between their names in a message.</param>
    /// <param name="End">What stands behind their names.</param>
    public sealed record Exclusion(DebianPackage One, DebianPackage Other, string Words, string End = "") : Rule;
}
