// A tensor of any number type as bytes. Unaware of operators.

using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference;

/// <summary>Values in row-major order. Booleans are bytes of 0 and 1; a tensor may share its memory with another.</summary>
/// <param name="type">Type of the elements.</param>
/// <param name="shape">Sizes of the dimensions.</param>
/// <param name="memory">The values.</param>
sealed class Tensor(ElementType type, int[] shape, TensorMemory memory)
{
    public ElementType Type { get; } = type;

    public int[] Shape { get; } = shape;

    public TensorMemory Memory { get; } = memory;

    public int Rank => Shape.Length;

    public int Count => Product(Shape);

    /// <summary>The elements; the type must have the size of the tensor's own.</summary>
    public unsafe Span<T> Span<T>() where T : unmanaged
    {
        if (sizeof(T) != SizeOf(Type))
            throw new OnnxException($"It has no reference arithmetic for {Name(Type)}");
        return MemoryMarshal.Cast<byte, T>(Memory.Bytes.AsSpan(0, Count * sizeof(T)));
    }

    /// <summary>The same values in another shape.</summary>
    public Tensor Reshaped(int[] newShape) => new(Type, newShape, Memory.Share());

    /// <summary>All values as 64-bit integers; for shapes, axes and the like.</summary>
    public long[] Integers() => Type switch
    {
        ElementType.Int64 => Span<long>().ToArray(),
        ElementType.Int32 => Array.ConvertAll(Span<int>().ToArray(), value => (long)value),
        ElementType.Bool or ElementType.Uint8 => Array.ConvertAll(Span<byte>().ToArray(), value => (long)value),
        _ => throw new OnnxException($"A tensor of {Name(Type)} is where integers are needed"),
    };

    /// <summary>All values as floats, from any floating type.</summary>
    public float[] Floats() => Type switch
    {
        ElementType.Float => Span<float>().ToArray(),
        ElementType.Double => Array.ConvertAll(Span<double>().ToArray(), value => (float)value),
        ElementType.Float16 => Array.ConvertAll(Span<Half>().ToArray(), value => (float)value),
        _ => throw new OnnxException($"A tensor of {Name(Type)} is where floats are needed"),
    };

    /// <summary>The same; a type without arithmetic is an error that begins with <paramref name="what"/>.</summary>
    public static Tensor Of(TensorProto proto, string what) => HasArithmetic((ElementType)proto.DataType)
        ? Of(proto)
        : throw new OnnxException($"{what} is of {Name((ElementType)proto.DataType)}, which has no reference arithmetic; export the network with floats, integers or booleans");

    public static Tensor Of(TensorProto proto)
    {
        var type = (ElementType)proto.DataType;
        _ = SizeOf(type);
        return new(type, [.. proto.Dims.Select(size => checked((int)size))], new(TensorData.Bytes(proto).ToArray()));
    }

    public TensorProto ToProto(string name) => new() { Name = name, DataType = (int)Type, Dims = { Shape.Select(size => (long)size) }, RawData = ByteString.CopyFrom(Memory.Bytes, 0, Count * SizeOf(Type)) };

    static bool HasArithmetic(ElementType type) => type != ElementType.Bfloat16 && TensorData.Size(type) is not null;

    /// <summary>Bytes of an element.</summary>
    public static int SizeOf(ElementType type) => (HasArithmetic(type) ? TensorData.Size(type) : null) ?? throw new OnnxException($"Tensors of {Name(type)} have no reference arithmetic");

    public static string Name(ElementType type) => TensorData.Name((int)type);

    public static int Product(ReadOnlySpan<int> sizes)
    {
        var product = 1L;
        foreach (var size in sizes)
            product = checked(product * size);
        return product <= Array.MaxLength / 8 ? (int)product : throw new OnnxException($"A tensor of the shape [{string.Join(", ", sizes.ToArray())}] is too large");
    }
}

/// <summary>Bytes that several tensors may share, and how many do.</summary>
/// <param name="bytes">At least as many as the tensors have.</param>
/// <param name="isPooled">Whether they go back to the pool.</param>
sealed class TensorMemory(byte[] bytes, bool isPooled = false)
{
    public byte[] Bytes { get; } = bytes;

    public int Users { get; private set; } = 1;

    public TensorMemory Share()
    {
        Users++;
        return this;
    }

    /// <summary>One user less; true when none is left of what came from the pool.</summary>
    public bool Release() => Users > 0 ? --Users == 0 && isPooled : throw new InvalidOperationException("Memory is given back twice");
}

/// <summary>Memory of outputs and scratch: arrays that all networks of the process share, so that one that runs often, or many one after the other, allocate little.</summary>
/// <remarks>.NET's pools keep so many arrays of each size, which are gigabytes where arrays are large; here the sum is bounded, and what would exceed it is left to the collector.</remarks>
static class MemoryPool
{
    const int SmallestPower = 8, LargestPower = 30;
    const long KeptBytes = 384L << 20;

    // A stack for each power of two: what was used last is in the processor's cache.
    static readonly ConcurrentStack<byte[]>[] Idle = [.. Enumerable.Range(0, LargestPower + 1).Select(_ => new ConcurrentStack<byte[]>())];
    static long idleBytes;

    /// <summary>At least so many bytes, of any content.</summary>
    public static TensorMemory Take(int bytes)
    {
        var power = Math.Max(SmallestPower, BitOperations.Log2((uint)Math.Max(bytes - 1, 1)) + 1);
        if (power > LargestPower)
            return new(GC.AllocateUninitializedArray<byte>(bytes), isPooled: false);
        if (!Idle[power].TryPop(out var array))
            return new(GC.AllocateUninitializedArray<byte>(1 << power), isPooled: true);
        Interlocked.Add(ref idleBytes, -array.Length);
        return new(array, isPooled: true);
    }

    /// <summary>One user less; the last gives the memory back.</summary>
    public static void Give(TensorMemory memory)
    {
        if (!memory.Release())
            return;
        if (Interlocked.Add(ref idleBytes, memory.Bytes.Length) <= KeptBytes)
            Idle[BitOperations.Log2((uint)memory.Bytes.Length)].Push(memory.Bytes);
        else
            Interlocked.Add(ref idleBytes, -memory.Bytes.Length);
    }
}
