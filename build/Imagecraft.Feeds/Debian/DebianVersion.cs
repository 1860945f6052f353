// Orders version strings as dpkg does. Unaware of packages.

namespace Imagecraft.Feeds.Debian;

/// <summary>Comparison of <c>[epoch:]upstream[-revision]</c>.</summary>
/// <remarks>Source: Debian Policy 5.6.12.</remarks>
public static class DebianVersion
{
    /// <summary>Negative when <paramref name="left"/> is older, zero when equal, positive when newer.</summary>
    public static int Compare(string left, string right)
    {
        var first = Parts.Of(left);
        var second = Parts.Of(right);
        var epoch = ComparePart(first.Epoch, second.Epoch);
        if (epoch != 0) return epoch;
        var upstream = ComparePart(first.Upstream, second.Upstream);
        return upstream != 0 ? upstream : ComparePart(first.Revision, second.Revision);
    }

    /// <summary>Whether <paramref name="version"/> fulfils <c>relation wanted</c>; relations are those of dependency fields.</summary>
    public static bool Satisfies(string version, string relation, string wanted)
    {
        var order = Compare(version, wanted);
        return relation switch
        {
            "<<" => order < 0,
            "<=" or "<" => order <= 0,
            "=" => order == 0,
            ">=" or ">" => order >= 0,
            ">>" => order > 0,
            _ => throw new FeedException($"`{relation}` is not a relation between versions; known are [<<, <=, =, >=, >>]", userError: true),
        };
    }

    /// <summary>The version without its epoch, as it stands in file names.</summary>
    public static string WithoutEpoch(string version) => version[(version.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private readonly ref struct Parts(ReadOnlySpan<char> epoch, ReadOnlySpan<char> upstream, ReadOnlySpan<char> revision)
    {
        public ReadOnlySpan<char> Epoch { get; } = epoch;

        public ReadOnlySpan<char> Upstream { get; } = upstream;

        public ReadOnlySpan<char> Revision { get; } = revision;

        public static Parts Of(ReadOnlySpan<char> version)
        {
            var colon = version.IndexOf(':');
            var epoch = colon < 0 ? default : version[..colon];
            var rest = version[(colon + 1)..];
            var dash = rest.LastIndexOf('-');
            return dash < 0 ? new Parts(epoch, rest, default) : new Parts(epoch, rest[..dash], rest[(dash + 1)..]);
        }
    }

    // Runs of non-digits and of digits alternate; `~` sorts before everything, even the end; letters before other characters.
    private static int ComparePart(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (left.Length > 0 || right.Length > 0)
        {
            while (HasText(left) || HasText(right))
            {
                var order = Weight(left) - Weight(right);
                if (order != 0) return order;
                left = left[1..];
                right = right[1..];
            }
            var leftNumber = TakeNumber(ref left);
            var rightNumber = TakeNumber(ref right);
            if (leftNumber.Length != rightNumber.Length) return leftNumber.Length - rightNumber.Length;
            var digits = leftNumber.SequenceCompareTo(rightNumber);
            if (digits != 0) return digits;
        }
        return 0;
    }

    private static bool HasText(ReadOnlySpan<char> part) => part.Length > 0 && !char.IsAsciiDigit(part[0]);

    private static int Weight(ReadOnlySpan<char> part) =>
        part.Length == 0 || char.IsAsciiDigit(part[0]) ? 0
        : part[0] == '~' ? -1
        : char.IsAsciiLetter(part[0]) ? part[0]
        : part[0] + 256;

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> part)
    {
        var end = 0;
        while (end < part.Length && char.IsAsciiDigit(part[end])) end++;
        var number = part[..end].TrimStart('0');
        part = part[end..];
        return number;
    }
}
