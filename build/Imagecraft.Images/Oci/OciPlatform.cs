// What the programs of a container run on, in the words of OCI. Unaware of images.

namespace Imagecraft.Images.Oci;

/// <summary>A processor as OCI names it.</summary>
/// <param name="Architecture">As Go names it, e.g. <c>amd64</c>.</param>
/// <param name="Variant">Its generation, e.g. <c>v7</c>; null where there is one only.</param>
/// <remarks>Source: OCI Image Format Specification 1.1, "Image Index", "Platform Variants".</remarks>
public sealed record OciPlatform(string Architecture, string? Variant = null)
{
    private static readonly SortedDictionary<string, OciPlatform> ByDebian = new(StringComparer.Ordinal)
    {
        ["amd64"] = new("amd64"), ["arm64"] = new("arm64"), ["armhf"] = new("arm", "v7"), ["riscv64"] = new("riscv64"),
    };

    /// <summary>Debian's names of all that have one in OCI.</summary>
    public static IReadOnlyCollection<string> DebianNames => ByDebian.Keys;

    /// <summary>The platform of Debian's architecture of that name; null when OCI has no name for it.</summary>
    public static OciPlatform? OfDebian(string architecture) => ByDebian.GetValueOrDefault(architecture);
}
