// Comparing dotted version numbers. Unaware of Debian's rules, which the resolver has.

using System.Globalization;

namespace Imagecraft.Metadata.Model;

/// <summary>Comparing dotted version numbers.</summary>
public static class Versions
{
    /// <summary>Below, at or above zero as <paramref name="one"/> is older than, equal to or newer than <paramref name="other"/>; parts that are missing, or no numbers, are 0.</summary>
    public static int Compare(string one, string other)
    {
        var (first, second) = (Parts(one), Parts(other));
        for (var i = 0; i < Math.Max(first.Length, second.Length); i++)
            if (first.ElementAtOrDefault(i).CompareTo(second.ElementAtOrDefault(i)) is not 0 and var difference)
                return difference;
        return 0;
    }

    static int[] Parts(string version) =>
        [.. version.Split('.', '-', '+').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)];
}
