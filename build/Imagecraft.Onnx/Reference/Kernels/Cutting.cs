// Operators that join, cut, repeat and pad. Unaware of graphs.

using Imagecraft.Onnx.Graphs;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Pieces along dimensions.</summary>
static class Cutting
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("Concat", Concat),
        ("Split", Split),
        ("Slice", Slice),
        ("Tile", Tile),
        ("Pad", Pad),
    ];

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
        foreach (var size in Shaping.Sizes(sizes))
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
        var repeats = Shaping.Sizes(call[1].Integers());
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
            var result = value == 0 ? call.Zeros(source.Type, shape) : Shaping.Filled(call, source.Type, shape, value);
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
}
