// Writes tensors as .npy files. Unaware of what they mean.
// Source of the format: NumPy's documentation, "numpy.lib.format", version 1.0.

using System.Buffers.Binary;
using System.Text;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Golden;

/// <summary>The <c>.npy</c> format, version 1.0, little-endian, C order.</summary>
public static class NpyWriter
{
    /// <summary>Writes <paramref name="tensor"/> as float32.</summary>
    public static void Write(string path, FloatTensor tensor) => Write(path, TypedTensor.Of(tensor, ElementType.Float));

    /// <summary>Writes <paramref name="tensor"/> as the type that it has.</summary>
    public static void Write(string path, TypedTensor tensor)
    {
        var shape = string.Join(", ", tensor.Shape) + (tensor.Shape.Length == 1 ? "," : "");
        var words = $"{{'descr': '{Descriptor(tensor.Type)}', 'fortran_order': False, 'shape': ({shape}), }}";
        // Data begin at a multiple of 64 bytes; the header ends with a line feed.
        var length = ((10 + words.Length + 1 + 63) / 64 * 64) - 10;
        var head = new byte[10 + length];
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), checked((ushort)length));
        Encoding.ASCII.GetBytes(words.PadRight(length - 1) + "\n", head.AsSpan(10));
        using var stream = File.Create(path);
        stream.Write(head);
        stream.Write(tensor.Bytes);
    }

    static string Descriptor(ElementType type)
    {
        var size = TensorData.Size(type) ?? throw new OnnxException($"A .npy file cannot hold {TensorData.Name((int)type)}");
        var kind = type switch
        {
            ElementType.Bool => 'b',
            ElementType.Float or ElementType.Double or ElementType.Float16 => 'f',
            ElementType.Uint8 or ElementType.Uint16 or ElementType.Uint32 or ElementType.Uint64 => 'u',
            _ => 'i',
        };
        return $"{(size == 1 ? '|' : '<')}{kind}{size}";
    }
}
