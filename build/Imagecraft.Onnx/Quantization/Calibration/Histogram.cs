// Counts values in equal steps. Unaware of what the values are.

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>A histogram over a fixed range: its memory does not depend on how many values are counted.</summary>
public sealed class Histogram
{
    readonly long[] counts;
    readonly float scale;

    /// <summary>An empty one.</summary>
    /// <param name="range">Values outside are counted in the first or last bin.</param>
    /// <param name="bins">How many equal steps.</param>
    public Histogram(ValueRange range, int bins = 4096)
    {
        Range = range;
        counts = new long[bins];
        Width = ((double)range.Largest - range.Least) / bins;
        scale = Width > 0 ? (float)(1 / Width) : 0;
    }

    /// <summary>What the bins cover.</summary>
    public ValueRange Range { get; }

    /// <summary>Width of one bin.</summary>
    public double Width { get; }

    /// <summary>Values in each bin.</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>Counts finite values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        var (least, last) = (Range.Least, counts.Length - 1);
        foreach (var value in values)
            counts[Math.Clamp((int)((value - least) * scale), 0, last)]++;
    }

    /// <summary>Where a bin begins.</summary>
    public float Edge(int bin) => bin == counts.Length ? Range.Largest : (float)(Range.Least + (bin * Width));
}
