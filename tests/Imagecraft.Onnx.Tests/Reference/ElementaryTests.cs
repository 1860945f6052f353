// The elementary functions are near those of the C library, whose last digits differ from host to host.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Reference.Arithmetic;

namespace Imagecraft.Onnx.Tests.Reference;

public sealed class ElementaryTests
{
    const double Near = 4e-15;

    public static TheoryData<string, double> Functions => new()
    {
        { "Exp", 700 }, { "Log", 1e9 }, { "Tanh", 25 }, { "Sin", 1e4 }, { "Cos", 1e4 }, { "Sin", 1e15 }, { "Cos", 1e38 }, { "Atan", 100 }, { "Asin", 1 }, { "Acos", 1 }, { "Sinh", 20 }, { "Cosh", 20 }, { "Asinh", 1e12 }, { "Acosh", 1e12 }, { "Atanh", 1 },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_is_near_the_C_library(string name, double size)
    {
        var (own, other) = Pair(name);
        foreach (var unit in new NoiseGenerator(11).Take(20_000, 1))
            foreach (var x in new[] { unit * size, unit * size * 1e-3, unit })
            {
                var (left, right) = (own(x), other(x));
                Assert.True(left.Equals(right) || Math.Abs(left - right) <= Near * Math.Max(Math.Abs(right), name is "Sin" or "Cos" or "Acos" or "Log" ? 1 : 0), $"{name}({x:R}) is {left:R}, not {right:R}");
            }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(-1, -0.8427007929497149)]
    [InlineData(2.5, 0.9995930479825550)]
    [InlineData(4, 0.9999999845827421)]
    [InlineData(9, 1)]
    public void The_error_function_has_its_tabled_values(double x, double expected) => Assert.Equal(expected, Elementary.Erf(x), 1e-14);

    [Fact]
    public void Powers_follow_C()
    {
        double[] values = [0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, 1e300, -1e300, 1e-300, 0.1, 7.25, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        foreach (var x in values)
            foreach (var y in values)
            {
                var (left, right) = (Elementary.Pow(x, y), Math.Pow(x, y));
                Assert.True(left.Equals(right) || Math.Abs(left - right) <= 1e-13 * Math.Abs(right), $"Pow({x:R}, {y:R}) is {left:R}, not {right:R}");
            }
    }

    static (Func<double, double> Own, Func<double, double> Other) Pair(string name) => name switch
    {
        "Exp" => (Elementary.Exp, Math.Exp),
        "Log" => (x => Elementary.Log(Math.Abs(x)), x => Math.Log(Math.Abs(x))),
        "Tanh" => (Elementary.Tanh, Math.Tanh),
        "Sin" => (Elementary.Sin, Math.Sin),
        "Cos" => (Elementary.Cos, Math.Cos),
        "Atan" => (Elementary.Atan, Math.Atan),
        "Asin" => (Elementary.Asin, Math.Asin),
        "Acos" => (Elementary.Acos, Math.Acos),
        "Sinh" => (Elementary.Sinh, Math.Sinh),
        "Cosh" => (Elementary.Cosh, Math.Cosh),
        "Asinh" => (Elementary.Asinh, Math.Asinh),
        "Acosh" => (x => Elementary.Acosh(1 + Math.Abs(x)), x => Math.Acosh(1 + Math.Abs(x))),
        "Atanh" => (x => Elementary.Atanh(x * 0.999), x => Math.Atanh(x * 0.999)),
        _ => throw new ArgumentException(name),
    };
}
