// Sound in memory. Unaware of files and networks.

namespace Imagecraft.Onnx.Audio;

/// <summary>Sound as samples from -1 to below 1.</summary>
/// <param name="Rate">Samples per second.</param>
/// <param name="Samples">One channel: the mean of all that the file has.</param>
public sealed record Sound(int Rate, float[] Samples)
{
    /// <summary>How many channels the file has.</summary>
    public int Channels { get; init; } = 1;
}
