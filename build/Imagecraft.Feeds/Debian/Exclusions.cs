// Which packages cannot be beside a package in one root. Unaware of choices.

namespace Imagecraft.Feeds.Debian;

/// <summary>Conflicts, breaks, and the rules for several versions and architectures of one name.</summary>
internal sealed class Exclusions(DebianIndex index, Matching matching, Preferences preferences)
{
    /// <summary>Every eligible package that excludes <paramref name="package"/> by a field of this one or by its name.</summary>
    public IEnumerable<Rule.Exclusion> Of(DebianPackage package) => ByName(package).Concat(ByField(package));

    // A root holds one version of a name and architecture, and several architectures only of what says `Multi-Arch: same`, and then of one version.
    private IEnumerable<Rule.Exclusion> ByName(DebianPackage package)
    {
        foreach (var other in index.Named(package.Name))
        {
            if (ReferenceEquals(other, package) || !preferences.IsEligible(other)) continue;
            if (matching.Effective(other) == matching.Effective(package)) yield return new(package, other, "cannot be beside", " in one root");
            else if (other.MultiArch != MultiArch.Same || package.MultiArch != MultiArch.Same) yield return new(package, other, "conflicts with");
            else if (other.Version != package.Version) yield return new(package, other, "cannot be beside", ": a `Multi-Arch: same` package has one version for all architectures");
        }
    }

    private IEnumerable<Rule.Exclusion> ByField(DebianPackage package)
    {
        foreach (var relation in package.Conflicts)
            foreach (var rejected in relation.Alternatives)
                foreach (var other in index.Named(rejected.Name).Concat(index.Providing(rejected.Name)))
                    if (!ReferenceEquals(other, package) && preferences.IsEligible(other) && matching.IsRejected(other, rejected, package))
                        yield return new(package, other, "conflicts with");
    }
}
