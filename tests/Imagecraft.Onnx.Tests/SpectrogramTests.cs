// Sounds as networks take them, against published definitions.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;

namespace Imagecraft.Onnx.Tests;

public class SpectrogramTests
{
    // Values of librosa's documentation (hz_to_mel(60) = 0.9, hz_to_mel([110, 220, 440]) = [1.65, 3.3, 6.6], mel_to_hz([1..5]) = [66.667, ...]) and of the HTK book's formula.
    [Theory]
    [InlineData(60, 0.9, MelScale.Slaney)]
    [InlineData(440, 6.6, MelScale.Slaney)]
    [InlineData(1000, 15, MelScale.Slaney)]
    [InlineData(6400, 42, MelScale.Slaney)]
    [InlineData(700, 781.1728, MelScale.Htk)]
    [InlineData(1000, 999.9855, MelScale.Htk)]
    public void Frequencies_lie_on_the_published_mel_scales(double hertz, double mel, MelScale scale)
    {
        Assert.Equal(mel, MelFilters.ToMel(hertz, scale), 4);
        Assert.Equal(hertz, MelFilters.ToHertz(MelFilters.ToMel(hertz, scale), scale), 6);
    }

    // librosa.filters.mel(sr=22050, n_fft=2048) as its documentation prints it: the first row begins 0, 0.016, ...; its Slaney norm makes each band's sum times the step of frequencies 1.
    [Fact]
    public void Bands_of_equal_area_begin_as_librosa_prints_them()
    {
        var filters = MelFilters.Make(new() { Rate = 22050, Fft = 2048, Mels = 128 });
        Assert.Equal(0, filters[0][0]);
        Assert.Equal(0.016, Math.Round(filters[0][1], 3));
        Assert.All(filters.Skip(40), filter => Assert.Equal(1, filter.Sum() * 22050 / 2048, 1));
        Assert.All(MelFilters.Make(new() { Rate = 16000, Fft = 512, Mels = 40, Scale = MelScale.Htk, EqualArea = false }), filter => Assert.InRange(filter.Max(), 0.4, 1));
    }

    [Theory]
    [InlineData(16, 512, 512)]
    [InlineData(80, 400, 400)]
    [InlineData(64, 400, 512)]
    public void A_spectrogram_is_what_its_definition_says(int mels, int window, int fft)
    {
        var options = new SpectrogramOptions { Mels = mels, Window = window, Fft = fft, Hop = 160, Scale = MelScale.Htk, Low = 20, High = 7600, EqualArea = false };
        var samples = new NoiseGenerator(3).Take(1600, 0.5f);
        var spectrogram = new Spectrogram(options).Of(samples);
        Assert.Equal(11, spectrogram.Length);
        foreach (var t in new[] { 0, 5, 10 })
            Assert.Equal(Plainly(samples, options, t), spectrogram[t].Select(value => (double)value), new Near());
    }

    [Fact]
    public void Decibels_linear_bands_and_silence_around_are_what_their_definitions_say()
    {
        var options = new SpectrogramOptions { Mels = 0, Window = 8, Fft = 8, Hop = 4, Padding = SpectrogramPadding.None, Log = SpectrogramLog.Decibel, Power = 1 };
        var spectrogram = new Spectrogram(options);
        Assert.Equal((5, 3), (spectrogram.Bands, spectrogram.Count(16)));
        // A constant in a Hann window of 8: its sum is 4 at frequency 0, half of that at its neighbour, nothing beyond.
        var values = spectrogram.Of([1, 1, 1, 1, 1, 1, 1, 1])[0];
        Assert.Equal(20 * Math.Log10(4), values[0], 4);
        Assert.Equal(20 * Math.Log10(2), values[1], 4);
        Assert.Equal(-200, values[3], 4);
    }

    [Fact]
    public void Frames_of_a_spectrogram_are_as_long_as_the_input_and_a_short_sound_ends_in_silence()
    {
        var options = ModelBuilderTests.Options() with { Spectrogram = new() { Mels = 8, Window = 32, Fft = 32, Hop = 16, Padding = SpectrogramPadding.None, Step = 2, Layout = SpectrogramLayout.TimeFirst } };
        var port = new TensorPort("x", "float32", [1, 4, 8]);
        Assert.Equal([2, 1, 4, 8], Framing.Cut(new("a", new(16000, new NoiseGenerator(1).Take(32 + (5 * 16), 1))), port, options).Shape);
        Assert.Equal([1, 1, 4, 8], Framing.Cut(new("a", new(16000, new NoiseGenerator(1).Take(20, 1))), port, options).Shape);
        Assert.Equal(32, Framing.Hop(port, options));
        // Networks with channels last have the one channel of a spectrogram behind the bands.
        var last = new TensorPort("x", "float32", [1, 4, 8, 1]);
        Assert.Equal([2, 1, 4, 8, 1], Framing.Cut(new("a", new(16000, new NoiseGenerator(1).Take(32 + (5 * 16), 1))), last, options).Shape);
        Assert.Equal(64, Framing.Hop(last, options with { Spectrogram = options.Spectrogram with { Step = null } }));
        Assert.Contains("but spectrograms of 8 bands are [1, time, 8]", Assert.Throws<OnnxException>(() => Framing.Cut(new("a", new(16000, new float[100])), new("x", "float32", [1, 4, 9]), options)).Message, StringComparison.Ordinal);
    }

    /// <summary>A window's bands straight from the formulas, with the C library's functions.</summary>
    static double[] Plainly(float[] samples, SpectrogramOptions options, int t)
    {
        var n = options.Fft;
        var values = new double[n];
        for (var i = 0; i < n; i++)
        {
            var at = (t * options.Hop) - (n / 2) + i;
            at = at < 0 ? -at : at >= samples.Length ? (2 * (samples.Length - 1)) - at : at;
            var within = i - ((n - options.Window) / 2);
            values[i] = within < 0 || within >= options.Window ? 0 : samples[at] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * within / options.Window)));
        }
        var powers = new double[(n / 2) + 1];
        for (var k = 0; k < powers.Length; k++)
        {
            var (real, imaginary) = (0.0, 0.0);
            for (var i = 0; i < n; i++)
                (real, imaginary) = (real + (values[i] * Math.Cos(2 * Math.PI * k * i / n)), imaginary - (values[i] * Math.Sin(2 * Math.PI * k * i / n)));
            powers[k] = (real * real) + (imaginary * imaginary);
        }
        double Mel(double hertz) => 2595 * Math.Log10(1 + (hertz / 700));
        var corners = Enumerable.Range(0, options.Mels + 2).Select(i => 700 * (Math.Pow(10, (Mel(options.Low) + (i * (Mel(options.High!.Value) - Mel(options.Low)) / (options.Mels + 1))) / 2595) - 1)).ToArray();
        return [.. Enumerable.Range(0, options.Mels).Select(band => Math.Log(Math.Max(1e-10, powers.Select((power, k) => power * Triangle(k * 16000.0 / n, corners[band], corners[band + 1], corners[band + 2])).Sum())))];
    }

    static double Triangle(double x, double left, double middle, double right) => x <= left || x >= right ? 0 : x <= middle ? (x - left) / (middle - left) : (right - x) / (right - middle);

    sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-4;

        public int GetHashCode(double value) => 0;
    }
}
