// Reads and writes NumPy's .npy files. Unaware of networks.
// Source of the format: NumPy's documentation, "numpy.lib.format", versions 1.0 and 2.0.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Infer.Data;

/// <summary>The <c>.npy</c> format, C order, little-endian.</summary>
static class Npy
{
    const int MostHeaderBytes = 1 << 20;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The file name of a tensor.</summary>
    public static string FileName(string tensor) => TensorFileName.Of(tensor);

    /// <summary>Reads a file; whatever is wrong with it is an <see cref="InferException"/> that names <paramref name="path"/>. What does not begin like a .npy file is not read on: a device has no end.</summary>
    public static Tensor Read(string path) => Parse(Files.ReadAll(path, Magic), path);

    /// <summary>Reads the bytes of a file; <paramref name="path"/> is for messages.</summary>
    public static Tensor Parse(ReadOnlyMemory<byte> file, string path)
    {
        var bytes = file.Span;
        if (bytes.Length < 10 || !bytes.StartsWith(Magic))
            throw Bad(path, "it does not begin with the signature of .npy");
        var (lengthBytes, headerLength) = bytes[6] switch
        {
            1 => (2, BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])),
            2 or 3 when bytes.Length >= 12 => (4, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])),
            _ => throw Bad(path, $"its format version {bytes[6]}.{bytes[7]} is unknown"),
        };
        var start = 8 + lengthBytes;
        if (headerLength > MostHeaderBytes || headerLength > bytes.Length - start)
            throw Bad(path, $"its header of {headerLength} bytes goes beyond the end of the file");
        var header = NpyHeader.Parse(Encoding.Latin1.GetString(bytes.Slice(start, (int)headerLength)), path);
        var data = file[(start + (int)headerLength)..];
        var length = Tensor.Length(header.Type, header.Shape);
        if (data.Length != length)
            throw Bad(path, $"it holds {data.Length} bytes of data, but {header.Type.Name()} {Tensor.Format(header.Shape)} needs {length}");
        return new(header.Type, header.Shape, data);
    }

    /// <summary>Writes version 1.0 with the padding NumPy uses (data begin at a multiple of 64).</summary>
    public static void Write(string path, Tensor tensor)
    {
        var shape = string.Concat(tensor.Shape.Select(dimension => $"{dimension}, "));
        shape = tensor.Shape.Length > 1 ? shape[..^2] : shape.TrimEnd();
        var words = $"{{'descr': '{tensor.Type.Numpy()}', 'fortran_order': False, 'shape': ({shape}), }}";
        var length = ((10 + words.Length + 1 + 63) / 64 * 64) - 10;
        var head = new byte[10 + length];
        Magic.CopyTo(head);
        head[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), checked((ushort)length));
        Encoding.Latin1.GetBytes(words.PadRight(length - 1) + "\n", head.AsSpan(10));
        using var stream = Files.Create(path);
        stream.Write(head);
        stream.Write(tensor.Bytes.Span);
    }

    internal static InferException Bad(string path, string reason) => new($"`{path}` is not a usable .npy file: {reason}");
}
