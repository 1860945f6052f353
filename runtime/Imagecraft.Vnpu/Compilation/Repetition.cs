// How a smaller tensor is repeated to be as large as another one. Unaware of elements.

using System.Collections.Immutable;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>The whole as images of runs: each element of the part holds for one run of each image.</summary>
/// <param name="Images">How often the part is gone through.</param>
/// <param name="Elements">Of the part.</param>
/// <param name="Run">Neighbours in the whole that share an element.</param>
internal readonly record struct Repetition(long Images, long Elements, long Run)
{
    /// <summary>By ONNX' rules of broadcasting; null when axes in between are repeated, or the part has more of something.</summary>
    public static Repetition? Of(ImmutableArray<long> part, ImmutableArray<long> whole)
    {
        if (part.Length > whole.Length)
            return null;
        long[] own = [.. Enumerable.Repeat(1L, whole.Length - part.Length), .. part];
        var (first, last, images, run) = (0, whole.Length, 1L, 1L);
        for (; last > 0 && own[last - 1] == 1; last--)
            run *= whole[last - 1];
        for (; first < last && own[first] == 1; first++)
            images *= whole[first];
        return own.AsSpan(first..last).SequenceEqual(whole.AsSpan()[first..last]) ? new(images, own.Aggregate(1L, (count, size) => count * size), run) : null;
    }
}
