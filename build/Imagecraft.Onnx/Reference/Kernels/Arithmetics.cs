// Sums, products and the like of two tensors. Unaware of what they mean.

using System.Numerics;
using System.Numerics.Tensors;
using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>An operation on rows: of two, of a row and a number, of a number and a row.</summary>
interface IRowOperation
{
    static abstract void Rows<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T>;

    static abstract void Rows<T>(ReadOnlySpan<T> left, T right, Span<T> result) where T : INumber<T>;

    static abstract void Rows<T>(T left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T>;
}

/// <summary>Operators of two operands of one number type, broadcast. IEEE 754 fixes the results of all row operations used.</summary>
static class Arithmetics
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("Add", call => [Of<Sum>(call, call[0], call[1])]),
        ("Sub", call => [Of<Difference>(call, call[0], call[1])]),
        ("Mul", call => [Of<Product>(call, call[0], call[1])]),
        ("Div", call => [Of<Quotient>(call, call[0], call[1])]),
        ("Sum", call => Folded<Sum>(call)),
        ("Max", call => Folded<Largest>(call)),
        ("Min", call => Folded<Least>(call)),
        ("Mean", Mean),
        ("Pow", Power),
        ("Mod", Modulo),
        ("PRelu", call => [Floating(call, call[0], call[1], (x, slope) => x < 0 ? slope * x : x)]),
        ("BitwiseAnd", call => [Bits(call, (x, y) => x & y)]),
        ("BitwiseOr", call => [Bits(call, (x, y) => x | y)]),
        ("BitwiseXor", call => [Bits(call, (x, y) => x ^ y)]),
        ("BitShift", call => [call.Text("direction", "LEFT") == "LEFT" ? Bits(call, (x, y) => y >= 64 ? 0 : x << (int)y) : Bits(call, (x, y) => y >= 64 ? 0 : x >> (int)y)]),
    ];

    public static Tensor Of<TOperation>(Call call, Tensor left, Tensor right) where TOperation : IRowOperation => left.Type switch
    {
        ElementType.Float => Of<float, TOperation>(call, left, right),
        ElementType.Double => Of<double, TOperation>(call, left, right),
        ElementType.Float16 => Of<Half, TOperation>(call, left, right),
        ElementType.Int64 => Of<long, TOperation>(call, left, right),
        ElementType.Int32 => Of<int, TOperation>(call, left, right),
        ElementType.Int16 => Of<short, TOperation>(call, left, right),
        ElementType.Int8 => Of<sbyte, TOperation>(call, left, right),
        ElementType.Uint64 => Of<ulong, TOperation>(call, left, right),
        ElementType.Uint32 => Of<uint, TOperation>(call, left, right),
        ElementType.Uint16 => Of<ushort, TOperation>(call, left, right),
        ElementType.Uint8 => Of<byte, TOperation>(call, left, right),
        var other => throw call.Bad($"it has no arithmetic for {Tensor.Name(other)}"),
    };

    /// <summary>A function of two floating-point operands, element by element.</summary>
    public static Tensor Floating(Call call, Tensor left, Tensor right, Func<float, float, float> function)
    {
        var shape = Movement.BroadcastShape(call, left.Shape, right.Shape);
        var (a, b, result) = (Movement.Expanded(call, left, shape), Movement.Expanded(call, right, shape), call.Make(left.Type, shape));
        if (left.Type == ElementType.Float)
            for (var i = 0; i < result.Count; i++)
                result.Span<float>()[i] = function(a.Span<float>()[i], b.Span<float>()[i]);
        else
            Numbers.Write(result, Numbers.Read(a).Zip(Numbers.Read(b), (x, y) => (double)function((float)x, (float)y)).ToArray());
        call.Free(a);
        call.Free(b);
        return result;
    }

    static Tensor Of<T, TOperation>(Call call, Tensor left, Tensor right) where T : unmanaged, INumber<T> where TOperation : IRowOperation
    {
        if (right.Type != left.Type)
            throw call.Bad($"its operands are {Tensor.Name(left.Type)} and {Tensor.Name(right.Type)}");
        var shape = Movement.BroadcastShape(call, left.Shape, right.Shape);
        var result = call.Make(left.Type, shape);
        Movement.ForEachRow(left.Shape, right.Shape, shape, (at, x, y, row, leftRuns, rightRuns) =>
        {
            var to = result.Span<T>().Slice(at, row);
            if (leftRuns && rightRuns)
                TOperation.Rows<T>(left.Span<T>().Slice(x, row), right.Span<T>().Slice(y, row), to);
            else if (leftRuns)
                TOperation.Rows(left.Span<T>().Slice(x, row), right.Span<T>()[y], to);
            else
                TOperation.Rows(left.Span<T>()[x], right.Span<T>().Slice(y, row), to);
        });
        return result;
    }

    static Tensor[] Folded<TOperation>(Call call) where TOperation : IRowOperation
    {
        var result = call[0].Reshaped(call[0].Shape);
        for (var i = 1; i < call.InputCount; i++)
        {
            var next = Of<TOperation>(call, result, call[i]);
            call.Free(result);
            result = next;
        }
        return [result];
    }

    static Tensor[] Mean(Call call)
    {
        var (sum, count) = (Folded<Sum>(call)[0], call.Make(call[0].Type, []));
        Numbers.Write(count, [call.InputCount]);
        return [Of<Quotient>(call, sum, count)];
    }

    static Tensor[] Power(Call call)
    {
        var shape = Movement.BroadcastShape(call, call[0].Shape, call[1].Shape);
        var (a, b, result) = (Movement.Expanded(call, call[0], shape), Movement.Expanded(call, call[1], shape), call.Make(call[0].Type, shape));
        var (x, y) = (Numbers.Read(a), Numbers.Read(b));
        for (var i = 0; i < x.Length; i++)
            x[i] = Elementary.Pow(x[i], y[i]);
        Numbers.Write(result, x);
        return [result];
    }

    static Tensor[] Modulo(Call call)
    {
        var shape = Movement.BroadcastShape(call, call[0].Shape, call[1].Shape);
        var (a, b, result) = (Movement.Expanded(call, call[0], shape), Movement.Expanded(call, call[1], shape), call.Make(call[0].Type, shape));
        var (x, y, asC) = (Numbers.Read(a), Numbers.Read(b), call.Flag("fmod"));
        for (var i = 0; i < x.Length; i++)
        {
            // C's remainder has the sign of the dividend, Python's that of the divisor. Both are exact.
            var rest = x[i] % y[i];
            x[i] = asC || rest == 0 || (rest < 0) == (y[i] < 0) ? rest : rest + y[i];
        }
        Numbers.Write(result, x);
        return [result];
    }

    static Tensor Bits(Call call, Func<ulong, ulong, ulong> function)
    {
        var shape = Movement.BroadcastShape(call, call[0].Shape, call[1].Shape);
        var (a, b, result) = (Movement.Expanded(call, call[0], shape), Movement.Expanded(call, call[1], shape), call.Make(call[0].Type, shape));
        var (x, y) = (Numbers.ReadIntegers(a), Numbers.ReadIntegers(b));
        Numbers.WriteIntegers(result, [.. x.Zip(y, (p, q) => unchecked((long)function((ulong)p, (ulong)q)))]);
        return result;
    }
}

readonly struct Sum : IRowOperation
{
    public static void Rows<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Add(left, right, result);

    public static void Rows<T>(ReadOnlySpan<T> left, T right, Span<T> result) where T : INumber<T> => TensorPrimitives.Add(left, right, result);

    public static void Rows<T>(T left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Add(right, left, result);
}

readonly struct Difference : IRowOperation
{
    public static void Rows<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Subtract(left, right, result);

    public static void Rows<T>(ReadOnlySpan<T> left, T right, Span<T> result) where T : INumber<T> => TensorPrimitives.Subtract(left, right, result);

    public static void Rows<T>(T left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Subtract(left, right, result);
}

readonly struct Product : IRowOperation
{
    public static void Rows<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Multiply(left, right, result);

    public static void Rows<T>(ReadOnlySpan<T> left, T right, Span<T> result) where T : INumber<T> => TensorPrimitives.Multiply(left, right, result);

    public static void Rows<T>(T left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Multiply(right, left, result);
}

readonly struct Quotient : IRowOperation
{
    public static void Rows<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Divide(left, right, result);

    public static void Rows<T>(ReadOnlySpan<T> left, T right, Span<T> result) where T : INumber<T> => TensorPrimitives.Divide(left, right, result);

    public static void Rows<T>(T left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Divide(left, right, result);
}

readonly struct Largest : IRowOperation
{
    public static void Rows<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Max(left, right, result);

    public static void Rows<T>(ReadOnlySpan<T> left, T right, Span<T> result) where T : INumber<T> => TensorPrimitives.Max(left, right, result);

    public static void Rows<T>(T left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Max(right, left, result);
}

readonly struct Least : IRowOperation
{
    public static void Rows<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Min(left, right, result);

    public static void Rows<T>(ReadOnlySpan<T> left, T right, Span<T> result) where T : INumber<T> => TensorPrimitives.Min(left, right, result);

    public static void Rows<T>(T left, ReadOnlySpan<T> right, Span<T> result) where T : INumber<T> => TensorPrimitives.Min(right, left, result);
}
