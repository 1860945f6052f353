// Modules' names, in which dashes and underscores are the same. Unaware of files.

namespace Imagecraft.Boards.Drivers;

/// <summary>How names of modules are compared.</summary>
public static class ModuleNames
{
    /// <summary>As <c>modprobe</c> does.</summary>
    /// <remarks>Source: modprobe(8).</remarks>
    public static IEqualityComparer<string> Same { get; } = new Comparer();

    private sealed class Comparer : IEqualityComparer<string>
    {
        public bool Equals(string? left, string? right) => left?.Replace('-', '_') == right?.Replace('-', '_');

        public int GetHashCode(string name) => name.Replace('-', '_').GetHashCode(StringComparison.Ordinal);
    }
}
