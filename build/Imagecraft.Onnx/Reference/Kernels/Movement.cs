// Copies elements from place to place, whatever they are. Unaware of operators.

using System.Runtime.InteropServices;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Sees a row of the result, where its operands begin, and which of them run on; at least one does.</summary>
delegate void RowVisitor(int at, int left, int right, int row, bool leftRuns, bool rightRuns);

/// <summary>Views of tensors by strides, and their copies. Strides and offsets count elements.</summary>
static class Movement
{
    /// <summary>Strides of a row-major shape.</summary>
    public static int[] Strides(ReadOnlySpan<int> shape)
    {
        var strides = new int[shape.Length];
        for (int i = shape.Length - 1, stride = 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }
        return strides;
    }

    /// <summary>Copies a view into a new tensor of the view's shape.</summary>
    public static Tensor View(Call call, Tensor source, int[] shape, int offset, int[] strides)
    {
        var result = call.Make(source.Type, shape);
        Copy(source, offset, strides, shape, result, 0, Strides(shape));
        return result;
    }

    /// <summary>Copies a view of one tensor to a view of another.</summary>
    public static void Copy(Tensor source, int offset, int[] strides, int[] shape, Tensor target, int targetOffset, int[] targetStrides)
    {
        if (Tensor.Product(shape) == 0)
            return;
        switch (Tensor.SizeOf(source.Type))
        {
            case 1:
                Copy<byte>(source.Memory.Bytes, offset, strides, shape, target.Memory.Bytes, targetOffset, targetStrides);
                break;
            case 2:
                Copy<ushort>(source.Memory.Bytes, offset, strides, shape, target.Memory.Bytes, targetOffset, targetStrides);
                break;
            case 4:
                Copy<uint>(source.Memory.Bytes, offset, strides, shape, target.Memory.Bytes, targetOffset, targetStrides);
                break;
            default:
                Copy<ulong>(source.Memory.Bytes, offset, strides, shape, target.Memory.Bytes, targetOffset, targetStrides);
                break;
        }
    }

    /// <summary>The tensor broadcast to a shape; itself, with one user more, when it has it.</summary>
    public static Tensor Expanded(Call call, Tensor tensor, int[] shape) =>
        tensor.Shape.AsSpan().SequenceEqual(shape) ? tensor.Reshaped(shape) : View(call, tensor, shape, 0, BroadcastStrides(tensor.Shape, shape));

    /// <summary>Strides under which a shape fills a larger one: zero where it is repeated.</summary>
    public static int[] BroadcastStrides(int[] shape, int[] target)
    {
        var (own, strides) = (Strides(shape), new int[target.Length]);
        for (var i = 0; i < shape.Length; i++)
            strides[target.Length - shape.Length + i] = shape[i] == 1 ? 0 : own[i];
        return strides;
    }

    /// <summary>The common shape of operands by ONNX's rules of broadcasting.</summary>
    public static int[] BroadcastShape(Call call, params ReadOnlySpan<int[]> shapes)
    {
        var rank = 0;
        foreach (var shape in shapes)
            rank = Math.Max(rank, shape.Length);
        var result = new int[rank];
        Array.Fill(result, 1);
        foreach (var shape in shapes)
            for (var i = 0; i < shape.Length; i++)
            {
                ref var size = ref result[rank - shape.Length + i];
                if (size == 1)
                    size = shape[i];
                else if (shape[i] != 1 && shape[i] != size)
                    throw call.Bad($"the shape [{string.Join(", ", shape)}] does not fit the others");
            }
        return result;
    }

    /// <summary>Walks two operands of a common shape by rows, as long as each either runs on or stands still.</summary>
    public static void ForEachRow(int[] left, int[] right, int[] shape, RowVisitor visit)
    {
        var count = Tensor.Product(shape);
        var (aStrides, bStrides) = (BroadcastStrides(left, shape), BroadcastStrides(right, shape));
        var (axis, row, aStep, bStep) = (shape.Length, 1, -1, -1);
        while (axis > 0)
        {
            var size = shape[axis - 1];
            if (size > 1)
            {
                var (aNext, bNext) = (aStrides[axis - 1] == 0 ? 0 : 1, bStrides[axis - 1] == 0 ? 0 : 1);
                if (aStep >= 0 && (aNext != aStep || bNext != bStep))
                    break;
                (aStep, bStep) = (aNext, bNext);
                row *= size;
            }
            axis--;
        }
        var index = new int[axis];
        for (int at = 0, x = 0, y = 0; at < count; at += row)
        {
            visit(at, x, y, row, aStep != 0, bStep != 0);
            for (var i = axis - 1; i >= 0; i--)
            {
                x += aStrides[i];
                y += bStrides[i];
                if (++index[i] < shape[i])
                    break;
                x -= aStrides[i] * shape[i];
                y -= bStrides[i] * shape[i];
                index[i] = 0;
            }
        }
    }

    static void Copy<T>(byte[] from, int offset, int[] strides, int[] shape, byte[] to, int targetOffset, int[] targetStrides) where T : unmanaged
    {
        var source = MemoryMarshal.Cast<byte, T>(from.AsSpan());
        var target = MemoryMarshal.Cast<byte, T>(to.AsSpan());
        if (shape.Length == 0)
        {
            target[targetOffset] = source[offset];
            return;
        }
        var last = shape.Length - 1;
        // Rows that follow each other on both sides are one.
        var inner = shape[last];
        while (last > 0 && strides[^1] == 1 && targetStrides[^1] == 1 && strides[last - 1] == inner && targetStrides[last - 1] == inner)
            inner *= shape[--last];
        var index = new int[last];
        while (true)
        {
            Row(source, offset, strides[^1], target, targetOffset, targetStrides[^1], inner);
            var axis = last - 1;
            for (; axis >= 0; axis--)
            {
                offset += strides[axis];
                targetOffset += targetStrides[axis];
                if (++index[axis] < shape[axis])
                    break;
                offset -= strides[axis] * shape[axis];
                targetOffset -= targetStrides[axis] * shape[axis];
                index[axis] = 0;
            }
            if (axis < 0)
                return;
        }
    }

    static void Row<T>(Span<T> source, int offset, int stride, Span<T> target, int targetOffset, int targetStride, int count)
    {
        if (targetStride == 1 && stride == 1)
            source.Slice(offset, count).CopyTo(target[targetOffset..]);
        else if (targetStride == 1 && stride == 0)
            target.Slice(targetOffset, count).Fill(source[offset]);
        else
            for (var i = 0; i < count; i++)
                target[targetOffset + (i * targetStride)] = source[offset + (i * stride)];
    }
}
