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
        ("Expand", call => [Movement.Expanded(call, call[0], Movement.BroadcastShape(call, call[0].Shape, Sizes(call[1].Integers())))]),
        ("ConstantOfShape", ConstantOfShape),
        ("Range", Range),
        ("EyeLike", EyeLike),
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
            throw call.Bad("training has no reference arithmetic; export the network for inference");
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
}
