// Comparing dotted version numbers. Unaware of Debian's rules, which the resolver has.

using System.Globalization;

namespace Imagecraft.Planning;

internal static class Versions
{
    /// <summary>Whether <paramref name="version"/> is at least <paramref name="minimum"/>; always when there is none.</summary>
    public static bool Satisfies(string version, string? minimum)
    {
        if (minimum is null)
            return true;
        var (have, want) = (Parts(version), Parts(minimum));
        for (var i = 0; i < want.Length; i++)
        {
            var part = i < have.Length ? have[i] : 0;
            if (part != want[i])
                return part > want[i];
        }

        return true;
    }

    private static int[] Parts(string version) =>
        [.. version.Split('.', '-', '+').Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)];
}
