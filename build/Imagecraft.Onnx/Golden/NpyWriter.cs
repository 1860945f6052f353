// Writes float tensors as .npy files. Unaware of what they mean.
// Source of the format: NumPy's documentation, "numpy.lib.format", version 1.0.

using System.Buffers.Binary;
using System.Text;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Golden;

/// <summary>The <c>.npy</c> format, version 1.0, little-endian, C order.</summary>
public static class NpyWriter
{
    /// <summary>Writes <paramref name="tensor"/> as float32.</summary>
    public static void Write(string path, FloatTensor tensor)
    {
        var shape = string.Join(", ", tensor.Shape) + (tensor.Shape.Length == 1 ? "," : "");
        var words = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";
        // Data begin at a multiple of 64 bytes; the header ends with a line feed.
        var length = ((10 + words.Length + 1 + 63) / 64 * 64) - 10;
        var bytes = new byte[10 + length + (4 * tensor.Values.Length)];
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), checked((ushort)length));
        Encoding.ASCII.GetBytes(words.PadRight(length - 1) + "\n", bytes.AsSpan(10));
        for (var i = 0; i < tensor.Values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(10 + length + (4 * i)), tensor.Values[i]);
        File.WriteAllBytes(path, bytes);
    }
}
