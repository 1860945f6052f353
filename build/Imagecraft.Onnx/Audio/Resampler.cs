// Changes the sampling rate of sound, the same on every machine. Unaware of files and networks.

namespace Imagecraft.Onnx.Audio;

/// <summary>
/// Windowed-sinc interpolation with a Hann window. Sines are computed here by their series: the C library's differ
/// in the last bit between machines, and golden files must not.
/// </summary>
public static class Resampler
{
    /// <summary>Zero crossings of the sinc function on each side.</summary>
    const int Crossings = 24;

    /// <summary>The sound at <paramref name="rate"/> samples per second.</summary>
    public static Sound To(Sound sound, int rate)
    {
        if (sound.Rate == rate)
            return sound;
        var divisor = Divisor(sound.Rate, rate);
        var (up, down) = (rate / divisor, sound.Rate / divisor);
        // Above the lower of both half rates nothing may remain.
        var cutoff = Math.Min(1.0, (double)rate / sound.Rate);
        var reach = (int)Math.Ceiling(Crossings / cutoff);
        var kernels = new float[up][];
        var output = new float[checked((int)((long)sound.Samples.Length * up / down))];
        for (var i = 0; i < output.Length; i++)
        {
            var position = (long)i * down;
            var (whole, phase) = (position / up, (int)(position % up));
            var kernel = kernels[phase] ??= Kernel((double)phase / up, cutoff, reach);
            var sum = 0.0;
            for (var k = 0; k < kernel.Length; k++)
            {
                var at = whole + k - reach + 1;
                if (at >= 0 && at < sound.Samples.Length)
                    sum += (double)kernel[k] * sound.Samples[at];
            }
            output[i] = (float)sum;
        }
        return new(rate, output);
    }

    /// <summary>Weights of the samples around a point that lies <paramref name="fraction"/> behind the middle one; they sum to one.</summary>
    static float[] Kernel(double fraction, double cutoff, int reach)
    {
        var weights = new double[2 * reach];
        for (var k = 0; k < weights.Length; k++)
        {
            var distance = k - reach + 1 - fraction;
            var x = distance * cutoff;
            var sinc = x == 0 ? 1 : SinPi(x) / (Math.PI * x);
            weights[k] = sinc * (1 + SinPi((distance / reach) + 0.5)) / 2;
        }
        var total = weights.Sum();
        return [.. weights.Select(weight => (float)(weight / total))];
    }

    /// <summary>The sine of pi times x, by its series on the quarter turn nearest to zero.</summary>
    internal static double SinPi(double x)
    {
        x -= 2 * Math.Floor((x + 1) / 2);
        if (x > 0.5)
            x = 1 - x;
        else if (x < -0.5)
            x = -1 - x;
        var angle = x * Math.PI;
        var square = angle * angle;
        var (term, sum) = (angle, angle);
        for (var n = 1; n <= 11; n++)
        {
            term *= -square / (2 * n * ((2 * n) + 1));
            sum += term;
        }
        return sum;
    }

    static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);
}
