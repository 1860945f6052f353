// Matrix products of floats. Unaware of activations.

using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>MatMul and Gemm: float32 in the order of the inner dimension, other types as doubles or 64-bit integers.</summary>
static unsafe class Products
{
    public static IEnumerable<(string, Kernel)> All => [("MatMul", call => [MatMul(call, call[0], call[1], false, false)]), ("Gemm", call => [Gemm(call)])];

    /// <summary>The product over the last two dimensions, broadcast over the others, with either side turned first if wanted.</summary>
    public static Tensor MatMul(Call call, Tensor left, Tensor right, bool turnLeft, bool turnRight)
    {
        int[] a = left.Rank == 1 ? [1, .. left.Shape] : left.Shape, b = right.Rank == 1 ? [.. right.Shape, 1] : right.Shape;
        var (rows, depth) = turnLeft ? (a[^1], a[^2]) : (a[^2], a[^1]);
        var (inner, columns) = turnRight ? (b[^1], b[^2]) : (b[^2], b[^1]);
        if (inner != depth)
            throw call.Bad($"[{string.Join(", ", left.Shape)}] cannot be multiplied with [{string.Join(", ", right.Shape)}]");
        var batch = Movement.BroadcastShape(call, a[..^2], b[..^2]);
        var result = call.Make(left.Type, [.. batch, rows, columns]);
        var (aStrides, bStrides) = (BatchStrides(a, batch), BatchStrides(b, batch));
        for (var i = 0; i < Tensor.Product(batch); i++)
        {
            var (aAt, bAt) = (Offset(i, batch, aStrides), Offset(i, batch, bStrides));
            if (left.Type == ElementType.Float)
                Floats(left, aAt, turnLeft, right, bAt, turnRight, rows, depth, columns, result, i * rows * columns);
            else
                Others(left, aAt, turnLeft, right, bAt, turnRight, rows, depth, columns, result, i * rows * columns);
        }
        int[] shape = [.. batch, .. left.Rank == 1 ? Array.Empty<int>() : [rows], .. right.Rank == 1 ? Array.Empty<int>() : [columns]];
        return new(result.Type, shape, result.Memory);
    }

    static int[] BatchStrides(int[] shape, int[] batch)
    {
        var strides = Movement.BroadcastStrides(shape[..^2], batch);
        return Array.ConvertAll(strides, stride => stride * shape[^1] * shape[^2]);
    }

    static int Offset(int index, int[] shape, int[] strides)
    {
        var offset = 0;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            offset += index % shape[axis] * strides[axis];
            index /= shape[axis];
        }
        return offset;
    }

    static void Floats(Tensor left, int aAt, bool turnLeft, Tensor right, int bAt, bool turnRight, int rows, int depth, int columns, Tensor result, int at)
    {
        var packed = PackedRows.Of(left.Span<float>()[aAt..], rows, depth, turnLeft ? 1 : depth, turnLeft ? rows : 1);
        fixed (float* from = right.Span<float>(), to = result.Span<float>())
            FloatProduct.Multiply(packed, FloatProduct.Panels(from + bAt, depth, turnRight ? 1 : columns, turnRight ? depth : 1), columns, to + at, columns);
    }

    static void Others(Tensor left, int aAt, bool turnLeft, Tensor right, int bAt, bool turnRight, int rows, int depth, int columns, Tensor result, int at)
    {
        if (Numbers.IsFloating(left.Type))
        {
            var (a, b, to) = (Numbers.Read(left), Numbers.Read(right), Numbers.Read(result));
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < columns; column++)
                {
                    var sum = 0.0;
                    for (var k = 0; k < depth; k++)
                        sum += a[aAt + (turnLeft ? (k * rows) + row : (row * depth) + k)] * b[bAt + (turnRight ? (column * depth) + k : (k * columns) + column)];
                    to[at + (row * columns) + column] = sum;
                }
            Numbers.Write(result, to);
            return;
        }
        var (x, y, sums) = (Numbers.ReadIntegers(left), Numbers.ReadIntegers(right), Numbers.ReadIntegers(result));
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
            {
                var sum = 0L;
                for (var k = 0; k < depth; k++)
                    sum += x[aAt + (turnLeft ? (k * rows) + row : (row * depth) + k)] * y[bAt + (turnRight ? (column * depth) + k : (k * columns) + column)];
                sums[at + (row * columns) + column] = sum;
            }
        Numbers.WriteIntegers(result, sums);
    }

    public static Tensor Gemm(Call call)
    {
        var product = MatMul(call, call[0], call[1], call.Flag("transA"), call.Flag("transB"));
        product = Scaled(call, product, call.Number("alpha", 1));
        if (call.Optional(2) is not { } bias)
            return product;
        var added = Scaled(call, bias.Reshaped(bias.Shape), call.Number("beta", 1));
        var result = Arithmetics.Of<Sum>(call, product, added);
        call.Free(product);
        call.Free(added);
        return result;
    }

    /// <summary>The tensor times a number, in place of it.</summary>
    public static Tensor Scaled(Call call, Tensor tensor, float factor)
    {
        if (factor == 1)
            return tensor;
        var number = call.Make(tensor.Type, []);
        Numbers.Write(number, [factor]);
        var result = Arithmetics.Of<Product>(call, tensor, number);
        call.Free(tensor);
        return result;
    }
}
