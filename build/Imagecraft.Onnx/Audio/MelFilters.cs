// Bands of frequencies as the ear hears them. Unaware of sound.

using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Reference.Arithmetic;

namespace Imagecraft.Onnx.Audio;

/// <summary>
/// Triangles over the frequencies of a Fourier transform, whose corners lie at equal distances on the mel scale. Logarithms are those of <see cref="Elementary"/>, the same on every machine; libraries of signal
/// processing ask the C library.
/// </summary>
/// <remarks>Sources: S. Young and others, "The HTK Book", section 5.4; M. Slaney, "Auditory Toolbox", technical report 1998-010, Interval Research.</remarks>
public static class MelFilters
{
    const double StepHz = 200.0 / 3, LogStartHz = 1000, LogStartMel = 15;

    // 27 steps from 1 kHz to 6.4 kHz.
    static readonly double _logStep = Elementary.Log(6.4) / 27;

    /// <summary>The mel of a frequency.</summary>
    public static double ToMel(double hertz, MelScale scale) => scale == MelScale.Htk
        ? 2595 * Elementary.Log(1 + (hertz / 700)) / Elementary.Log(10)
        : hertz < LogStartHz ? hertz / StepHz : LogStartMel + (Elementary.Log(hertz / LogStartHz) / _logStep);

    /// <summary>The frequency of a mel in Hz.</summary>
    public static double ToHertz(double mel, MelScale scale) => scale == MelScale.Htk
        ? 700 * (Elementary.Exp(mel * Elementary.Log(10) / 2595) - 1)
        : mel < LogStartMel ? mel * StepHz : LogStartHz * Elementary.Exp((mel - LogStartMel) * _logStep);

    /// <summary>For each band the weight of each frequency: <c>[mels][fft / 2 + 1]</c>.</summary>
    public static double[][] Make(SpectrogramOptions options)
    {
        var (low, high) = (ToMel(options.Low, options.Scale), ToMel(options.High ?? options.Rate / 2.0, options.Scale));
        var corners = Enumerable.Range(0, options.Mels + 2).Select(i => ToHertz(low + ((high - low) * i / (options.Mels + 1)), options.Scale)).ToArray();
        var filters = new double[options.Mels][];
        for (var band = 0; band < filters.Length; band++)
        {
            var (left, middle, right) = (corners[band], corners[band + 1], corners[band + 2]);
            var gain = options.EqualArea ? 2 / (right - left) : 1;
            filters[band] = new double[(options.Fft / 2) + 1];
            for (var k = 0; k < filters[band].Length; k++)
            {
                var hertz = (double)k * options.Rate / options.Fft;
                filters[band][k] = gain * Math.Max(0, Math.Min((hertz - left) / (middle - left), (right - hertz) / (right - middle)));
            }
        }
        return filters;
    }
}
