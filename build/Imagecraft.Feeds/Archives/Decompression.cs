// Finds out how bytes are compressed and opens the decoder. Unaware of what is inside.

using System.IO.Compression;

namespace Imagecraft.Feeds.Archives;

/// <summary>Decoders by magic number.</summary>
internal static class Decompression
{
    /// <summary>Below this many compressed bytes, more threads cost more than they bring.</summary>
    public const long WorthThreads = 4 << 20;

    /// <summary>Memory that a decoder may take, in bytes: `xz -9` asks for 65 MiB, the largest window of xz for 1.5 GiB.</summary>
    public const uint MemoryLimit = 768u << 20;

    // 128 MiB: what `zstd -d` takes without `--long`, and the format's recommendation. Source: RFC 8878, section 3.1.1.1.2.
    private const int LargestZstandardWindow = 27;

    private static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> Zstandard => [0x28, 0xb5, 0x2f, 0xfd];

    private static ReadOnlySpan<byte> Xz => [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

    /// <summary>Opens <paramref name="source"/>, a seekable stream at the start of the data, for reading decoded bytes.</summary>
    public static Stream Open(Stream source, string? liblzma)
    {
        Span<byte> magic = stackalloc byte[6];
        var start = source.Position;
        var count = source.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        source.Position = start;
        magic = magic[..count];
        if (magic.StartsWith(Gzip)) return new GZipStream(source, CompressionMode.Decompress);
        if (magic.StartsWith("BZh"u8)) return SharpCompress.Compressors.BZip2.BZip2Stream.Create(source, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true);
        if (magic.StartsWith(Zstandard)) return OpenZstandard(source);
        if (magic.StartsWith(Xz)) return OpenXz(source, liblzma);
        return source;
    }

    private static ZstdSharp.DecompressionStream OpenZstandard(Stream source)
    {
        var stream = new ZstdSharp.DecompressionStream(source);
        stream.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, LargestZstandardWindow);
        return stream;
    }

    private static Stream OpenXz(Stream source, string? liblzma)
    {
        if (Liblzma.TryLoad(liblzma) is not { } library)
        {
            XzWindows.Check(source, MemoryLimit);
            return new SharpCompress.Compressors.Xz.XZStream(source);
        }
        return new XzStream(source, library, source.Length > WorthThreads ? Environment.ProcessorCount : 1);
    }
}
