// Operators that make one element of many along axes. Unaware of graphs.

using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Sums and the like, as doubles in row-major order (integers exactly up to 2^53), softmax, and the place or order of elements.</summary>
static class Reductions
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("ReduceSum", call => Reduce(call, row => Numbers.Sum(row))),
        ("ReduceMean", call => Reduce(call, row => Numbers.Sum(row) / row.Length)),
        ("ReduceMax", call => Reduce(call, row => row.Length == 0 ? double.NegativeInfinity : row.Max())),
        ("ReduceMin", call => Reduce(call, row => row.Length == 0 ? double.PositiveInfinity : row.Min())),
        ("ReduceProd", call => Reduce(call, row => row.Aggregate(1.0, (product, value) => product * value))),
        ("ReduceSumSquare", call => call[0].Type == ElementType.Float && call.IntegersOf(1, "axes") is null or [] && !call.Flag("noop_with_empty_axes") ? [WholeSquares(call)] : Reduce(call, Squares)),
        ("ReduceL1", call => Reduce(call, row => row.Sum(Math.Abs))),
        ("ReduceL2", call => Reduce(call, row => Math.Sqrt(Squares(row)))),
        ("ReduceLogSum", call => Reduce(call, row => Elementary.Log(Numbers.Sum(row)))),
        ("ReduceLogSumExp", call => Reduce(call, row => row.Length == 0 ? double.NegativeInfinity : row.Max() is var top && double.IsInfinity(top) ? top : top + Elementary.Log(row.Sum(value => Elementary.Exp(value - top))))),
        ("Softmax", call => [Softmax(call, (row, to) => SoftmaxRow(row, to))]),
        ("LogSoftmax", call => [Softmax(call, LogSoftmaxRow)]),
        ("Hardmax", call => [Softmax(call, HardmaxRow)]),
        ("ArgMax", call => Place(call, (value, best) => value > best)),
        ("ArgMin", call => Place(call, (value, best) => value < best)),
        ("TopK", TopK),
        ("CumSum", CumulativeSum),
        ("LpNormalization", LpNormalization),
    ];

    /// <summary>e to the power of each value, of their sum.</summary>
    public static void SoftmaxRow(double[] row, double[] to)
    {
        var (top, sum) = (row.Max(), 0.0);
        for (var i = 0; i < row.Length; i++)
            sum += to[i] = Elementary.Exp(row[i] - top);
        for (var i = 0; i < row.Length; i++)
            to[i] /= sum;
    }

    static void LogSoftmaxRow(double[] row, double[] to)
    {
        var top = row.Max();
        var sum = Elementary.Log(row.Sum(value => Elementary.Exp(value - top)));
        for (var i = 0; i < row.Length; i++)
            to[i] = row[i] - top - sum;
    }

    static void HardmaxRow(double[] row, double[] to)
    {
        Array.Clear(to);
        to[Array.IndexOf(row, row.Max())] = 1;
    }

    static double Squares(double[] row)
    {
        var sum = 0.0;
        foreach (var value in row)
            sum += value * value;
        return sum;
    }

    /// <summary>Of all elements at once, without a copy.</summary>
    static Tensor WholeSquares(Call call)
    {
        var sum = Numbers.Sum(call[0].Span<float>(), squares: true);
        var result = call.Make(ElementType.Float, call.Integer("keepdims", 1) != 0 ? [.. call[0].Shape.Select(_ => 1)] : []);
        result.Span<float>()[0] = (float)sum;
        return result;
    }

    static Tensor[] Reduce(Call call, Func<double[], double> function)
    {
        var rank = call[0].Rank;
        var given = call.IntegersOf(1, "axes");
        if (given is null or [] && call.Flag("noop_with_empty_axes"))
            return [call[0].Reshaped(call[0].Shape)];
        var axes = given is null or [] ? Enumerable.Range(0, rank).ToHashSet() : given.Select(axis => call.Axis(axis, rank)).ToHashSet();
        var keeps = call.Integer("keepdims", 1) != 0;
        var shape = call[0].Shape.Select((size, i) => axes.Contains(i) ? keeps ? 1 : -1 : size).Where(size => size >= 0).ToArray();
        var result = call.Make(call[0].Type, shape);
        Numbers.Write(result, [.. Rows(call, call[0], axes).Select(function)]);
        return [result];
    }

    /// <summary>What lies along the axes, for each place of the other dimensions.</summary>
    static IEnumerable<double[]> Rows(Call call, Tensor source, HashSet<int> axes)
    {
        var (rank, strides) = (source.Rank, Movement.Strides(source.Shape));
        int[] order = [.. Enumerable.Range(0, rank).OrderBy(axis => axes.Contains(axis))];
        var length = Tensor.Product([.. axes.Select(axis => source.Shape[axis])]);
        var count = Tensor.Product([.. Enumerable.Range(0, rank).Where(axis => !axes.Contains(axis)).Select(axis => source.Shape[axis])]);
        double[] values;
        if (order.AsSpan().SequenceEqual(Enumerable.Range(0, rank).ToArray()))
            values = Numbers.Read(source);
        else
        {
            var turned = Movement.View(call, source, [.. order.Select(axis => source.Shape[axis])], 0, [.. order.Select(axis => strides[axis])]);
            values = Numbers.Read(turned);
            call.Free(turned);
        }
        for (var i = 0; i < count; i++)
            yield return values[(i * length)..((i + 1) * length)];
    }

    static Tensor Softmax(Call call, Action<double[], double[]> function)
    {
        var source = call[0];
        var axis = call.Axis(call.Integer("axis", call.Opset < 13 ? 1 : -1), source.Rank);
        return Softmax(call, source, axis, call.Opset < 13, function);
    }

    /// <summary>Rows along an axis, or along it and all behind it.</summary>
    public static Tensor Softmax(Call call, Tensor source, int axis, bool flattens, Action<double[], double[]> function)
    {
        var (values, result) = (Numbers.Read(source), call.Make(source.Type, source.Shape));
        if (values.Length == 0)
            return result;
        var inner = flattens ? 1 : Tensor.Product(source.Shape.AsSpan(axis + 1));
        var length = flattens ? Tensor.Product(source.Shape.AsSpan(axis)) : source.Shape[axis];
        var (row, to) = (new double[length], new double[length]);
        for (var start = 0; start < values.Length; start += length * inner)
            for (var offset = start; offset < start + inner; offset++)
            {
                for (var i = 0; i < length; i++)
                    row[i] = values[offset + (i * inner)];
                function(row, to);
                for (var i = 0; i < length; i++)
                    values[offset + (i * inner)] = to[i];
            }
        Numbers.Write(result, values);
        return result;
    }

    static Tensor[] Place(Call call, Func<double, double, bool> isBetter)
    {
        var axis = call.Axis(call.Integer("axis", 0), call[0].Rank);
        var (keeps, last) = (call.Integer("keepdims", 1) != 0, call.Flag("select_last_index"));
        int[] shape = [.. call[0].Shape[..axis], .. keeps ? [1] : Array.Empty<int>(), .. call[0].Shape[(axis + 1)..]];
        var places = Rows(call, call[0], [axis]).Select(row =>
        {
            var best = 0;
            for (var i = 1; i < row.Length; i++)
                if (isBetter(row[i], row[best]) || (last && row[i] == row[best]))
                    best = i;
            return (long)best;
        });
        return [call.Make(ElementType.Int64, shape, places.ToArray())];
    }

    static Tensor[] TopK(Call call)
    {
        var axis = call.Axis(call.Integer("axis", -1), call[0].Rank);
        var count = (int)(call.Opset < 10 ? call.Integer("k", 0) : call[1].Integers()[0]);
        var largest = call.Integer("largest", 1) != 0;
        var shape = (int[])call[0].Shape.Clone();
        shape[axis] = count;
        var (values, places, strides) = (call.Make(call[0].Type, shape), call.Make(ElementType.Int64, shape), Movement.Strides(shape));
        var (found, at, inner) = (new double[values.Count], 0, Tensor.Product(shape.AsSpan(axis + 1)));
        foreach (var row in Rows(call, call[0], [axis]))
        {
            var start = (at / inner * count * inner) + (at % inner);
            var order = Enumerable.Range(0, row.Length).OrderBy(i => largest ? -row[i] : row[i]).ThenBy(i => i).Take(count).ToArray();
            if (order.Length < count)
                throw call.Bad($"{count} of {row.Length} elements are wanted");
            for (var i = 0; i < count; i++)
                (found[start + (i * strides[axis])], places.Span<long>()[start + (i * strides[axis])]) = (row[order[i]], order[i]);
            at++;
        }
        Numbers.Write(values, found);
        return [values, places];
    }

    static Tensor[] CumulativeSum(Call call)
    {
        var axis = call.Axis(call[1].Integers()[0], call[0].Rank);
        var (exclusive, reverse, source) = (call.Flag("exclusive"), call.Flag("reverse"), call[0]);
        return [Softmax(call, source, axis, false, (row, to) =>
        {
            var sum = 0.0;
            for (var k = 0; k < row.Length; k++)
            {
                var i = reverse ? row.Length - 1 - k : k;
                to[i] = exclusive ? sum : sum + row[i];
                sum += row[i];
            }
        })];
    }

    static Tensor[] LpNormalization(Call call)
    {
        var p = call.Integer("p", 2);
        return [Softmax(call, call[0], call.Axis(call.Integer("axis", -1), call[0].Rank), false, (row, to) =>
        {
            var norm = p == 1 ? row.Sum(Math.Abs) : Math.Sqrt(Squares(row));
            for (var i = 0; i < row.Length; i++)
                to[i] = norm == 0 ? 0 : row[i] / norm;
        })];
    }
}
