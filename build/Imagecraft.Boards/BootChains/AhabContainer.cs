// One container of NXP's AHAB as a boot ROM takes it apart: header, array of images, place of the signature block. Unaware of what the images are for.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Imagecraft.Boards.BootChains;

/// <summary>An entry of a container's array of images.</summary>
/// <param name="Place">First byte from the container's own first byte.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Load">Where it is loaded to.</param>
/// <param name="Entry">Where it is entered.</param>
/// <param name="Type">What it is: see <see cref="AhabContainer"/>.</param>
/// <param name="Core">Which processor it is for.</param>
/// <param name="Data">Its bytes; null when they lie outside of what is there.</param>
internal sealed record AhabImage(long Place, long Size, ulong Load, ulong Entry, int Type, int Core, ReadOnlyMemory<byte>? Data);

/// <summary>A container.</summary>
/// <remarks>Sources: U-Boot, include/imx8image.h, include/imx_container.h and doc/imx/ahab/introduction_ahab.txt; NXP, i.MX 93 Applications Processor Reference Manual, System Boot (image container format).</remarks>
internal sealed record AhabContainer(int SoftwareVersion, int FuseVersion, uint Flags, ImmutableArray<AhabImage> Images)
{
    /// <summary>A header with its array and signature block has this much room before the next one.</summary>
    public const int Room = 0x400;

    /// <summary>Types of images: a program, data, the firmware of the security controller.</summary>
    public const int Program = 3, Firmware = 6;

    /// <summary>Processors of an i.MX 9.</summary>
    public const int CortexM = 1, CortexA = 2, SecurityController = 6;

    private const int HeaderSize = 16, EntrySize = 128, HashAt = 32, SignatureHeader = 16, MostImages = 7;
    private const byte Tag = 0x87, SignatureTag = 0x90;
    private const uint Encrypted = 0x400;

    /// <summary>Last byte of its images, from its own first byte, plus one.</summary>
    public long End => Images.Select(i => i.Place + i.Size).DefaultIfEmpty(Room).Max();

    /// <summary>Whether there is a header at all.</summary>
    public static bool IsAt(ReadOnlySpan<byte> bytes) => bytes.Length >= HeaderSize && bytes[0] == 0 && bytes[3] == Tag;

    /// <summary>Takes one apart; null when its header cannot be trusted.</summary>
    /// <param name="bytes">From its first byte to the end of what there is.</param>
    /// <param name="name">For messages, e.g. <c>container 2</c>.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static AhabContainer? Read(ReadOnlyMemory<byte> bytes, string name, StageFindings findings)
    {
        var head = bytes.Span;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(head[1..]);
        var (count, signature) = ((int)head[11], BinaryPrimitives.ReadUInt16LittleEndian(head[12..]));
        if (count is 0 or > MostImages || length > Math.Min(Room, head.Length) || signature < HeaderSize + (count * EntrySize) || signature + SignatureHeader > length)
        {
            findings.Stage($"has a {name} whose header does not fit together: {length} bytes, {count} images, its signature block at byte {signature}");
            return null;
        }

        if (head[signature + 3] != SignatureTag)
            findings.Stage($"has a {name} without a signature block (tag 0x90) at byte {signature}, where its header says");
        var images = ImmutableArray.CreateBuilder<AhabImage>();
        for (var i = 0; i < count; i++)
            images.Add(Image(bytes, head.Slice(HeaderSize + (i * EntrySize), EntrySize), string.Create(CultureInfo.InvariantCulture, $"image {i + 1} of {name}"), findings));
        return new(BinaryPrimitives.ReadUInt16LittleEndian(head[8..]), head[10], BinaryPrimitives.ReadUInt32LittleEndian(head[4..]), images.ToImmutable());
    }

    private static AhabImage Image(ReadOnlyMemory<byte> bytes, ReadOnlySpan<byte> entry, string name, StageFindings findings)
    {
        long place = BinaryPrimitives.ReadUInt32LittleEndian(entry), size = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        var (load, start, flags) = (BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]));
        var image = new AhabImage(place, size, load, start, (int)(flags & 0xf), (int)((flags >> 4) & 0xf), place + size <= bytes.Length ? bytes.Slice((int)place, (int)size) : default(ReadOnlyMemory<byte>?));
        if (image.Data is not { } data)
            findings.Image(name, $"is cut: it ends at byte {place + size} of its container, of which {bytes.Length} have a place");
        else if (size == 0)
            findings.Image(name, $"is empty");
        else if (place < Room)
            findings.Image(name, $"begins at byte {place}, within its container's header");
        else if ((flags & Encrypted) == 0 && Hash(flags, data.Span) is var computed && !entry.Slice(HashAt, computed.Length).SequenceEqual(computed))
            findings.Image(name, $"has another SHA-{computed.Length * 8} than its entry says");
        if (image.Type == Program && start - load >= (ulong)Math.Max(size, 1))
            findings.Image(name, $"is entered at 0x{start:x}, outside of the {size} bytes from 0x{load:x} on");
        return image;
    }

    private static byte[] Hash(uint flags, ReadOnlySpan<byte> data) => ((flags >> 8) & 3) switch
    {
        0 => SHA256.HashData(data),
        1 => SHA384.HashData(data),
        _ => SHA512.HashData(data),
    };
}
