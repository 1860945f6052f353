// Puts voice under noise and tells where it is. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Audio;

namespace Imagecraft.Onnx.Data;

/// <summary>Voice with a pause before and after, noise all along.</summary>
public static class VoiceMixer
{
    /// <summary>10 to the power of 1/20: the ratio of amplitudes that is one decibel.</summary>
    const double Decibel = 1.1220184543019633;

    /// <summary>Root mean square of noise without voice.</summary>
    const double LoneNoise = 0.05;

    /// <summary>Above this a mix is made quieter as a whole.</summary>
    const float LargestPeak = 0.9f;

    /// <summary>The sound, and where in it there is voice.</summary>
    /// <param name="voice">Clean voice at any rate; null: noise alone.</param>
    /// <param name="noise">One of <see cref="Noise.Kinds"/>.</param>
    /// <param name="seed">Same seed, same noise.</param>
    /// <param name="decibel">By how much the voice, where it is, is above the noise in power.</param>
    /// <param name="seconds">Length of each pause, or of the noise alone.</param>
    /// <param name="rate">Samples per second of the result.</param>
    public static (Sound Sound, ImmutableArray<VoiceInterval> Voice) Mix(Sound? voice, string noise, long seed, int decibel, double seconds, int rate)
    {
        var pause = (int)(seconds * rate);
        var clean = voice is null ? new float[pause] : [.. new float[pause], .. Resampler.To(voice, rate).Samples, .. new float[pause]];
        var intervals = VoiceActivity.Of(new(rate, clean));
        if (voice is not null && intervals.IsEmpty)
            throw new OnnxException("A spoken sentence is silent; choose another voice or text");
        var added = Noise.Make(noise, seed, clean.Length, rate);
        var wanted = voice is null ? LoneNoise : RootMeanSquare(intervals.SelectMany(interval => clean[interval.Start..interval.End])) / Amplitude(decibel);
        var gain = (float)(wanted / RootMeanSquare(added));
        for (var i = 0; i < clean.Length; i++)
            clean[i] += added[i] * gain;
        var peak = clean.Max(sample => Math.Abs(sample));
        if (peak > LargestPeak)
            for (var i = 0; i < clean.Length; i++)
                clean[i] *= LargestPeak / peak;
        return (new(rate, clean), intervals);
    }

    /// <summary>Repeated products, because a power function differs between machines.</summary>
    static double Amplitude(int decibel)
    {
        var ratio = 1.0;
        for (var i = 0; i < Math.Abs(decibel); i++)
            ratio *= Decibel;
        return decibel < 0 ? 1 / ratio : ratio;
    }

    static double RootMeanSquare(IEnumerable<float> samples)
    {
        var (sum, count) = (0.0, 0);
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
            count++;
        }
        return Math.Sqrt(sum / count);
    }
}
