// Operators that make, move and reshape elements without computing. Unaware of graphs.

using Imagecraft.Onnx.Graphs;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Views, copies and constants.</summary>
static class Shaping
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("Identity", call => [call[0].Reshaped(call[0].Shape)]),
        ("Constant", Constant),
        ("Dropout", Dropout),
        ("Cast", Cast),
        ("CastLike", call => [To(call, call[0], call[1].Type)]),
        ("Shape", Shape),
        ("Size", call => [call.Make(ElementType.Int64, [], [call[0].Count])]),
        ("Reshape", Reshape),
        ("Flatten", Flatten),
        ("Squeeze", Squeeze),
        ("Unsqueeze", Unsqueeze),
        ("Transpose", Transpose),
        ("Concat", Concat),
        ("Split", Split),
        ("Slice", Slice),
        ("Expand", call => [Movement.Expanded(call, call[0], Movement.BroadcastShape(call, call[0].Shape, Sizes(call[1].Integers())))]),
        ("Tile", Tile),
        ("Pad", Pad),
        ("ConstantOfShape", ConstantOfShape),
        ("Range", Range),
        ("EyeLike", EyeLike),
        ("Trilu", Trilu),
        ("DepthToSpace", DepthToSpace),
        ("SpaceToDepth", SpaceToDepth),
        ("ReverseSequence", ReverseSequence),
    ];

    public static int[] Sizes(ReadOnlySpan<long> values)
    {
        var sizes = new int[values.Length];
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = checked((int)values[i]);
        return sizes;
    }

    public static Tensor Filled(Call call, ElementType type, int[] shape, double value)
    {
        var result = call.Make(type, shape);
        var values = new double[result.Count];
        Array.Fill(values, value);
        Numbers.Write(result, values);
        return result;
    }

    static Tensor[] Dropout(Call call)
    {
        if (call.Optional(2) is { } training && training.Span<byte>()[0] != 0)
            throw call.Bad("training has no reference arithmetic");
        var same = call[0].Reshaped(call[0].Shape);
        return call.OutputCount > 1 ? [same, Filled(call, ElementType.Bool, same.Shape, 1)] : [same];
    }

    static Tensor[] Constant(Call call)
    {
        if (call.Node.GetTensor("value") is { } tensor)
            return [Tensor.Of(tensor)];
        if (call.Integers("value_ints") is { } integers)
            return [call.Make(ElementType.Int64, [integers.Length], integers.AsSpan())];
        if (call.Node.Has("value_int"))
            return [call.Make(ElementType.Int64, [], [call.Integer("value_int", 0)])];
        var floats = call.Node.GetNumbers("value_floats");
        if (floats is null && !call.Node.Has("value_float"))
            throw call.Bad("its value is neither a tensor nor numbers");
        var result = call.Make(ElementType.Float, floats is null ? [] : [floats.Value.Length]);
        (floats ?? [call.Number("value_float", 0)]).AsSpan().CopyTo(result.Span<float>());
        return [result];
    }

    static Tensor[] Cast(Call call) => [To(call, call[0], (ElementType)call.Integer("to", 0))];

    static Tensor To(Call call, Tensor source, ElementType type)
    {
        if (source.Type == type)
            return source.Reshaped(source.Shape);
        var result = call.Make(type, source.Shape);
        if (Numbers.IsFloating(source.Type) || Numbers.IsFloating(type) || type == ElementType.Bool)
            Numbers.Write(result, Numbers.Read(source));
        else
            Numbers.WriteIntegers(result, Numbers.ReadIntegers(source));
        return result;
    }

    static Tensor[] Shape(Call call)
    {
        var rank = call[0].Rank;
        var (start, end) = (Clamped(call.Integer("start", 0), rank), Clamped(call.Integer("end", rank), rank));
        var sizes = call[0].Shape.AsSpan(start, Math.Max(end - start, 0)).ToArray();
        return [call.Make(ElementType.Int64, [sizes.Length], Array.ConvertAll(sizes, size => (long)size))];
    }

    static int Clamped(long position, int limit) => (int)Math.Clamp(position < 0 ? position + limit : position, 0, limit);

    static Tensor[] Reshape(Call call)
    {
        var wanted = call.IntegersOf(1, "shape") ?? throw call.Bad("its shape is missing");
        var (shape, known, open) = (new int[wanted.Length], 1L, -1);
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = wanted[i] == 0 && !call.Flag("allowzero") ? call[0].Shape[i] : checked((int)wanted[i]);
            if (shape[i] == -1)
                open = i;
            else
                known *= shape[i];
        }
        if (open >= 0)
            shape[open] = known == 0 ? 0 : (int)(call[0].Count / known);
        if (Tensor.Product(shape) != call[0].Count)
            throw call.Bad($"[{string.Join(", ", call[0].Shape)}] cannot become [{string.Join(", ", wanted)}]");
        return [call[0].Reshaped(shape)];
    }

    static Tensor[] Flatten(Call call)
    {
        var axis = call.Integer("axis", 1);
        var at = (int)(axis < 0 ? axis + call[0].Rank : axis);
        var rows = Tensor.Product(call[0].Shape.AsSpan(0, at));
        return [call[0].Reshaped([rows, Tensor.Product(call[0].Shape.AsSpan(at))])];
    }

    static Tensor[] Squeeze(Call call)
    {
        var axes = call.IntegersOf(1, "axes")?.Select(axis => call.Axis(axis, call[0].Rank)).ToHashSet();
        return [call[0].Reshaped([.. call[0].Shape.Where((size, i) => axes is null ? size != 1 : !axes.Contains(i))])];
    }

    static Tensor[] Unsqueeze(Call call)
    {
        var given = call.IntegersOf(1, "axes") ?? throw call.Bad("its axes are missing");
        var rank = call[0].Rank + given.Length;
        var (axes, sizes) = (given.Select(axis => call.Axis(axis, rank)).ToHashSet(), new Queue<int>(call[0].Shape));
        return [call[0].Reshaped([.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? 1 : sizes.Dequeue())])];
    }

    static Tensor[] Transpose(Call call)
    {
        var rank = call[0].Rank;
        var order = call.Integers("perm") is { } given ? Sizes(given.AsSpan()) : [.. Enumerable.Range(0, rank).Reverse()];
        var strides = Movement.Strides(call[0].Shape);
        return [Movement.View(call, call[0], [.. order.Select(axis => call[0].Shape[axis])], 0, [.. order.Select(axis => strides[axis])])];
    }

    static Tensor[] Concat(Call call)
    {
        var axis = call.Axis(call.Integer("axis", 0), call[0].Rank);
        var shape = (int[])call[0].Shape.Clone();
        shape[axis] = call.All.Sum(part => part.Shape[axis]);
        var result = call.Make(call[0].Type, shape);
        var (strides, at) = (Movement.Strides(shape), 0);
        foreach (var part in call.All)
        {
            Movement.Copy(part, 0, Movement.Strides(part.Shape), part.Shape, result, at * strides[axis], strides);
            at += part.Shape[axis];
        }
        return [result];
    }

    static Tensor[] Split(Call call)
    {
        var axis = call.Axis(call.Integer("axis", 0), call[0].Rank);
        var whole = call[0].Shape[axis];
        var pieces = (int)call.Integer("num_outputs", call.OutputCount);
        var each = (whole + pieces - 1) / pieces;
        var sizes = call.IntegersOf(1, "split") ?? [.. Enumerable.Range(0, pieces).Select(i => (long)Math.Clamp(whole - (i * each), 0, each))];
        var (strides, results, at) = (Movement.Strides(call[0].Shape), new List<Tensor>(), 0);
        foreach (var size in Sizes(sizes))
        {
            var shape = (int[])call[0].Shape.Clone();
            shape[axis] = size;
            results.Add(Movement.View(call, call[0], shape, at * strides[axis], strides));
            at += size;
        }
        return at == whole ? [.. results] : throw call.Bad($"its parts have {at} of {whole} elements");
    }

    static Tensor[] Slice(Call call)
    {
        var (starts, ends) = (call.IntegersOf(1, "starts")!, call.IntegersOf(2, "ends")!);
        var axes = call.IntegersOf(3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        var steps = call.Optional(4)?.Integers();
        var (shape, strides, offset) = ((int[])call[0].Shape.Clone(), Movement.Strides(call[0].Shape), 0);
        for (var i = 0; i < starts.Length; i++)
        {
            var (axis, step) = (call.Axis(axes[i], call[0].Rank), steps?[i] ?? 1);
            long size = call[0].Shape[axis];
            var (start, end) = (starts[i] < 0 ? starts[i] + size : starts[i], ends[i] < 0 ? Math.Max(ends[i], long.MinValue + size) + size : ends[i]);
            (start, end) = step > 0 ? (Math.Clamp(start, 0, size), Math.Clamp(end, 0, size)) : (Math.Clamp(start, 0, size - 1), Math.Clamp(end, -1, size - 1));
            shape[axis] = (int)Math.Max(0, Math.Ceiling((end - start) / (double)step));
            offset += (int)start * strides[axis];
            // A step beyond the end is never taken.
            strides[axis] *= (int)Math.Clamp(step, -size, Math.Max(size, 1));
        }
        return [Movement.View(call, call[0], shape, offset, strides)];
    }

    static Tensor[] Tile(Call call)
    {
        var repeats = Sizes(call[1].Integers());
        // Each dimension becomes two: the repeat and the own.
        var own = Movement.Strides(call[0].Shape);
        var shape = call[0].Shape.SelectMany((size, i) => new[] { repeats[i], size }).ToArray();
        var result = Movement.View(call, call[0], shape, 0, [.. own.SelectMany(stride => new[] { 0, stride })]);
        return [new Tensor(result.Type, [.. call[0].Shape.Select((size, i) => size * repeats[i])], result.Memory)];
    }

    static Tensor[] Pad(Call call)
    {
        var rank = call[0].Rank;
        var given = call.IntegersOf(1, "pads")!;
        var axes = call.Optional(3)?.Integers().Select(axis => call.Axis(axis, rank)).ToArray() ?? [.. Enumerable.Range(0, rank)];
        var (before, after) = (new int[rank], new int[rank]);
        for (var i = 0; i < axes.Length; i++)
            (before[axes[i]], after[axes[i]]) = ((int)given[i], (int)given[i + axes.Length]);
        var mode = call.Text("mode", "constant");
        var value = call.Opset < 11 ? call.Number("value", 0) : call.Optional(2) is { Count: 1 } constant ? Numbers.Read(constant)[0] : 0;
        return [Padded(call, call[0], before, after, mode, value)];
    }

    /// <summary>Adds or, where negative, takes elements at the ends of each dimension.</summary>
    public static Tensor Padded(Call call, Tensor source, int[] before, int[] after, string mode, double value)
    {
        var shape = source.Shape.Select((size, i) => size + before[i] + after[i]).ToArray();
        if (mode == "constant")
        {
            var result = value == 0 ? call.Zeros(source.Type, shape) : Filled(call, source.Type, shape, value);
            var (from, to) = (Movement.Strides(source.Shape), Movement.Strides(shape));
            var kept = source.Shape.Select((size, i) => Math.Max(0, size + Math.Min(before[i], 0) + Math.Min(after[i], 0))).ToArray();
            Movement.Copy(source, Enumerable.Range(0, shape.Length).Sum(i => Math.Max(-before[i], 0) * from[i]), from, kept, result, Enumerable.Range(0, shape.Length).Sum(i => Math.Max(before[i], 0) * to[i]), to);
            return result;
        }
        var padded = source.Reshaped(source.Shape);
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var size = source.Shape[axis];
            var places = Enumerable.Range(-before[axis], shape[axis]).Select(at => mode switch
            {
                "edge" => Math.Clamp(at, 0, size - 1),
                "wrap" => ((at % size) + size) % size,
                "reflect" => Reflected(at, size),
                _ => throw call.Bad($"the mode `{mode}` is unknown"),
            }).ToArray();
            if (before[axis] == 0 && after[axis] == 0)
                continue;
            var next = Gathering.Along(call, padded, axis, places);
            call.Free(padded);
            padded = next;
        }
        return padded;
    }

    static int Reflected(int at, int size)
    {
        if (size == 1)
            return 0;
        var period = 2 * (size - 1);
        at = ((at % period) + period) % period;
        return at < size ? at : period - at;
    }

    static Tensor[] ConstantOfShape(Call call)
    {
        var value = call.Node.GetTensor("value") is { } tensor ? Tensor.Of(tensor) : call.Zeros(ElementType.Float);
        return [Movement.View(call, value, Sizes(call[0].Integers()), 0, new int[call[0].Count])];
    }

    static Tensor[] Range(Call call)
    {
        if (!Numbers.IsFloating(call[0].Type))
        {
            var (first, limit, step) = (Numbers.ReadIntegers(call[0])[0], Numbers.ReadIntegers(call[1])[0], Numbers.ReadIntegers(call[2])[0]);
            var count = checked((int)Int128.Max(0, ((Int128)limit - first + step - Math.Sign(step)) / step));
            var whole = call.Make(call[0].Type, count);
            Numbers.WriteIntegers(whole, [.. Enumerable.Range(0, count).Select(i => first + (i * step))]);
            return [whole];
        }
        var (start, end, delta) = (Numbers.Read(call[0])[0], Numbers.Read(call[1])[0], Numbers.Read(call[2])[0]);
        var result = call.Make(call[0].Type, checked((int)Math.Max(0, Math.Ceiling((end - start) / delta))));
        Numbers.Write(result, [.. Enumerable.Range(0, result.Count).Select(i => start + (i * delta))]);
        return [result];
    }

    static Tensor[] EyeLike(Call call)
    {
        var (rows, columns, k) = (call[0].Shape[0], call[0].Shape[1], (int)call.Integer("k", 0));
        var result = call.Make((ElementType)call.Integer("dtype", (long)call[0].Type), rows, columns);
        Numbers.Write(result, [.. Enumerable.Range(0, rows * columns).Select(i => (i % columns) - (i / columns) == k ? 1.0 : 0)]);
        return [result];
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
