// Single files that may be compressed, such as kernel modules. Unaware of what they are.

namespace Imagecraft.Feeds.Archives;

/// <summary>Unpacks files of some MiB in memory.</summary>
public static class Unpacked
{
    private const int MostBytes = 256 << 20;

    /// <summary>The content of a file that gzip, bzip2, xz or zstd has packed; the bytes themselves when none has.</summary>
    /// <exception cref="InvalidDataException">It unpacks to more than 256 MiB, or is damaged.</exception>
    public static byte[] Bytes(byte[] file)
    {
        using var stream = Decompression.Open(new MemoryStream(file), liblzma: null);
        using var all = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (all.Length + count > MostBytes)
                throw new InvalidDataException("unpacks to more than 256 MiB");
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
