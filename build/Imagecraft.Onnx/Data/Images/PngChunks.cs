// Takes a PNG file apart into its chunks. Unaware of pixels.
// Source of the format: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5 and 11.

using System.Buffers.Binary;

namespace Imagecraft.Onnx.Data.Images;

/// <summary>What of a PNG file makes its pixels.</summary>
/// <param name="First">Content of IHDR.</param>
/// <param name="Palette">Content of PLTE; empty: none.</param>
/// <param name="Parts">Contents of IDAT.</param>
sealed record PngChunks(ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Palette, IReadOnlyList<ReadOnlyMemory<byte>> Parts)
{
    const int SignatureLength = 8, Overhead = 12;
    static readonly uint[] _table = [.. Enumerable.Range(0, 256).Select(Remainder)];

    /// <summary>All chunks up to the end, their checksums checked.</summary>
    public static PngChunks Of(ReadOnlyMemory<byte> file, string path)
    {
        ReadOnlyMemory<byte>? first = null;
        ReadOnlyMemory<byte> palette = default;
        var parts = new List<ReadOnlyMemory<byte>>();
        for (var at = SignatureLength; ;)
        {
            var rest = file.Span[Math.Min(at, file.Length)..];
            if (rest.Length < Overhead)
                throw PngFile.Bad(path, "it ends too early");
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - Overhead)
                throw PngFile.Bad(path, $"it ends {length - (rest.Length - Overhead)} bytes too early");
            var content = file.Slice(at + 8, (int)length);
            var name = rest.Slice(4, 4);
            if (Checksum(rest.Slice(4, (int)length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(rest[((int)length + 8)..]))
                throw PngFile.Bad(path, $"the checksum of its part at byte {at} is wrong");
            if (first is null && !name.SequenceEqual("IHDR"u8))
                throw PngFile.Bad(path, "it does not begin with a header");
            if (name.SequenceEqual("IHDR"u8))
                first ??= content;
            else if (name.SequenceEqual("PLTE"u8))
                palette = content;
            else if (name.SequenceEqual("IDAT"u8))
                parts.Add(content);
            else if (name.SequenceEqual("IEND"u8))
                return new(first!.Value, palette, parts);
            at += (int)length + Overhead;
        }
    }

    /// <summary>The compressed data as one stream.</summary>
    public Stream Data() => new MemoryStream([.. Parts.SelectMany(part => part.ToArray())], writable: false);

    /// <summary>CRC-32 as ISO 3309 has it.</summary>
    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var each in bytes)
            sum = _table[(sum ^ each) & 0xFF] ^ (sum >> 8);
        return ~sum;
    }

    static uint Remainder(int index)
    {
        var value = (uint)index;
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
        return value;
    }
}
