// Noises of several colours that are the same on every machine. Unaware of networks.

using System.Collections.Immutable;
using System.Numerics;

namespace Imagecraft.Onnx.Audio;

/// <summary>Noises by name, from sums, products and the sine of <see cref="Resampler"/> alone.</summary>
public static class Noise
{
    const int PinkRows = 12, MainsFrequency = 50, Harmonics = 10;

    /// <summary>White: flat. Pink: 3 dB less an octave. Brown: 6 dB less an octave. Hum: 50 Hz and its harmonics. Clicks: short bursts with silence between.</summary>
    public static ImmutableArray<string> Kinds { get; } = ["white", "pink", "brown", "hum", "clicks"];

    /// <summary>That many samples, of no particular loudness.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="seed">Same seed, same noise.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="rate">Samples per second.</param>
    public static float[] Make(string kind, long seed, int count, int rate)
    {
        var generator = new NoiseGenerator(seed);
        return kind switch
        {
            "white" => generator.Take(count, 1),
            "pink" => Pink(generator, count),
            "brown" => Brown(generator, count),
            "hum" => Hum(generator, count, rate),
            "clicks" => Clicks(generator, count, rate),
            _ => throw new OnnxException($"Unknown noise `{kind}`; there are [{string.Join(", ", Kinds)}]"),
        };
    }

    /// <summary>Rows of white noise, each held twice as long as the one before (R. Voss; order of updates by J. McCartney, 1999).</summary>
    static float[] Pink(NoiseGenerator generator, int count)
    {
        var rows = generator.Take(PinkRows, 1);
        var samples = new float[count];
        for (var i = 0; i < count; i++)
        {
            rows[Math.Min(BitOperations.TrailingZeroCount(i + 1), PinkRows - 1)] = generator.Next();
            samples[i] = generator.Next();
            foreach (var row in rows)
                samples[i] += row;
        }
        return samples;
    }

    /// <summary>White noise summed up, with a leak that keeps it near zero.</summary>
    static float[] Brown(NoiseGenerator generator, int count)
    {
        const float leak = 0.995f;
        var (samples, level) = (new float[count], 0f);
        for (var i = 0; i < count; i++)
            samples[i] = level = (level * leak) + generator.Next();
        return samples;
    }

    static float[] Hum(NoiseGenerator generator, int count, int rate)
    {
        var samples = new float[count];
        for (var harmonic = 1; harmonic <= Harmonics; harmonic++)
        {
            var phase = generator.Next();
            for (var i = 0; i < count; i++)
                samples[i] += (float)(Resampler.SinPi((2.0 * harmonic * MainsFrequency * i / rate) + phase) / harmonic);
        }
        return samples;
    }

    static float[] Clicks(NoiseGenerator generator, int count, int rate)
    {
        const float decay = 0.995f;
        var (samples, loudness, next) = (new float[count], 0f, 0);
        for (var i = 0; i < count; i++)
        {
            if (i == next)
            {
                loudness = 1;
                next += (rate / 20) + generator.Below(rate / 3);
            }
            samples[i] = generator.Next() * loudness;
            loudness *= decay;
        }
        return samples;
    }
}
