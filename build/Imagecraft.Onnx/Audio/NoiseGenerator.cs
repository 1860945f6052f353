// White noise that is the same on every machine. Unaware of networks.

namespace Imagecraft.Onnx.Audio;

/// <summary>Near-Gaussian noise from integers alone, so that no mathematics library has a say.</summary>
/// <remarks>Source of the integers: SplitMix64 (Steele, Lea, Flood 2014).</remarks>
public sealed class NoiseGenerator(long seed)
{
    ulong state = (ulong)seed;

    /// <summary>The next value: a sum of four uniform numbers, within -1 and 1, standard deviation 0.289.</summary>
    public float Next()
    {
        var bits = NextBits();
        var sum = (long)(bits & 0xFFFF) + (long)((bits >> 16) & 0xFFFF) + (long)((bits >> 32) & 0xFFFF) + (long)(bits >> 48);
        return (sum - (2 * 0xFFFF)) / (2f * 0xFFFF);
    }

    /// <summary>That many values times <paramref name="amplitude"/>.</summary>
    public float[] Take(int count, float amplitude)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = Next() * amplitude;
        return values;
    }

    /// <summary>A whole number from 0 to below <paramref name="limit"/>, which is small against 2 to the 64.</summary>
    public int Below(int limit) => (int)(NextBits() % (ulong)limit);

    ulong NextBits()
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
