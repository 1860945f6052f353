// Operators that pick elements by indices, or put them there. Unaware of graphs.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Gather, scatter and their like. Negative indices count from the end; others are errors.</summary>
static class Gathering
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("Gather", Gather),
        ("GatherElements", GatherElements),
        ("GatherND", GatherBlocks),
        ("Scatter", ScatterElements),
        ("ScatterElements", ScatterElements),
        ("ScatterND", ScatterBlocks),
        ("OneHot", OneHot),
        ("NonZero", NonZero),
        ("Compress", Compress),
    ];

    /// <summary>Slices along an axis, in the order of places.</summary>
    public static Tensor Along(Call call, Tensor source, int axis, ReadOnlySpan<int> places)
    {
        var shape = (int[])source.Shape.Clone();
        shape[axis] = places.Length;
        var result = call.Make(source.Type, shape);
        var inner = Tensor.Product(source.Shape.AsSpan(axis + 1)) * Tensor.SizeOf(source.Type);
        var outer = Tensor.Product(source.Shape.AsSpan(0, axis));
        if (inner == 4 && Tensor.SizeOf(source.Type) == 4)
            Pick(source.Span<uint>(), result.Span<uint>(), source.Shape[axis], places);
        else if (inner == 1)
            Pick(source.Span<byte>(), result.Span<byte>(), source.Shape[axis], places);
        else
            Blocks(source, result, source.Shape[axis], inner, outer, places);
        return result;
    }

    static void Pick<T>(Span<T> from, Span<T> to, int length, ReadOnlySpan<int> places)
    {
        for (int start = 0, at = 0; start < from.Length; start += length)
            foreach (var place in places)
                to[at++] = from[start + place];
    }

    static void Blocks(Tensor source, Tensor result, int length, int inner, int outer, ReadOnlySpan<int> places)
    {
        var from = source.Memory.Bytes.AsSpan();
        var to = result.Memory.Bytes.AsSpan();
        var at = 0;
        for (var i = 0; i < outer; i++)
            foreach (var place in places)
            {
                from.Slice(((i * length) + place) * inner, inner).CopyTo(to[at..]);
                at += inner;
            }
    }

    public static int[] Places(Call call, Tensor indices, int size) =>
        [.. indices.Integers().Select(index => index >= -size && index < size ? (int)(index < 0 ? index + size : index) : throw call.Bad($"the index {index} is not one of {size}"))];

    static Tensor[] Gather(Call call)
    {
        var axis = call.Axis(call.Integer("axis", 0), call[0].Rank);
        var picked = Along(call, call[0], axis, Places(call, call[1], call[0].Shape[axis]));
        return [new Tensor(picked.Type, [.. call[0].Shape[..axis], .. call[1].Shape, .. call[0].Shape[(axis + 1)..]], picked.Memory)];
    }

    static Tensor[] GatherElements(Call call)
    {
        var axis = call.Axis(call.Integer("axis", 0), call[0].Rank);
        var (places, strides, size) = (Places(call, call[1], call[0].Shape[axis]), Movement.Strides(call[0].Shape), Tensor.SizeOf(call[0].Type));
        var result = call.Make(call[0].Type, call[1].Shape);
        ForEach(call[1].Shape, (at, index) => call[0].Memory.Bytes.AsSpan(Offset(index, strides, axis, places[at]) * size, size).CopyTo(result.Memory.Bytes.AsSpan(at * size)));
        return [result];
    }

    static Tensor[] ScatterElements(Call call)
    {
        var axis = call.Axis(call.Integer("axis", 0), call[0].Rank);
        var (places, strides) = (Places(call, call[1], call[0].Shape[axis]), Movement.Strides(call[0].Shape));
        var result = Movement.View(call, call[0], call[0].Shape, 0, strides);
        var put = Put(call, result, call[2]);
        ForEach(call[1].Shape, (at, index) => put(Offset(index, strides, axis, places[at]), at));
        return [result];
    }

    static Tensor[] GatherBlocks(Call call)
    {
        var batch = (int)call.Integer("batch_dims", 0);
        var (indices, depth) = (call[1].Integers(), call[1].Shape[^1]);
        var strides = Movement.Strides(call[0].Shape);
        var block = Tensor.Product(call[0].Shape.AsSpan(batch + depth)) * Tensor.SizeOf(call[0].Type);
        var result = call.Make(call[0].Type, [.. call[1].Shape[..^1], .. call[0].Shape[(batch + depth)..]]);
        var perBatch = Tensor.Product(call[1].Shape.AsSpan(batch, call[1].Rank - batch - 1));
        var batchSize = Tensor.Product(call[0].Shape.AsSpan(batch));
        for (var i = 0; i < indices.Length / Math.Max(depth, 1); i++)
        {
            var from = i / Math.Max(perBatch, 1) * batchSize;
            for (var k = 0; k < depth; k++)
                from += Place(call, indices[(i * depth) + k], call[0].Shape[batch + k]) * strides[batch + k];
            call[0].Memory.Bytes.AsSpan(from * Tensor.SizeOf(call[0].Type), block).CopyTo(result.Memory.Bytes.AsSpan(i * block));
        }
        return [result];
    }

    static Tensor[] ScatterBlocks(Call call)
    {
        var (indices, depth, strides) = (call[1].Integers(), call[1].Shape[^1], Movement.Strides(call[0].Shape));
        var block = Tensor.Product(call[0].Shape.AsSpan(depth));
        var result = Movement.View(call, call[0], call[0].Shape, 0, strides);
        var put = Put(call, result, call[2]);
        for (var i = 0; i < indices.Length / Math.Max(depth, 1); i++)
        {
            var to = 0;
            for (var k = 0; k < depth; k++)
                to += Place(call, indices[(i * depth) + k], call[0].Shape[k]) * strides[k];
            for (var j = 0; j < block; j++)
                put(to + j, (i * block) + j);
        }
        return [result];
    }

    /// <summary>Stores an element of the updates into the result by the node's reduction.</summary>
    static Action<int, int> Put(Call call, Tensor result, Tensor updates)
    {
        var (reduction, size) = (call.Text("reduction", "none"), Tensor.SizeOf(result.Type));
        if (reduction == "none")
            return (to, from) => updates.Memory.Bytes.AsSpan(from * size, size).CopyTo(result.Memory.Bytes.AsSpan(to * size));
        var (own, given) = (new Tensor(result.Type, [1], new(new byte[size])), Numbers.Read(updates));
        return (to, from) =>
        {
            result.Memory.Bytes.AsSpan(to * size, size).CopyTo(own.Memory.Bytes);
            var before = Numbers.Read(own)[0];
            Numbers.Write(own, [reduction switch
            {
                "add" => before + given[from],
                "mul" => before * given[from],
                "max" => Math.Max(before, given[from]),
                "min" => Math.Min(before, given[from]),
                var other => throw call.Bad($"the reduction `{other}` is unknown"),
            }]);
            own.Memory.Bytes.CopyTo(result.Memory.Bytes.AsSpan(to * size));
        };
    }

    static int Place(Call call, long index, int size) => index >= -size && index < size ? (int)(index < 0 ? index + size : index) : throw call.Bad($"the index {index} is not one of {size}");

    static int Offset(int[] index, int[] strides, int axis, int place)
    {
        var offset = 0;
        for (var i = 0; i < index.Length; i++)
            offset += (i == axis ? place : index[i]) * strides[i];
        return offset;
    }

    static void ForEach(int[] shape, Action<int, int[]> visit)
    {
        var (index, count) = (new int[shape.Length], Tensor.Product(shape));
        for (var at = 0; at < count; at++)
        {
            visit(at, index);
            for (var axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
                index[axis] = 0;
        }
    }

    static Tensor[] OneHot(Call call)
    {
        var (depth, values) = ((int)Numbers.Read(call[1])[0], Numbers.Read(call[2]));
        var axis = call.Axis(call.Integer("axis", -1), call[0].Rank + 1);
        int[] shape = [.. call[0].Shape[..axis], depth, .. call[0].Shape[axis..]];
        var (inner, indices) = (Tensor.Product(call[0].Shape.AsSpan(axis)), Numbers.Read(call[0]));
        var (result, hot) = (call.Make(call[2].Type, shape), new double[Tensor.Product(shape)]);
        Array.Fill(hot, values[0]);
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i] < 0 ? indices[i] + depth : indices[i];
            if (index >= 0 && index < depth)
                hot[(((i / inner) * depth) + (int)index) * inner + (i % inner)] = values[1];
        }
        Numbers.Write(result, hot);
        return [result];
    }

    static Tensor[] NonZero(Call call)
    {
        var values = Numbers.Read(call[0]);
        var (found, strides) = (Enumerable.Range(0, values.Length).Where(i => values[i] != 0).ToArray(), Movement.Strides(call[0].Shape));
        var places = call[0].Shape.SelectMany((size, axis) => found.Select(i => (long)(i / strides[axis] % size))).ToArray();
        return [call.Make(ElementType.Int64, [call[0].Rank, found.Length], places)];
    }

    static Tensor[] Compress(Call call)
    {
        var flat = !Imagecraft.Onnx.Graphs.NodeAttributes.Has(call.Node, "axis");
        var source = flat ? call[0].Reshaped([call[0].Count]) : call[0].Reshaped(call[0].Shape);
        var axis = flat ? 0 : call.Axis(call.Integer("axis", 0), source.Rank);
        var wanted = call[1].Span<byte>().ToArray();
        var result = Along(call, source, axis, [.. Enumerable.Range(0, Math.Min(wanted.Length, source.Shape[axis])).Where(i => wanted[i] != 0)]);
        call.Free(source);
        return [result];
    }
}
