// Says which split takes a datum. Unaware of labels and contents.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets.Files;

/// <summary>Draws by a number from 0 to below 1 that a name and the seed alone make, so that neither other files nor their order move a file from one split to another.</summary>
internal static class SplitDraw
{
    /// <summary>The split whose share the number falls into; null when it falls into what no share takes.</summary>
    /// <param name="name">Of a file, or a text itself.</param>
    /// <param name="seed">Another seed, another number.</param>
    /// <param name="splits">Shares in the order of their names; others are passed over.</param>
    public static string? Draw(string name, int seed, ImmutableSortedDictionary<string, FileSplit> splits)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\0{name}")));
        var number = (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
        var end = 0.0;
        foreach (var (split, share) in splits.Where(s => s.Value.Share is not null).Select(s => (s.Key, s.Value.Share!.Value)))
        {
            end += share;
            if (number < Math.Round(end, 12))
                return split;
        }

        return null;
    }
}
