// From sound to a spectrogram. Unaware of networks and files.

using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Reference.Arithmetic;

namespace Imagecraft.Onnx.Audio;

/// <summary>Does what <see cref="SpectrogramOptions"/> want; sums and products of doubles in a fixed order, so the same on every machine.</summary>
public sealed class Spectrogram
{
    readonly SpectrogramOptions options;
    readonly double[][] filters;
    readonly double[] window;
    readonly Fourier fourier;

    /// <summary>Readies windows and bands.</summary>
    public Spectrogram(SpectrogramOptions options)
    {
        this.options = options;
        filters = options.Mels > 0 ? MelFilters.Make(options) : [];
        fourier = new(options.Fft);
        // The middle of a window that is shorter than the transform is that of the transform.
        window = new double[options.Fft];
        var (start, half) = ((options.Fft - options.Window) / 2, options.Shape == WindowShape.Hann ? 0.5 : 0.54);
        for (var i = 0; i < options.Window; i++)
            window[start + i] = half - ((1 - half) * Resampler.SinPi(0.5 + (2.0 * i / options.Window)));
    }

    /// <summary>How many values a window gives.</summary>
    public int Bands => options.Mels > 0 ? options.Mels : (options.Fft / 2) + 1;

    /// <summary>How many windows so many samples have.</summary>
    public int Count(int samples) => options.Padding != SpectrogramPadding.None ? (samples / options.Hop) + 1 : samples < options.Fft ? 0 : ((samples - options.Fft) / options.Hop) + 1;

    /// <summary>Values by window and band.</summary>
    public float[][] Of(ReadOnlySpan<float> samples)
    {
        var result = new float[Count(samples.Length)][];
        var windowed = new double[options.Fft];
        for (var t = 0; t < result.Length; t++)
        {
            var start = (t * options.Hop) - (options.Padding == SpectrogramPadding.None ? 0 : options.Fft / 2);
            for (var i = 0; i < windowed.Length; i++)
                windowed[i] = window[i] == 0 ? 0 : window[i] * At(samples, start + i);
            result[t] = Energies(windowed);
        }
        return result;
    }

    double At(ReadOnlySpan<float> samples, int index)
    {
        if (index >= 0 && index < samples.Length)
            return samples[index];
        if (options.Padding != SpectrogramPadding.Reflect || samples.Length < 2)
            return 0;
        // Mirrored at the first and the last sample, neither of them twice, over and over.
        var period = 2 * (samples.Length - 1);
        var place = ((index % period) + period) % period;
        return samples[Math.Min(place, period - place)];
    }

    float[] Energies(double[] windowed)
    {
        var powers = fourier.Powers(windowed);
        if (options.Power == 1)
            powers = Array.ConvertAll(powers, Math.Sqrt);
        var values = filters.Length == 0 ? powers : Array.ConvertAll(filters, filter => Sum(filter, powers));
        return Array.ConvertAll(values, value => (float)((Scaled(value) - options.Mean) / options.Deviation));
    }

    double Scaled(double energy) => options.Log switch
    {
        SpectrogramLog.Natural => Elementary.Log(Math.Max(energy, options.Floor)),
        SpectrogramLog.Log10 => Elementary.Log(Math.Max(energy, options.Floor)) / Elementary.Log(10),
        SpectrogramLog.Decibel => 20 / options.Power * Elementary.Log(Math.Max(energy, options.Floor)) / Elementary.Log(10),
        _ => energy,
    };

    static double Sum(double[] filter, double[] powers)
    {
        var sum = 0.0;
        for (var k = 0; k < filter.Length; k++)
            if (filter[k] != 0)
                sum += filter[k] * powers[k];
        return sum;
    }
}
