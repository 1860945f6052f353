// An image in memory. Unaware of files and networks.

namespace Imagecraft.Onnx.Data;

/// <summary>Eight bits a sample, rows from the top, samples of a pixel side by side.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 (gray) or 3 (red, green, blue).</param>
/// <param name="Samples">Width x height x channels.</param>
public sealed record PixelImage(int Width, int Height, int Channels, byte[] Samples)
{
    /// <summary>The largest sample of the file, which is 255 here.</summary>
    public int Levels { get; init; } = byte.MaxValue;

    /// <summary>The sample that the file has, of at most eight bits.</summary>
    public int Stored(byte sample) => ((sample * Levels) + byte.MaxValue - 1) / byte.MaxValue;

    /// <summary>The image turned by 180 degrees.</summary>
    public PixelImage Turned()
    {
        var turned = new byte[Samples.Length];
        for (var from = 0; from < Samples.Length; from += Channels)
            Samples.AsSpan(from, Channels).CopyTo(turned.AsSpan(Samples.Length - Channels - from));
        return this with { Samples = turned };
    }
}
