// Names of interfaces that everybody knows. Unaware of versions.

namespace Imagecraft.Metadata.Model;

/// <summary>Names of interfaces that need not be declared.</summary>
public static class Interfaces
{
    /// <summary>The kernel, whose version is its recipe's.</summary>
    public const string Kernel = "linux";
}
