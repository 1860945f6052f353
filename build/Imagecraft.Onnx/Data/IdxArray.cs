// Reads arrays of unsigned bytes in the IDX format. Unaware of what they stand for.
// Source of the format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section on the file formats.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;

namespace Imagecraft.Onnx.Data;

/// <summary>An array of bytes in row-major order.</summary>
/// <param name="Sizes">Sizes of its one or more dimensions; the first counts the items.</param>
/// <param name="Values">As many as the product of the sizes.</param>
public sealed record IdxArray(ImmutableArray<int> Sizes, byte[] Values)
{
    const byte UnsignedByte = 0x08;
    const int MostDimensions = 8;
    const long MostBytes = 1L << 30;

    /// <summary>How many items there are: images, labels.</summary>
    public int Count => Sizes[0];

    /// <summary>Reads a plain or gzip-compressed file; anything wrong with it is an <see cref="OnnxException"/> that names it.</summary>
    public static IdxArray Read(string path) => Parse(File.Exists(path) ? File.ReadAllBytes(path) : null, path);

    /// <summary>Reads the bytes of such a file, null when it is not there; <paramref name="path"/> is for messages.</summary>
    public static IdxArray Parse(byte[]? file, string path)
    {
        if (file is null)
            throw new OnnxException($"The IDX file `{path}` does not exist");
        var plain = new MemoryStream(file, writable: false);
        using Stream stream = file is [0x1F, 0x8B, ..] ? new GZipStream(plain, CompressionMode.Decompress) : plain;
        return Read(stream, path);
    }

    /// <summary>Reads uncompressed content, no byte more than the header announces; <paramref name="path"/> is for messages.</summary>
    public static IdxArray Read(Stream stream, string path)
    {
        try
        {
            var sizes = Header(stream, path);
            var length = sizes.Aggregate(1L, (product, size) => Math.Min(product * size, MostBytes + 1));
            if (length > MostBytes)
                throw Bad(path, $"its sizes [{string.Join(", ", sizes)}] exceed {MostBytes} bytes");
            var values = Take(stream, (int)length);
            if (values.Length < length)
                throw Bad(path, $"it ends {length - values.Length} bytes too early");
            return stream.ReadByte() < 0 ? new(sizes, values) : throw Bad(path, $"it goes on after the {length} bytes that its sizes [{string.Join(", ", sizes)}] announce");
        }
        catch (InvalidDataException problem)
        {
            throw Bad(path, $"its compressed data are damaged: {problem.Message}");
        }
    }

    static ImmutableArray<int> Header(Stream stream, string path)
    {
        var magic = Take(stream, 4);
        if (magic.Length < 4 || magic[0] != 0 || magic[1] != 0)
            throw Bad(path, "it does not begin like one");
        if (magic[2] != UnsignedByte)
            throw Bad(path, $"its elements are of type 0x{magic[2]:X2}, but unsigned bytes (0x{UnsignedByte:X2}) are needed");
        if (magic[3] is 0 or > MostDimensions)
            throw Bad(path, $"it has {magic[3]} dimensions, but 1 to {MostDimensions} are needed");
        var words = Take(stream, 4 * magic[3]);
        if (words.Length < 4 * magic[3])
            throw Bad(path, "it ends within its header");
        var sizes = Enumerable.Range(0, magic[3]).Select(i => BinaryPrimitives.ReadInt32BigEndian(words.AsSpan(4 * i))).ToImmutableArray();
        return sizes.All(size => size > 0) ? sizes : throw Bad(path, $"its sizes [{string.Join(", ", sizes)}] are not all above 0");
    }

    /// <summary>Up to that many bytes; memory grows with what is there, not with what a header promises.</summary>
    static byte[] Take(Stream stream, int count)
    {
        var chunk = new byte[Math.Min(count, 1 << 16)];
        using var taken = new MemoryStream();
        while (taken.Length < count && stream.Read(chunk, 0, (int)Math.Min(chunk.Length, count - taken.Length)) is > 0 and var read)
            taken.Write(chunk, 0, read);
        return taken.ToArray();
    }

    static OnnxException Bad(string path, string reason) => new($"`{path}` is not a usable IDX file: {reason}");
}
