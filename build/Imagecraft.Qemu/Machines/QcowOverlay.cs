// An empty qcow2 image over another image. Pure but for one file write; unaware of machines.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Qemu.Machines;

/// <summary>Makes copy-on-write images: what is written goes into the new file, what was never written is read from the image below.</summary>
/// <remarks>Source: QEMU's documentation, "The QCOW2 image format", version 3.</remarks>
public static class QcowOverlay
{
    private const int ClusterBits = 16;
    private const int Cluster = 1 << ClusterBits;
    private const int HeaderLength = 104;
    private const int LongestName = 1023;

    // One cluster of L2 entries of eight bytes maps this many bytes of the disk.
    private const long MappedByTable = (long)Cluster * (Cluster / 8);

    private const uint BackingFormat = 0xE2792ACA;

    /// <summary>Writes a new image file. An existing one is replaced.</summary>
    /// <param name="path">The new file.</param>
    /// <param name="backing">Absolute host path of the image below; it must not change any more.</param>
    /// <param name="backingFormat"><c>raw</c> or <c>qcow2</c>.</param>
    /// <param name="size">Size of the disk in bytes, a multiple of 512.</param>
    /// <exception cref="ArgumentException">The path below is too long, or the size is none.</exception>
    public static void Create(string path, string backing, string backingFormat, long size) => File.WriteAllBytes(path, Bytes(backing, backingFormat, size));

    /// <summary>The size in bytes of the disk that a raw or qcow2 image holds.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static long SizeOf(string path, string format)
    {
        if (format == "raw")
            return (new FileInfo(path).Length + 511) / 512 * 512;
        Span<byte> header = stackalloc byte[32];
        using FileStream file = File.OpenRead(path);
        file.ReadExactly(header);
        return BinaryPrimitives.ReadInt64BigEndian(header[24..]);
    }

    internal static byte[] Bytes(string backing, string backingFormat, long size)
    {
        byte[] name = Encoding.UTF8.GetBytes(backing), format = Encoding.ASCII.GetBytes(backingFormat);
        if (name.Length > LongestName)
            throw new ArgumentException($"A backing file's name has at most {LongestName} bytes, this one has {name.Length}: `{backing}`", nameof(backing));
        if (size <= 0 || size % 512 != 0)
            throw new ArgumentException($"A disk has a multiple of 512 bytes, not {size}", nameof(size));

        int tables = checked((int)((size + MappedByTable - 1) / MappedByTable));
        int tableClusters = (tables * 8 + Cluster - 1) / Cluster;
        // Clusters: header, refcount table, refcount block, then the L1 table of zeros.
        byte[] bytes = new byte[(3 + tableClusters) * Cluster];
        int nameAt = HeaderLength + 8 + (format.Length + 7) / 8 * 8 + 8;
        var at = bytes.AsSpan();
        "QFI"u8.CopyTo(at);
        at[3] = 0xfb;
        Write32(at, 4, 3);
        Write64(at, 8, nameAt);
        Write32(at, 16, (uint)name.Length);
        Write32(at, 20, ClusterBits);
        Write64(at, 24, size);
        Write32(at, 36, (uint)tables);
        Write64(at, 40, 3L * Cluster);
        Write64(at, 48, Cluster);
        Write32(at, 56, 1);
        Write32(at, 96, 4); // refcounts of 2^4 bits
        Write32(at, 100, HeaderLength);
        Write32(at, HeaderLength, BackingFormat);
        Write32(at, HeaderLength + 4, (uint)format.Length);
        format.CopyTo(at[(HeaderLength + 8)..]);
        name.CopyTo(at[nameAt..]);
        Write64(at, Cluster, 2L * Cluster);
        for (int cluster = 0; cluster < 3 + tableClusters; cluster++)
            BinaryPrimitives.WriteUInt16BigEndian(at[(2 * Cluster + cluster * 2)..], 1);
        return bytes;
    }

    private static void Write32(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(bytes[at..], value);

    private static void Write64(Span<byte> bytes, int at, long value) => BinaryPrimitives.WriteInt64BigEndian(bytes[at..], value);
}
