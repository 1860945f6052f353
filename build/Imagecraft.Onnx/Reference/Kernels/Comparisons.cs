// Operators that give booleans, or choose by them. Unaware of graphs.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Comparisons, logic and choice; booleans are bytes of 0 and 1.</summary>
static class Comparisons
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("Equal", call => Compare(call, (x, y) => x == y, (x, y) => x == y)),
        ("Less", call => Compare(call, (x, y) => x < y, (x, y) => x < y)),
        ("LessOrEqual", call => Compare(call, (x, y) => x <= y, (x, y) => x <= y)),
        ("Greater", call => Compare(call, (x, y) => x > y, (x, y) => x > y)),
        ("GreaterOrEqual", call => Compare(call, (x, y) => x >= y, (x, y) => x >= y)),
        ("And", call => Compare(call, (x, y) => x != 0 && y != 0, null)),
        ("Or", call => Compare(call, (x, y) => x != 0 || y != 0, null)),
        ("Xor", call => Compare(call, (x, y) => (x != 0) != (y != 0), null)),
        ("Not", call => Test(call, x => x == 0)),
        ("IsNaN", call => Test(call, double.IsNaN)),
        ("IsInf", call => Test(call, x => (x > 0 ? call.Integer("detect_positive", 1) : call.Integer("detect_negative", 1)) != 0 && double.IsInfinity(x))),
        ("Where", Where),
    ];

    static Tensor[] Compare(Call call, Func<double, double, bool> floating, Func<long, long, bool>? whole)
    {
        var shape = Movement.BroadcastShape(call, call[0].Shape, call[1].Shape);
        var (a, b, result) = (Movement.Expanded(call, call[0], shape), Movement.Expanded(call, call[1], shape), call.Make(ElementType.Bool, shape));
        var target = result.Span<byte>();
        if (whole is not null && !Numbers.IsFloating(a.Type) && a.Type != ElementType.Uint64)
        {
            var (x, y) = (Numbers.ReadIntegers(a), Numbers.ReadIntegers(b));
            for (var i = 0; i < x.Length; i++)
                target[i] = whole(x[i], y[i]) ? (byte)1 : (byte)0;
        }
        else
        {
            var (x, y) = (Numbers.Read(a), Numbers.Read(b));
            for (var i = 0; i < x.Length; i++)
                target[i] = floating(x[i], y[i]) ? (byte)1 : (byte)0;
        }
        call.Free(a);
        call.Free(b);
        return [result];
    }

    static Tensor[] Test(Call call, Func<double, bool> test)
    {
        var result = call.Make(ElementType.Bool, call[0].Shape);
        var values = Numbers.Read(call[0]);
        for (var i = 0; i < values.Length; i++)
            result.Span<byte>()[i] = test(values[i]) ? (byte)1 : (byte)0;
        return [result];
    }

    static Tensor[] Where(Call call)
    {
        var shape = Movement.BroadcastShape(call, call[0].Shape, call[1].Shape, call[2].Shape);
        var (condition, yes, no) = (Movement.Expanded(call, call[0], shape), Movement.Expanded(call, call[1], shape), Movement.Expanded(call, call[2], shape));
        var result = call.Make(call[1].Type, shape);
        var choice = condition.Span<byte>();
        var size = Tensor.SizeOf(result.Type);
        var a = yes.Memory.Bytes.AsSpan();
        var b = no.Memory.Bytes.AsSpan();
        var to = result.Memory.Bytes.AsSpan();
        for (var i = 0; i < choice.Length; i++)
            (choice[i] != 0 ? a : b).Slice(i * size, size).CopyTo(to[(i * size)..]);
        call.Free(condition);
        call.Free(yes);
        call.Free(no);
        return [result];
    }
}
