// Transposed convolutions of floats. Unaware of activations.

using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Each input is spread over a window of the output: first the products by a matrix product, then their sums, in the order of the kernel's elements.</summary>
/// <remarks>Source: ONNX's operator ConvTranspose.</remarks>
static unsafe class TransposedConvolutions
{
    public static IEnumerable<(string, Kernel)> All => [("ConvTranspose", call => [Of(call)])];

    static Tensor Of(Call call)
    {
        var (x, w, groups) = (call[0], call[1], (int)call.Integer("group", 1));
        if (x.Type != ElementType.Float)
            throw call.Bad($"it has no arithmetic for {Tensor.Name(x.Type)}");
        var (filters, channels) = (w.Shape[1], x.Shape[1] / groups);
        var window = Spread(call, x.Shape[2..], w.Shape[2..]);
        if (window.Kernel.Length > 2)
            throw call.Bad($"convolutions over {window.Kernel.Length} dimensions have no reference arithmetic");
        var (inputs, outputs, size) = (Tensor.Product(window.Output), Tensor.Product(window.Input), window.Size);
        var result = call.Zeros(ElementType.Float, [x.Shape[0], filters * groups, .. window.Input]);
        var spread = new float[filters * size * inputs];
        var packed = call.Keep(1, () => Pack(w, groups, channels, filters * size));
        fixed (byte* from = x.Memory.Bytes)
        fixed (float* products = spread)
        {
            for (var batch = 0; batch < x.Shape[0]; batch++)
                for (var group = 0; group < groups; group++)
                {
                    var first = (batch * groups) + group;
                    FloatProduct.Multiply(packed[group], FloatProduct.Panels((float*)from + ((long)first * channels * inputs), channels, inputs, 1), inputs, products, inputs);
                    Add(spread, result.Span<float>().Slice(first * filters * outputs, filters * outputs), window, inputs, outputs);
                }
        }
        if (call.Optional(2) is { } bias)
            Convolutions.AddByChannel(result.Span<float>(), bias.Span<float>(), outputs);
        return result;
    }

    static PackedRows[] Pack(Tensor w, int groups, int channels, int rows) =>
        [.. Enumerable.Range(0, groups).Select(group => PackedRows.Of(w.Span<float>().Slice(group * channels * rows, channels * rows), rows, channels, 1, rows))];

    // Windows are rows of inputs, and their elements rows of outputs with a step between.
    static void Add(float[] spread, Span<float> result, Window window, int inputs, int outputs)
    {
        var flat = window.Flat();
        var (rows, columns, height, width) = (flat.Output[0], flat.Output[1], flat.Input[0], flat.Input[1]);
        for (var filter = 0; filter < result.Length / outputs; filter++)
            for (var kernel = 0; kernel < flat.Size; kernel++)
            {
                var products = spread.AsSpan(((filter * flat.Size) + kernel) * inputs, inputs);
                var left = (kernel % flat.Kernel[1] * flat.Dilations[1]) - flat.Before[1];
                var top = (kernel / flat.Kernel[1] * flat.Dilations[0]) - flat.Before[0];
                for (var row = 0; row < rows; row++)
                    if ((row * flat.Strides[0]) + top is var y && y >= 0 && y < height)
                        for (int column = 0, x = left; column < columns; column++, x += flat.Strides[1])
                            if (x >= 0 && x < width)
                                result[(filter * outputs) + (y * width) + x] += products[(row * columns) + column];
            }
    }

    /// <summary>The window turned round: its input is what is written.</summary>
    static Window Spread(Call call, int[] input, int[] kernel)
    {
        var rank = kernel.Length;
        var (strides, dilations, extra) = (Window.Attribute(call, "strides", rank, 1), Window.Attribute(call, "dilations", rank, 1), Window.Attribute(call, "output_padding", rank, 0));
        var pads = Window.Attribute(call, "pads", 2 * rank, 0);
        var (before, after, output) = (pads[..rank], pads[rank..], new int[rank]);
        var (auto, wanted) = (call.Text("auto_pad", "NOTSET"), call.Integers("output_shape"));
        for (var i = 0; i < rank; i++)
        {
            var full = ((input[i] - 1) * strides[i]) + extra[i] + ((kernel[i] - 1) * dilations[i]) + 1;
            if (wanted is null && auto is not ("SAME_UPPER" or "SAME_LOWER"))
            {
                output[i] = full - before[i] - after[i];
                continue;
            }
            output[i] = wanted is { } sizes ? (int)sizes[sizes.Length - rank + i] : input[i] * strides[i];
            var total = Math.Max(0, full - output[i]);
            before[i] = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
            after[i] = total - before[i];
        }
        return new(kernel, strides, dilations, before, after, output, input);
    }
}
