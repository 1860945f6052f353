// Lays out values in one piece of memory. Unaware of what they are.

namespace Imagecraft.Vnpu.Compilation;

/// <summary>A value in time: from the step that makes it to the last that reads it.</summary>
/// <param name="Name">The value.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="First">The first step.</param>
/// <param name="Last">The last step.</param>
internal readonly record struct Lifetime(string Name, long Bytes, int First, int Last);

/// <summary>The largest first, each at the first gap, as TensorFlow Lite Micro's greedy planner does.</summary>
internal static class Arena
{
    private const long Alignment = 64;

    /// <summary>Where each value begins, and how large the whole is.</summary>
    public static (Dictionary<string, long> Offsets, long Size) Of(IReadOnlyCollection<Lifetime> values)
    {
        var (placed, size) = (new List<(long Offset, Lifetime Value)>(), 0L);
        foreach (var value in values.OrderByDescending(value => value.Bytes).ThenBy(value => value.First).ThenBy(value => value.Name, StringComparer.Ordinal))
        {
            var offset = 0L;
            foreach (var (start, other) in placed.Where(pair => pair.Value.First <= value.Last && value.First <= pair.Value.Last).OrderBy(pair => pair.Offset))
            {
                if (start >= offset + value.Bytes)
                    break;
                offset = Math.Max(offset, Align(start + other.Bytes));
            }

            placed.Add((offset, value));
            size = Math.Max(size, offset + value.Bytes);
        }

        return (placed.ToDictionary(pair => pair.Value.Name, pair => pair.Offset, StringComparer.Ordinal), size);
    }

    /// <summary>The next place at which a value may begin.</summary>
    public static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;
}
