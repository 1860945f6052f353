// Named sound that a network is tried with. Unaware of networks.

namespace Imagecraft.Onnx.Audio;

/// <summary>One sample of a model recipe.</summary>
/// <param name="Name">File-name part.</param>
/// <param name="Sound">What is heard.</param>
public sealed record AudioSample(string Name, Sound Sound)
{
    /// <summary>Loudness of generated noise, about -21 dB of full scale.</summary>
    const float NoiseAmplitude = 0.3f;

    /// <summary>White noise.</summary>
    /// <param name="name">File-name part.</param>
    /// <param name="seed">Same seed, same noise.</param>
    /// <param name="seconds">Length, above 0 and at most 600.</param>
    /// <param name="rate">Samples per second.</param>
    public static AudioSample Noise(string name, long seed, double seconds, int rate = 16000) => seconds is > 0 and <= 600
        ? new(name, new(rate, new NoiseGenerator(seed).Take((int)(seconds * rate), NoiseAmplitude)))
        : throw new OnnxException($"The noise `{name}` has a length of {seconds} seconds, give more than 0 and at most 600");

    /// <summary>A WAV file of 16-bit PCM at any rate.</summary>
    public static AudioSample Wav(string name, string path) => new(name, WavReader.Read(path));
}
