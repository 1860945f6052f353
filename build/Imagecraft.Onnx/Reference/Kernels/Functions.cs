// Functions of single elements. Unaware of graphs.

using System.Numerics;
using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>
/// Activations and the like. Those of sums and products run on vectors of float32, the others on doubles, rounded once.
/// </summary>
static class Functions
{
    const float SeluAlpha = 1.6732632f, SeluGamma = 1.0507009f;

    public static IEnumerable<(string, Kernel)> All =>
    [
        ("Relu", call => [Vectors(call, call[0], x => Vector.Max(x, Vector<float>.Zero))]),
        ("LeakyRelu", call => [Leaky(call, call[0], call.Number("alpha", 0.01f))]),
        ("ThresholdedRelu", call => [Above(call, call.Number("alpha", 1))]),
        ("HardSigmoid", call => [HardSigmoid(call, call[0], call.Number("alpha", 0.2f), call.Number("beta", 0.5f))]),
        ("HardSwish", call => [Vectors(call, call[0], x => x * Clamp((x * Of(1f / 6)) + Of(0.5f), 0, 1))]),
        ("Clip", Clip),
        ("Neg", Negate),
        ("Abs", Absolute),
        ("Sqrt", call => [Vectors(call, call[0], Vector.SquareRoot)]),
        ("Reciprocal", call => [Vectors(call, call[0], x => Vector<float>.One / x)]),
        ("Floor", call => [Vectors(call, call[0], Vector.Floor)]),
        ("Ceil", call => [Vectors(call, call[0], Vector.Ceiling)]),
        ("Round", call => [Doubles(call, call[0], x => Math.Round(x, MidpointRounding.ToEven))]),
        ("Sign", Sign),
        ("Exp", call => [Doubles(call, call[0], Elementary.Exp)]),
        ("Log", call => [Doubles(call, call[0], Elementary.Log)]),
        ("Sin", call => [Doubles(call, call[0], Elementary.Sin)]),
        ("Cos", call => [Doubles(call, call[0], Elementary.Cos)]),
        ("Tan", call => [Doubles(call, call[0], Elementary.Tan)]),
        ("Asin", call => [Doubles(call, call[0], Elementary.Asin)]),
        ("Acos", call => [Doubles(call, call[0], Elementary.Acos)]),
        ("Atan", call => [Doubles(call, call[0], Elementary.Atan)]),
        ("Sinh", call => [Doubles(call, call[0], Elementary.Sinh)]),
        ("Cosh", call => [Doubles(call, call[0], Elementary.Cosh)]),
        ("Asinh", call => [Doubles(call, call[0], Elementary.Asinh)]),
        ("Acosh", call => [Doubles(call, call[0], Elementary.Acosh)]),
        ("Atanh", call => [Doubles(call, call[0], Elementary.Atanh)]),
        ("Tanh", call => [Doubles(call, call[0], Elementary.Tanh)]),
        ("Sigmoid", call => [Doubles(call, call[0], Elementary.Logistic)]),
        ("Erf", call => [Doubles(call, call[0], Elementary.Erf)]),
        ("Softplus", call => [Doubles(call, call[0], Softplus)]),
        ("Softsign", call => [Doubles(call, call[0], x => x / (1 + Math.Abs(x)))]),
        ("Mish", call => [Doubles(call, call[0], x => x * Elementary.Tanh(Softplus(x)))]),
        ("Gelu", call => [call.Text("approximate", "none") == "tanh" ? Doubles(call, call[0], TanhGelu) : Doubles(call, call[0], Gelu)]),
        ("Elu", call => [WithAlpha(call, 1, (x, alpha) => x < 0 ? alpha * Elementary.ExpMinusOne(x) : x)]),
        ("Celu", call => [WithAlpha(call, 1, (x, alpha) => Math.Max(0, x) + Math.Min(0, alpha * Elementary.ExpMinusOne(x / alpha)))]),
        ("Selu", Selu),
        ("Shrink", Shrink),
    ];

    public static double Gelu(double x) => x / 2 * (1 + Elementary.Erf(x * 0.7071067811865476));

    public static double TanhGelu(double x) => x / 2 * (1 + Elementary.Tanh(0.7978845608028654 * (x + (0.044715 * x * x * x))));

    public static double Softplus(double x) => Math.Max(x, 0) + Elementary.LogOnePlus(Elementary.Exp(-Math.Abs(x)));

    /// <summary>A function of doubles, rounded to the tensor's type.</summary>
    public static Tensor Doubles(Call call, Tensor source, Func<double, double> function)
    {
        var result = call.Make(source.Type, source.Shape);
        if (source.Type == ElementType.Float)
        {
            var from = source.Span<float>();
            var to = result.Span<float>();
            for (var i = 0; i < from.Length; i++)
                to[i] = (float)function(from[i]);
            return result;
        }
        if (!Numbers.IsFloating(source.Type))
            throw call.Bad($"it has no arithmetic for {Tensor.Name(source.Type)}");
        Numbers.Write(result, Array.ConvertAll(Numbers.Read(source), value => function(value)));
        return result;
    }

    /// <summary>A function of float vectors whose elements are independent; other types go element by element through a vector of one value.</summary>
    public static Tensor Vectors(Call call, Tensor source, Func<Vector<float>, Vector<float>> function)
    {
        if (source.Type != ElementType.Float)
            return Numbers.IsFloating(source.Type) ? Doubles(call, source, x => function(new((float)x))[0]) : Whole(call, source, function);
        var result = call.Make(source.Type, source.Shape);
        Apply(source.Span<float>(), result.Span<float>(), function);
        return result;
    }

    /// <summary>Applies a function of float vectors to a row.</summary>
    public static void Apply(ReadOnlySpan<float> from, Span<float> to, Func<Vector<float>, Vector<float>> function)
    {
        var (width, i) = (Vector<float>.Count, 0);
        for (; i <= from.Length - width; i += width)
            function(new(from[i..])).CopyTo(to[i..]);
        for (; i < from.Length; i++)
            to[i] = function(new(from[i]))[0];
    }

    public static Vector<float> Clamp(Vector<float> x, float least, float largest) => Vector.Min(Vector.Max(x, Of(least)), Of(largest));

    public static Vector<float> Of(float value) => new(value);

    static Tensor Leaky(Call call, Tensor source, float alpha) => Vectors(call, source, x => Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), x * Of(alpha), x));

    static Tensor HardSigmoid(Call call, Tensor source, float alpha, float beta) => Vectors(call, source, x => Clamp((x * Of(alpha)) + Of(beta), 0, 1));

    static Tensor Above(Call call, float alpha) => Vectors(call, call[0], x => Vector.ConditionalSelect(Vector.GreaterThan(x, Of(alpha)), x, Vector<float>.Zero));

    static Tensor Whole(Call call, Tensor source, Func<Vector<float>, Vector<float>> function)
    {
        var result = call.Make(source.Type, source.Shape);
        Numbers.Write(result, Array.ConvertAll(Numbers.Read(source), value => (double)function(new((float)value))[0]));
        return result;
    }

    static Tensor[] Clip(Call call)
    {
        var (least, largest) = call.Opset < 11
            ? (call.Number("min", float.MinValue), call.Number("max", float.MaxValue))
            : (Limit(call, 1, double.NegativeInfinity), Limit(call, 2, double.PositiveInfinity));
        if (call[0].Type == ElementType.Float)
            return [Vectors(call, call[0], x => Clamp(x, (float)least, (float)largest))];
        var result = call.Make(call[0].Type, call[0].Shape);
        if (Numbers.IsFloating(call[0].Type))
            Numbers.Write(result, Array.ConvertAll(Numbers.Read(call[0]), value => Math.Min(Math.Max(value, least), largest)));
        else
            Numbers.WriteIntegers(result, Array.ConvertAll(Numbers.ReadIntegers(call[0]), value => Math.Min(Math.Max(value, Bound(call, 1, long.MinValue)), Bound(call, 2, long.MaxValue))));
        return [result];
    }

    static double Limit(Call call, int input, double otherwise) => call.Optional(input) is { Count: 1 } given ? Numbers.Read(given)[0] : otherwise;

    static long Bound(Call call, int input, long otherwise) => call.Optional(input) is { Count: 1 } given ? Numbers.ReadIntegers(given)[0] : otherwise;

    static Tensor[] Negate(Call call) => [Integers(call, x => -x) ?? Vectors(call, call[0], x => -x)];

    static Tensor[] Absolute(Call call) => [Integers(call, Math.Abs) ?? Vectors(call, call[0], Vector.Abs)];

    static Tensor[] Sign(Call call) => [Integers(call, x => Math.Sign(x)) ?? Doubles(call, call[0], x => double.IsNaN(x) ? x : Math.Sign(x))];

    static Tensor? Integers(Call call, Func<long, long> function)
    {
        if (Numbers.IsFloating(call[0].Type))
            return null;
        var result = call.Make(call[0].Type, call[0].Shape);
        Numbers.WriteIntegers(result, Array.ConvertAll(Numbers.ReadIntegers(call[0]), value => function(value)));
        return result;
    }

    static Tensor WithAlpha(Call call, float otherwise, Func<double, double, double> function)
    {
        var alpha = (double)call.Number("alpha", otherwise);
        return Doubles(call, call[0], x => function(x, alpha));
    }

    static Tensor[] Selu(Call call)
    {
        var (alpha, gamma) = ((double)call.Number("alpha", SeluAlpha), (double)call.Number("gamma", SeluGamma));
        return [Doubles(call, call[0], x => gamma * (x > 0 ? x : alpha * Elementary.ExpMinusOne(x)))];
    }

    static Tensor[] Shrink(Call call)
    {
        var (lambda, bias) = (call.Number("lambd", 0.5f), call.Number("bias", 0));
        var result = call.Make(call[0].Type, call[0].Shape);
        Numbers.Write(result, Array.ConvertAll(Numbers.Read(call[0]), x => x < -lambda ? x + bias : x > lambda ? x - bias : 0));
        return [result];
    }
}
