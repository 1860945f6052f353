// What a reader of some content may look at. Unaware of disks.

using System.Buffers.Binary;
using System.Collections.Immutable;
using Imagecraft.Images.Disks;

namespace Imagecraft.Images.FileSystems;

/// <summary>Which bytes of a content are read by whoever uses it.</summary>
/// <param name="IsFileSystem">It says itself how long it is, so nothing behind it is read.</param>
/// <param name="Used">What may be read; zeros are data there.</param>
internal sealed record FileSystemUse(bool IsFileSystem, ImmutableArray<Extent> Used)
{
    private const int HeadSize = 2048;

    /// <summary>Looks at a content. Of ext2, ext3 and ext4 the free blocks are left out; all other contents are used as a whole.</summary>
    /// <param name="content">A seekable stream.</param>
    public static FileSystemUse Of(Stream content)
    {
        var whole = new Extent(0, content.Length);
        byte[] head = new byte[HeadSize];
        content.Position = 0;
        int read = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return new(
            IsKnown(head.AsSpan(0, read)),
            Ext4FreeBlocks.Of(content) is { } free ? Extents.Without(whole, free) : [whole]);
    }

    // ext4, erofs, squashfs, FAT. Sources: the kernel's documentation of each, and Microsoft's FAT specification for the names in boot sectors.
    private static bool IsKnown(ReadOnlySpan<byte> head) => head.Length == HeadSize
        && (Ext4Superblock.IsOne(head[Ext4Superblock.Offset..])
            || BinaryPrimitives.ReadUInt32LittleEndian(head[1024..]) == 0xe0f5e1e2
            || head.StartsWith("hsqs"u8)
            || (head[510] == 0x55 && head[511] == 0xaa && (head[54..].StartsWith("FAT"u8) || head[82..].StartsWith("FAT32"u8))));
}
