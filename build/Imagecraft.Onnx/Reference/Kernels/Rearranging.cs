// Operators that put elements into another order. Unaware of graphs.

using Imagecraft.Onnx.Graphs;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Permutations, and what stays of a triangle.</summary>
static class Rearranging
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("Transpose", Transpose),
        ("Trilu", Trilu),
        ("DepthToSpace", DepthToSpace),
        ("SpaceToDepth", SpaceToDepth),
        ("ReverseSequence", ReverseSequence),
    ];

    static Tensor[] Transpose(Call call)
    {
        var rank = call[0].Rank;
        var order = call.Integers("perm") is { } given ? Shaping.Sizes(given.AsSpan()) : [.. Enumerable.Range(0, rank).Reverse()];
        var strides = Movement.Strides(call[0].Shape);
        return [Movement.View(call, call[0], [.. order.Select(axis => call[0].Shape[axis])], 0, [.. order.Select(axis => strides[axis])])];
    }

    static Tensor[] Trilu(Call call)
    {
        var (rows, columns) = (call[0].Shape[^2], call[0].Shape[^1]);
        var (k, upper) = (call.Optional(1) is { } given ? given.Integers()[0] : 0, call.Integer("upper", 1) != 0);
        var result = Movement.View(call, call[0], call[0].Shape, 0, Movement.Strides(call[0].Shape));
        var (size, bytes) = (Tensor.SizeOf(result.Type), result.Memory.Bytes);
        for (var i = 0; i < result.Count; i++)
        {
            var (row, column) = (i / columns % rows, i % columns);
            if (upper ? column - row < k : column - row > k)
                bytes.AsSpan(i * size, size).Clear();
        }
        return [result];
    }

    static Tensor[] DepthToSpace(Call call)
    {
        var (b, s) = ((int)call.Integer("blocksize", 1), call[0].Shape);
        var channels = s[1] / (b * b);
        var columnsFirst = call.Text("mode", "DCR") == "CRD";
        var parts = call[0].Reshaped(columnsFirst ? [s[0], channels, b, b, s[2], s[3]] : [s[0], b, b, channels, s[2], s[3]]);
        return [Permuted(call, parts, columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2], [s[0], channels, s[2] * b, s[3] * b])];
    }

    static Tensor[] SpaceToDepth(Call call)
    {
        var (b, s) = ((int)call.Integer("blocksize", 1), call[0].Shape);
        var parts = call[0].Reshaped([s[0], s[1], s[2] / b, b, s[3] / b, b]);
        return [Permuted(call, parts, [0, 3, 5, 1, 2, 4], [s[0], s[1] * b * b, s[2] / b, s[3] / b])];
    }

    static Tensor Permuted(Call call, Tensor source, int[] order, int[] shape)
    {
        var strides = Movement.Strides(source.Shape);
        var result = Movement.View(call, source, [.. order.Select(axis => source.Shape[axis])], 0, [.. order.Select(axis => strides[axis])]);
        call.Free(source);
        return new(result.Type, shape, result.Memory);
    }

    static Tensor[] ReverseSequence(Call call)
    {
        var (time, batch) = ((int)call.Integer("time_axis", 0), (int)call.Integer("batch_axis", 1));
        var (lengths, strides) = (call[1].Integers(), Movement.Strides(call[0].Shape));
        var result = Movement.View(call, call[0], call[0].Shape, 0, strides);
        for (var item = 0; item < lengths.Length; item++)
        {
            var shape = (int[])call[0].Shape.Clone();
            (shape[batch], shape[time]) = (1, (int)lengths[item]);
            var turned = (int[])strides.Clone();
            turned[time] = -turned[time];
            Movement.Copy(call[0], (item * strides[batch]) + (((int)lengths[item] - 1) * strides[time]), turned, shape, result, item * strides[batch], strides);
        }
        return [result];
    }
}
