// ONNX Runtime's own float operators, which its optimizer makes of several standard ones. Unaware of integers.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Operators of the domain com.microsoft on floats.</summary>
/// <remarks>Source: ONNX Runtime's contributed operators, version 1.</remarks>
static class RuntimeFused
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("FusedConv", call => [FusedConv(call)]),
        ("FusedGemm", call => [Activated(call, Products.Gemm(call), call.Text("activation", ""), Parameters(call, "activation_alpha", "activation_beta", "activation_gamma"))]),
        ("FusedMatMul", call => [Products.Scaled(call, Products.MatMul(call, call[0], call[1], call.Flag("transA"), call.Flag("transB")), call.Number("alpha", 1))]),
        ("TransposeMatMul", call => [Products.Scaled(call, Products.MatMul(call, call[0], call[1], call.Flag("transA"), call.Flag("transB")), call.Number("alpha", 1))]),
        ("Gelu", call => [Functions.Doubles(call, call[0], Functions.Gelu)]),
        ("FastGelu", call => [Biased(call, Functions.TanhGelu)]),
        ("BiasGelu", call => [Biased(call, Functions.Gelu)]),
        ("QuickGelu", call => [QuickGelu(call)]),
        ("SkipLayerNormalization", Skip),
        ("SimplifiedLayerNormalization", call => [Normalizations.Simplified(call, call[0], call[1])]),
        ("BiasSoftmax", call => [BiasSoftmax(call)]),
    ];

    static float[] Parameters(Call call, params ReadOnlySpan<string> names)
    {
        var values = new List<float>();
        foreach (var name in names)
            if (call.Node.Has(name))
                values.Add(call.Number(name, 0));
        return [.. values];
    }

    static Tensor FusedConv(Call call)
    {
        var result = Convolutions.Of(call);
        if (call.Optional(3) is { } summand)
        {
            var sum = Arithmetics.Of<Sum>(call, result, summand);
            call.Free(result);
            result = sum;
        }
        return Activated(call, result, call.Text("activation", ""), call.Node.GetNumbers("activation_params")?.ToArray() ?? []);
    }

    static Tensor Activated(Call call, Tensor x, string activation, float[] parameters)
    {
        float Parameter(int index, float otherwise) => index < parameters.Length ? parameters[index] : otherwise;
        var alpha = Parameter(0, 0);
        var result = activation switch
        {
            "" => x.Reshaped(x.Shape),
            "Relu" => Functions.Vectors(call, x, value => System.Numerics.Vector.Max(value, System.Numerics.Vector<float>.Zero)),
            "Clip" => Functions.Vectors(call, x, value => Functions.Clamp(value, Parameter(0, float.MinValue), Parameter(1, float.MaxValue))),
            "LeakyRelu" => Functions.Vectors(call, x, value => System.Numerics.Vector.ConditionalSelect(System.Numerics.Vector.LessThan(value, System.Numerics.Vector<float>.Zero), value * Functions.Of(Parameter(0, 0.01f)), value)),
            "HardSigmoid" => Functions.Vectors(call, x, value => Functions.Clamp((value * Functions.Of(Parameter(0, 0.2f))) + Functions.Of(Parameter(1, 0.5f)), 0, 1)),
            "HardSwish" => Functions.Vectors(call, x, value => value * Functions.Clamp((value * Functions.Of(1f / 6)) + Functions.Of(0.5f), 0, 1)),
            "Sigmoid" => Functions.Doubles(call, x, Elementary.Logistic),
            "Tanh" => Functions.Doubles(call, x, Elementary.Tanh),
            "Softplus" => Functions.Doubles(call, x, Functions.Softplus),
            "Elu" => Functions.Doubles(call, x, value => value < 0 ? alpha * Elementary.ExpMinusOne(value) : value),
            _ => throw call.Bad($"the activation `{activation}` has no reference arithmetic"),
        };
        call.Free(x);
        return result;
    }

    static Tensor Biased(Call call, Func<double, double> function)
    {
        if (call.Optional(1) is not { } bias)
            return Functions.Doubles(call, call[0], function);
        var sum = Arithmetics.Of<Sum>(call, call[0], bias);
        var result = Functions.Doubles(call, sum, function);
        call.Free(sum);
        return result;
    }

    static Tensor QuickGelu(Call call)
    {
        var alpha = (double)call.Number("alpha", 1.702f);
        return Functions.Doubles(call, call[0], x => x * Elementary.Logistic(alpha * x));
    }

    // Inputs: input, skip, gamma, beta, bias. Outputs: the normalized sum, mean, inverse deviation, the sum.
    static Tensor[] Skip(Call call)
    {
        var sum = Arithmetics.Of<Sum>(call, call[0], call[1]);
        if (call.Optional(4) is { } bias)
        {
            var more = Arithmetics.Of<Sum>(call, sum, bias);
            call.Free(sum);
            sum = more;
        }
        var results = Normalizations.Layer(call, sum, call[2], call.Optional(3));
        return [.. results, sum];
    }

    static Tensor BiasSoftmax(Call call)
    {
        var sum = Arithmetics.Of<Sum>(call, call[0], call[1]);
        var result = Reductions.Softmax(call, sum, call.Axis(call.Integer("axis", 1), sum.Rank), true, Reductions.SoftmaxRow);
        call.Free(sum);
        return result;
    }
}
