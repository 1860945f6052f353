// Elementary functions that give the same bits on every processor and C library. Unaware of tensors.
// Sources: the Taylor series of each function, and argument reductions as in Muller, "Elementary Functions" (2016), chapters 6 and 11.

using System.Numerics;

namespace Imagecraft.Onnx.Reference.Arithmetic;

/// <summary>
/// Sums, products, quotients and roots of doubles alone, whose results IEEE 754 fixes; <see cref="Math"/> would call the C library of the host. The error is below 1e-15 of the result or,
/// where a difference cancels, of the argument's scale: always far below a last digit of float32.
/// </summary>
public static class Elementary
{
    const double Log2E = 1.4426950408889634, Ln2High = 0.693147180369123816490, Ln2Low = 1.90821492927058770002e-10;
    const double HalfPiHigh = 1.57079632673412561417, HalfPiMiddle = 6.07710050630396597660e-11, HalfPiLow = 2.02226624879595063154e-21;

    /// <summary>The least positive double of full precision.</summary>
    const double LeastNormal = 2.2250738585072014e-308;

    /// <summary>Beyond it, the reduction of angles loses digits and the exact one is used.</summary>
    const double LargestPlainAngle = 1e5;

    /// <summary>1 / n!, which all are exact quotients rounded once: factorials to 18! are exact.</summary>
    static readonly double[] Reciprocals = [.. Enumerable.Range(0, 17).Select(n => 1 / Enumerable.Range(1, n).Aggregate(1.0, (product, k) => product * k))];

    /// <summary>Up to it, the digits of pi below are enough.</summary>
    const double LargestAngle = 1e60;

    /// <summary>Pi times 10^100.</summary>
    static readonly BigInteger PiDigits = BigInteger.Parse("31415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679", System.Globalization.CultureInfo.InvariantCulture);
    static readonly BigInteger PiScale = BigInteger.Pow(10, 100);

    /// <summary>The exponential function.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 709.79)
            return double.PositiveInfinity;
        if (x < -745.2)
            return 0;
        var k = Math.Round(x * Log2E);
        var r = x - (k * Ln2High) - (k * Ln2Low);
        // Terms to r^13 / 13!, with |r| below 0.347.
        var sum = Reciprocals[13];
        for (var n = 12; n >= 0; n--)
            sum = (sum * r) + Reciprocals[n];
        return Scale(sum, (int)k);
    }

    /// <summary>The natural logarithm; NaN below zero.</summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0)
            return double.NaN;
        if (x == 0)
            return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x))
            return x;
        var exponent = 0;
        if (x < LeastNormal)
            (x, exponent) = (x * (1L << 54), -54);
        var bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1023L << 52));
        if (m > 1.4142135623730951)
            (m, exponent) = (m / 2, exponent + 1);
        return (exponent * Ln2High) + (LogNearOne(m - 1) + (exponent * Ln2Low));
    }

    /// <summary>The logarithm of one more than a number.</summary>
    public static double LogOnePlus(double x) => Math.Abs(x) < 0.3 ? LogNearOne(x) : Log(1 + x);

    /// <summary>One less than the exponential function.</summary>
    public static double ExpMinusOne(double x)
    {
        if (Math.Abs(x) >= 0.3)
            return Exp(x) - 1;
        var sum = Reciprocals[16];
        for (var n = 15; n >= 1; n--)
            sum = (sum * x) + Reciprocals[n];
        return x * sum;
    }

    /// <summary>A power by the rules of C's <c>pow</c>.</summary>
    public static double Pow(double x, double y)
    {
        if (y == 0 || x == 1)
            return 1;
        if (double.IsNaN(x) || double.IsNaN(y))
            return double.NaN;
        var isWhole = Math.Floor(y) == y;
        var isOdd = isWhole && Math.Abs(y) < (1L << 53) && ((long)y & 1) != 0;
        if (x == 0)
            return y > 0 ? (isOdd ? x : 0) : isOdd && double.IsNegative(x) ? double.NegativeInfinity : double.PositiveInfinity;
        if (double.IsInfinity(y))
            return Math.Abs(x) == 1 ? 1 : Math.Abs(x) > 1 == y > 0 ? double.PositiveInfinity : 0;
        if (double.IsInfinity(x))
            return y < 0 ? (x < 0 && isOdd ? -0.0 : 0) : x < 0 && isOdd ? x : double.PositiveInfinity;
        if (isWhole && Math.Abs(y) <= 64)
            return y > 0 ? Repeated(x, (int)y) : 1 / Repeated(x, (int)-y);
        if (x < 0 && !isWhole)
            return double.NaN;
        var size = Exp(y * Log(Math.Abs(x)));
        return x < 0 && isOdd ? -size : size;
    }

    /// <summary>The hyperbolic tangent.</summary>
    public static double Tanh(double x)
    {
        if (Math.Abs(x) > 22)
            return Math.Sign(x);
        var t = ExpMinusOne(2 * x);
        return t / (t + 2);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    public static double Logistic(double x) => 1 / (1 + Exp(-x));

    /// <summary>The error function.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        // 2 / sqrt(pi) * e^(-x^2) * the sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)), whose terms have one sign.
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-18; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 1.1283791670955126 * Exp(-x * x) * sum;
    }

    /// <summary>The hyperbolic sine.</summary>
    public static double Sinh(double x) => Math.Abs(x) < 0.3 ? (ExpMinusOne(x) - ExpMinusOne(-x)) / 2 : (Exp(x) - Exp(-x)) / 2;

    /// <summary>The hyperbolic cosine.</summary>
    public static double Cosh(double x) => (Exp(x) + Exp(-x)) / 2;

    /// <summary>The inverse of <see cref="Sinh"/>.</summary>
    public static double Asinh(double x)
    {
        var size = Math.Abs(x);
        var result = size > 1e8 ? Log(size) + 0.6931471805599453 : LogOnePlus(size + (size * size / (1 + Math.Sqrt(1 + (size * size)))));
        return x < 0 ? -result : result;
    }

    /// <summary>The inverse of <see cref="Cosh"/>; NaN below one.</summary>
    public static double Acosh(double x) => x > 1e8 ? Log(x) + 0.6931471805599453 : LogOnePlus(x - 1 + Math.Sqrt((x - 1) * (x + 1)));

    /// <summary>The inverse of <see cref="Tanh"/>.</summary>
    public static double Atanh(double x) => LogOnePlus(2 * x / (1 - x)) / 2;

    /// <summary>The sine; NaN beyond 1e60, where no float32 is.</summary>
    public static double Sin(double x) => Circular(x, 0);

    /// <summary>The cosine, as <see cref="Sin"/>.</summary>
    public static double Cos(double x) => Circular(x, 1);

    /// <summary>The tangent.</summary>
    public static double Tan(double x) => Sin(x) / Cos(x);

    /// <summary>The inverse of the tangent.</summary>
    public static double Atan(double x)
    {
        if (double.IsNaN(x))
            return x;
        var size = Math.Abs(x);
        var turned = size > 1;
        if (turned)
            size = 1 / size;
        // Halved twice, the argument is below 0.2.
        size /= 1 + Math.Sqrt(1 + (size * size));
        size /= 1 + Math.Sqrt(1 + (size * size));
        var (square, sum) = (size * size, 0.0);
        for (var n = 25; n >= 1; n -= 2)
            sum = (1.0 / n) - (square * sum);
        var result = 4 * size * sum;
        if (turned)
            result = 1.5707963267948966 - result;
        return x < 0 ? -result : result;
    }

    /// <summary>The inverse of the sine; NaN outside of [-1, 1].</summary>
    public static double Asin(double x) => Math.Abs(x) == 1 ? x * 1.5707963267948966 : Atan(x / Math.Sqrt((1 - x) * (1 + x)));

    /// <summary>The inverse of the cosine; NaN outside of [-1, 1].</summary>
    public static double Acos(double x) => Math.Abs(x) > 1 ? double.NaN : 2 * Atan(Math.Sqrt((1 - x) / (1 + x)));

    /// <summary>log(1 + d) for a small d, by the series of the inverse hyperbolic tangent.</summary>
    static double LogNearOne(double d)
    {
        var s = d / (2 + d);
        var (square, sum) = (s * s, 0.0);
        for (var n = 23; n >= 1; n -= 2)
            sum = (1.0 / n) + (square * sum);
        return 2 * s * sum;
    }

    static double Repeated(double x, int times)
    {
        var result = 1.0;
        for (; times > 0; times >>= 1, x *= x)
            if ((times & 1) != 0)
                result *= x;
        return result;
    }

    /// <summary>Multiplies by a power of two, in two steps because the power itself may be out of range.</summary>
    static double Scale(double value, int power)
    {
        var half = power / 2;
        return value * BitConverter.Int64BitsToDouble((long)(half + 1023) << 52) * BitConverter.Int64BitsToDouble((long)(power - half + 1023) << 52);
    }

    static double Circular(double x, int quarter)
    {
        if (!(Math.Abs(x) <= LargestAngle))
            return double.NaN;
        double r;
        if (Math.Abs(x) <= LargestPlainAngle)
        {
            var k = Math.Round(x * 0.6366197723675814);
            r = x - (k * HalfPiHigh) - (k * HalfPiMiddle) - (k * HalfPiLow);
            quarter += (int)(k % 4);
        }
        else
            (r, quarter) = Reduced(x, quarter);
        var (square, sine) = (r * r, (quarter & 1) == 0);
        var sum = 0.0;
        for (var n = sine ? 19 : 20; n > 1; n -= 2)
            sum = square / (n * (n - 1.0)) * (1 - sum);
        var size = sine ? r * (1 - sum) : 1 - sum;
        return (quarter & 2) == 0 ? size : -size;
    }

    /// <summary>What is left of an angle after its quarters of a turn, by integers.</summary>
    static (double Angle, int Quarter) Reduced(double x, int quarter)
    {
        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(x));
        var (mantissa, exponent) = ((bits & 0xFFFFFFFFFFFFF) | (1L << 52), (int)(bits >> 52) - 1075);
        // Twice the angle in units of 10^-100.
        var scaled = exponent >= 0 ? (BigInteger)mantissa * 2 * PiScale << exponent : (BigInteger)mantissa * 2 * PiScale >> -exponent;
        var count = BigInteger.DivRem((scaled * 2) + PiDigits, PiDigits * 2, out _);
        var rest = (double)((scaled - (count * PiDigits)) * (BigInteger.One << 60) / PiScale) / (1L << 60) / 2;
        var quarters = (int)(count % 4);
        return x < 0 ? (-rest, quarter - quarters) : (rest, quarter + quarters);
    }
}
