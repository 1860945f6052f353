// Runs of bytes, and sets of them. Unaware of what lies there.

using System.Collections.Immutable;

namespace Imagecraft.Images.Disks;

/// <summary>A run of bytes.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes, one at least.</param>
public readonly record struct Extent(long Start, long Length)
{
    /// <summary>The byte behind the last one.</summary>
    public long End => Start + Length;

    /// <summary>The run from one byte up to, and without, another.</summary>
    public static Extent Between(long start, long end) => new(start, end - start);

    /// <summary>The same run, further on.</summary>
    public Extent MovedBy(long bytes) => this with { Start = Start + bytes };
}

/// <summary>Sets of extents: sorted, with a gap between each and the next.</summary>
public static class Extents
{
    /// <summary>All bytes that lie in any of the extents.</summary>
    public static ImmutableArray<Extent> Union(IEnumerable<Extent> extents)
    {
        var union = ImmutableArray.CreateBuilder<Extent>();
        foreach (Extent extent in extents.Where(extent => extent.Length > 0).OrderBy(extent => extent.Start))
        {
            if (union.Count > 0 && extent.Start <= union[^1].End)
                union[^1] = Extent.Between(union[^1].Start, Math.Max(union[^1].End, extent.End));
            else
                union.Add(extent);
        }

        return union.ToImmutable();
    }

    /// <summary>What of a run lies in none of the extents.</summary>
    public static ImmutableArray<Extent> Without(Extent whole, IEnumerable<Extent> extents)
    {
        var rest = ImmutableArray.CreateBuilder<Extent>();
        long start = whole.Start;
        foreach (Extent extent in Union(extents).Where(extent => extent.End > whole.Start && extent.Start < whole.End))
        {
            if (extent.Start > start)
                rest.Add(Extent.Between(start, extent.Start));
            start = extent.End;
        }

        if (start < whole.End)
            rest.Add(Extent.Between(start, whole.End));
        return rest.ToImmutable();
    }

    /// <summary>All whole blocks that have a byte in any of the extents.</summary>
    public static ImmutableArray<Extent> InBlocks(IEnumerable<Extent> extents, int blockSize) => Union(extents.Select(extent =>
        Extent.Between(extent.Start / blockSize * blockSize, (extent.End + blockSize - 1) / blockSize * blockSize)));
}
