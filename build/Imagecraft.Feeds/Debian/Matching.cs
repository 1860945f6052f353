// Whether a package fulfils a relation, over architectures. Unaware of choices.

namespace Imagecraft.Feeds.Debian;

/// <summary>Debian's rules for one relation and one package in a root of one native architecture.</summary>
/// <remarks>Source: Debian Policy 7, and the Multi-Arch specification of dpkg and apt.</remarks>
internal sealed class Matching(string native)
{
    public string Native => native;

    /// <summary>The architecture a package counts as: <c>all</c> counts as the root's.</summary>
    public string Effective(DebianPackage package) => package.Architecture == "all" ? native : package.Architecture;

    /// <summary>Whether <paramref name="package"/> fulfils <paramref name="wanted"/> for a dependent of <paramref name="architecture"/>.</summary>
    public bool Fulfils(DebianPackage package, Alternative wanted, string architecture) =>
        ServesArchitecture(package, wanted.Qualifier, architecture) && NameAndVersion(package, wanted);

    /// <summary>Whether <paramref name="package"/> is what <paramref name="other"/> does not tolerate.</summary>
    public bool IsRejected(DebianPackage package, Alternative rejected, DebianPackage other)
    {
        if (rejected.Qualifier is not (null or "any") && Effective(package) != rejected.Qualifier) return false;
        if (package.Name == other.Name) return package.Name == rejected.Name && package.Version != other.Version && rejected.Accepts(package.Version);
        return NameAndVersion(package, rejected);
    }

    private static bool NameAndVersion(DebianPackage package, Alternative wanted)
    {
        if (package.Name == wanted.Name && wanted.Accepts(package.Version)) return true;
        foreach (var provision in package.Provides)
            if (provision.Name == wanted.Name && (wanted.Relation is null || (provision.Version is { } version && wanted.Accepts(version))))
                return true;
        return false;
    }

    private bool ServesArchitecture(DebianPackage package, string? qualifier, string architecture)
    {
        var own = Effective(package);
        return qualifier switch
        {
            null => own == architecture || package.MultiArch == MultiArch.Foreign,
            "any" => own == architecture || package.MultiArch is MultiArch.Allowed or MultiArch.Foreign,
            "native" => own == native,
            _ => own == qualifier,
        };
    }
}
