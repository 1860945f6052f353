// Quantiles of the normal and Student's distribution, the same on every machine. Unaware of data.
// Source of the series: M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4.

using Imagecraft.Onnx.Reference.Arithmetic;

namespace Imagecraft.Onnx.Evaluation.Statistics;

/// <summary>Found by halving, from functions whose bits do not depend on the processor.</summary>
public static class Quantiles
{
    const int Halvings = 100;
    const double Largest = 1e4;

    /// <summary>Share of a normal distribution below <paramref name="x"/>.</summary>
    public static double NormalShare(double x) => (1 + Elementary.Erf(x / Math.Sqrt(2))) / 2;

    /// <summary>The value that <paramref name="share"/> of a normal distribution lies below.</summary>
    public static double Normal(double share) => Solve(NormalShare, share);

    /// <summary>The value that <paramref name="share"/> of Student's distribution lies below; <paramref name="freedom"/> is at least 1.</summary>
    public static double Student(double share, int freedom) => Solve(x => StudentShare(x, freedom), share);

    /// <summary>The root of a rising function between the limits.</summary>
    internal static double Solve(Func<double, double> rising, double value, double low = -Largest, double high = Largest)
    {
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            if (rising(middle) < value)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }

    static double StudentShare(double x, int freedom)
    {
        var cosine = 1 / Math.Sqrt(1 + (x * x / freedom));
        var sine = x / Math.Sqrt(freedom) * cosine;
        var isOdd = freedom % 2 == 1;
        var (term, sum) = (isOdd ? cosine : 1, 0.0);
        // Terms of the angle's powers: cos + 2/3 cos^3 + ..., or 1 + 1/2 cos^2 + ...
        for (var power = isOdd ? 1 : 0; power <= freedom - 2; power += 2)
        {
            sum += term;
            term *= cosine * cosine * (power + 1) / (power + 2);
        }
        var within = isOdd ? 2 / Math.PI * (Elementary.Atan(x / Math.Sqrt(freedom)) + (sine * sum)) : sine * sum;
        return (1 + within) / 2;
    }
}
