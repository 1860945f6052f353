// Reads .npy files. Unaware of what the numbers mean.
// Source of the format: NumPy's documentation, "numpy.lib.format", versions 1.0 to 3.0.

using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>Arrays of float numbers of 16, 32 or 64 bits, whole numbers of 8 to 64 and truth values, in C order, to float32.</summary>
public static partial class NpyFile
{
    /// <summary>Ending of such files.</summary>
    public const string Ending = ".npy";

    const long MostValues = 1L << 28;

    /// <summary>Reads the bytes of a file; <paramref name="path"/> is for messages.</summary>
    /// <exception cref="OnnxException">It is absent, damaged, too large, or of another kind; the message names the remedy.</exception>
    public static FloatTensor Read(byte[]? file, string path)
    {
        if (file is null)
            throw new OnnxException($"The array `{path}` does not exist");
        if (file.Length < 12 || !file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']) || file[6] is 0 or > 3)
            throw Bad(path, "it does not begin like one");
        var (start, length) = file[6] == 1 ? (10, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8))) : (12, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(8)));
        if (length > file.Length - start)
            throw Bad(path, "it ends within its header");
        var header = HeaderPattern().Match(Encoding.UTF8.GetString(file, start, (int)length));
        if (!header.Success)
            throw Bad(path, "its header states no plain array of numbers");
        if (header.Groups["order"].Value == "True")
            throw Bad(path, "its columns come first (`fortran_order`)");
        var shape = header.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(size => long.TryParse(size, out var value) && value is >= 0 and <= MostValues ? value : MostValues + 1).ToArray();
        var count = shape.Aggregate(1L, (product, size) => Math.Min(product * size, MostValues + 1));
        if (count > MostValues)
            throw Bad(path, $"its shape ({header.Groups["shape"].Value}) has more than {MostValues} values");
        var (isBig, kind) = (header.Groups["end"].Value == ">", header.Groups["kind"].Value);
        var size = kind[1] - '0';
        var data = file.AsSpan(start + (int)length);
        if (data.Length != count * size)
            throw Bad(path, $"it has {data.Length} bytes of data, but its shape ({header.Groups["shape"].Value}) needs {count * size}");
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(data.Slice(i * size, size), kind, isBig, out var whole);
            if (!float.IsFinite(values[i]))
                throw new OnnxException($"The array `{path}` has at position {i} what is no finite number of 32 bits; repair it or leave it out");
            if (whole is { } exact && (Int128)values[i] != exact)
                throw new OnnxException($"The array `{path}` has {exact} at position {i}, but whole numbers are kept up to {1 << 24} for sure; scale them, or leave it out");
        }
        return new(shape, values);
    }

    /// <summary>The number, and what it is exactly where that may be more than float32 keeps.</summary>
    static float Value(ReadOnlySpan<byte> bytes, string kind, bool isBig, out Int128? whole)
    {
        Span<byte> little = stackalloc byte[8];
        bytes.CopyTo(little);
        if (isBig)
            little[..bytes.Length].Reverse();
        whole = kind switch
        {
            "i4" => BinaryPrimitives.ReadInt32LittleEndian(little),
            "i8" => BinaryPrimitives.ReadInt64LittleEndian(little),
            "u4" => BinaryPrimitives.ReadUInt32LittleEndian(little),
            "u8" => BinaryPrimitives.ReadUInt64LittleEndian(little),
            _ => null,
        };
        return kind switch
        {
            "f2" => (float)BinaryPrimitives.ReadHalfLittleEndian(little),
            "f4" => BinaryPrimitives.ReadSingleLittleEndian(little),
            "f8" => (float)BinaryPrimitives.ReadDoubleLittleEndian(little),
            "i1" => (sbyte)little[0],
            "i2" => BinaryPrimitives.ReadInt16LittleEndian(little),
            _ when whole is { } exact => (float)exact,
            _ => BinaryPrimitives.ReadUInt32LittleEndian(little),
        };
    }

    static OnnxException Bad(string path, string reason) => new($"`{path}` is not a usable NumPy array: {reason}; save it by `numpy.save` as a plain array of numbers in C order");

    [GeneratedRegex(@"^\{\s*'descr':\s*'(?<end>[<>|=])(?<kind>f[248]|[iu][1248]|b1)',\s*'fortran_order':\s*(?<order>True|False),\s*'shape':\s*\((?<shape>[0-9, ]*)\),?\s*\}\s*$")]
    private static partial Regex HeaderPattern();
}
