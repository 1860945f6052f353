// Pools. Unaware of graphs.

using System.Runtime.InteropServices;
using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>The largest, mean or norm of windows or of whole planes; means are summed as doubles in order.</summary>
static class Pools
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("MaxPool", call => call[0].Type == ElementType.Float && call.OutputCount < 2 ? [Floats(call, float.NegativeInfinity)] : Largest(call)),
        ("AveragePool", call => [Average(call, call[0])]),
        ("LpPool", call => [Windows(call, call[0], Norm(call))]),
        ("GlobalAveragePool", call => [call[0].Type == ElementType.Float ? FloatMeans(call) : Planes(call, values => Numbers.Sum(values) / values.Length)]),
        ("GlobalMaxPool", call => [Planes(call, values => values.Max())]),
        ("GlobalLpPool", call => [Planes(call, values => Norm(values, call.Integer("p", 2)))]),
    ];

    /// <summary>The mean of each window.</summary>
    public static Tensor Average(Call call, Tensor source) => Windows(call, source, (values, inside, all) => Numbers.Sum(values) / (call.Flag("count_include_pad") ? all : inside));

    static Func<double[], int, int, double> Norm(Call call) => (values, _, _) => Norm(values, call.Integer("p", 2));

    static double Norm(double[] values, long p) => Elementary.Pow(values.Sum(value => Elementary.Pow(Math.Abs(value), p)), 1.0 / p);

    static Tensor FloatMeans(Call call)
    {
        var size = Tensor.Product(call[0].Shape.AsSpan(2));
        var result = call.Make(ElementType.Float, [.. call[0].Shape[..2], .. call[0].Shape[2..].Select(_ => 1)]);
        for (var plane = 0; plane < result.Count; plane++)
            result.Span<float>()[plane] = (float)(Numbers.Sum(call[0].Span<float>().Slice(plane * size, size), squares: false) / size);
        return result;
    }

    static Tensor Planes(Call call, Func<double[], double> function)
    {
        var size = Tensor.Product(call[0].Shape.AsSpan(2));
        var result = call.Make(call[0].Type, [.. call[0].Shape[..2], .. call[0].Shape[2..].Select(_ => 1)]);
        Numbers.Write(result, [.. Numbers.Read(call[0]).Chunk(Math.Max(size, 1)).Select(function)]);
        return result;
    }

    /// <summary>A function of each window's elements, how many of them are in the input, and how many it has with pads.</summary>
    static Tensor Windows(Call call, Tensor input, Func<double[], int, int, double> function)
    {
        var window = Window.Of(call, input.Shape[2..], Shaping.Sizes(call.Integers("kernel_shape")!.Value.AsSpan()));
        var (size, count) = (Tensor.Product(window.Input), Tensor.Product(window.Output));
        var result = call.Make(input.Type, [.. input.Shape[..2], .. window.Output]);
        var (source, values) = (Numbers.Read(input), new double[result.Count]);
        var all = WithPads(window);
        window.ForEach((at, elements) =>
        {
            var read = new double[elements.Count];
            for (var plane = 0; plane < values.Length / count; plane++)
            {
                for (var i = 0; i < read.Length; i++)
                    read[i] = source[(plane * size) + elements[i].Input];
                values[(plane * count) + at] = function(read, read.Length, all[at]);
            }
        });
        Numbers.Write(result, values);
        return result;
    }

    /// <summary>Elements of each window within the padded input: what lies behind even the pads, where sizes are rounded up, does not count.</summary>
    static int[] WithPads(Window window)
    {
        var outer = window with { Input = [.. window.Input.Select((size, i) => size + window.Before[i] + window.After[i])], Before = new int[window.Kernel.Length], After = new int[window.Kernel.Length] };
        var counts = new int[Tensor.Product(window.Output)];
        outer.ForEach((at, elements) => counts[at] = elements.Count);
        return counts;
    }

    static Tensor Floats(Call call, float none)
    {
        var window = Window.Of(call, call[0].Shape[2..], Shaping.Sizes(call.Integers("kernel_shape")!.Value.AsSpan()));
        var (size, count) = (Tensor.Product(window.Input), Tensor.Product(window.Output));
        var result = call.Make(ElementType.Float, [.. call[0].Shape[..2], .. window.Output]);
        var planes = result.Count / Math.Max(count, 1);
        var (source, target) = (call[0].Memory.Bytes, result.Memory.Bytes);
        window.ForEach((at, elements) =>
        {
            var from = MemoryMarshal.Cast<byte, float>(source.AsSpan());
            var to = MemoryMarshal.Cast<byte, float>(target.AsSpan());
            for (var plane = 0; plane < planes; plane++)
            {
                var largest = none;
                foreach (var (input, _) in elements)
                    largest = Math.Max(largest, from[(plane * size) + input]);
                to[(plane * count) + at] = largest;
            }
        });
        return result;
    }

    static Tensor[] Largest(Call call)
    {
        var window = Window.Of(call, call[0].Shape[2..], Shaping.Sizes(call.Integers("kernel_shape")!.Value.AsSpan()));
        var (size, count, byColumn) = (Tensor.Product(window.Input), Tensor.Product(window.Output), call.Flag("storage_order"));
        int[] shape = [.. call[0].Shape[..2], .. window.Output];
        var (values, places) = (call.Make(call[0].Type, shape), call.Make(ElementType.Int64, shape));
        var (source, largest) = (Numbers.Read(call[0]), new double[values.Count]);
        window.ForEach((at, elements) =>
        {
            for (var plane = 0; plane < largest.Length / count; plane++)
            {
                var best = elements[0].Input;
                foreach (var (input, _) in elements)
                    if (source[(plane * size) + input] > source[(plane * size) + best])
                        best = input;
                largest[(plane * count) + at] = source[(plane * size) + best];
                places.Span<long>()[(plane * count) + at] = (plane * size) + (byColumn && window.Input.Length == 2 ? (best % window.Input[1] * window.Input[0]) + (best / window.Input[1]) : best);
            }
        });
        Numbers.Write(values, largest);
        return call.OutputCount > 1 ? [values, places] : [values];
    }
}
