// The Fourier transform of real numbers, the same on every machine. Unaware of sound.

namespace Imagecraft.Onnx.Audio;

/// <summary>A transform of a fixed length: by halves (J. Cooley, J. Tukey, 1965) as long as it is even, and by its definition for what is left.</summary>
/// <param name="length">At least 1.</param>
sealed class Fourier(int length)
{
    readonly (double Cos, double Sin)[] turns = [.. Enumerable.Range(0, length).Select(i => (Resampler.SinPi(0.5 + (2.0 * i / length)), Resampler.SinPi(2.0 * i / length)))];

    /// <summary>Squares of the amplitudes from frequency 0 to half the length.</summary>
    public double[] Powers(ReadOnlySpan<double> values)
    {
        var (real, imaginary) = Of(values.ToArray(), 1);
        var powers = new double[(length / 2) + 1];
        for (var k = 0; k < powers.Length; k++)
            powers[k] = (real[k] * real[k]) + (imaginary[k] * imaginary[k]);
        return powers;
    }

    /// <summary>The transform of values, whose length times <paramref name="stride"/> is the whole.</summary>
    (double[] Real, double[] Imaginary) Of(double[] values, int stride)
    {
        var count = values.Length;
        var (real, imaginary) = (new double[count], new double[count]);
        if (count % 2 == 1)
        {
            for (var k = 0; k < count; k++)
                for (var i = 0; i < count; i++)
                {
                    var (cos, sin) = turns[(long)i * k % count * stride];
                    real[k] += values[i] * cos;
                    imaginary[k] -= values[i] * sin;
                }
            return (real, imaginary);
        }
        var (even, odd) = (new double[count / 2], new double[count / 2]);
        for (var i = 0; i < count / 2; i++)
            (even[i], odd[i]) = (values[2 * i], values[(2 * i) + 1]);
        var ((evenReal, evenImaginary), (oddReal, oddImaginary)) = (Of(even, 2 * stride), Of(odd, 2 * stride));
        for (var k = 0; k < count / 2; k++)
        {
            var (cos, sin) = turns[k * stride];
            var (turnedReal, turnedImaginary) = ((oddReal[k] * cos) + (oddImaginary[k] * sin), (oddImaginary[k] * cos) - (oddReal[k] * sin));
            (real[k], imaginary[k]) = (evenReal[k] + turnedReal, evenImaginary[k] + turnedImaginary);
            (real[k + (count / 2)], imaginary[k + (count / 2)]) = (evenReal[k] - turnedReal, evenImaginary[k] - turnedImaginary);
        }
        return (real, imaginary);
    }
}
