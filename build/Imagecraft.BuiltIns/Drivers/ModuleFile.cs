// A kernel module's file, which the kernel's build may have compressed. Unaware of what is in it.

using System.IO.Compression;

namespace Imagecraft.BuiltIns.Drivers;

internal static class ModuleFile
{
    // The largest modules have some ten MiB.
    private const int MostBytes = 256 << 20;

    /// <summary>The module itself, by what <c>CONFIG_MODULE_COMPRESS_*</c> may have made of it.</summary>
    /// <exception cref="InvalidDataException">It unpacks to more than 256 MiB, or is damaged.</exception>
    public static byte[] Read(byte[] file)
    {
        using var source = new MemoryStream(file);
        using Stream plain = file.AsSpan() switch
        {
            [0x1f, 0x8b, ..] => new GZipStream(source, CompressionMode.Decompress),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => new ZstdSharp.DecompressionStream(source),
            [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, ..] => new SharpCompress.Compressors.Xz.XZStream(source),
            _ => source,
        };
        using var all = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int count; (count = plain.Read(buffer)) > 0;)
        {
            if (all.Length + count > MostBytes)
                throw new InvalidDataException("A kernel module unpacks to more than 256 MiB");
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
