// The free blocks of an ext4 file system by its own bitmaps. Unaware of files and folders; checksums are not looked at.

using System.Buffers.Binary;
using System.Collections.Immutable;
using Imagecraft.Images.Disks;

namespace Imagecraft.Images.FileSystems;

/// <summary>Finds what no reader of an ext2, ext3 or ext4 file system looks at.</summary>
/// <remarks>Source: the kernel's <c>Documentation/filesystems/ext4</c>, "Block Group Descriptors" and "Block and inode Bitmaps".</remarks>
public sealed class Ext4FreeBlocks
{
    private const int BlockUninitialized = 2;

    private readonly Stream stream;
    private readonly Ext4Superblock super;

    private Ext4FreeBlocks(Stream stream, Ext4Superblock super) => (this.stream, this.super) = (stream, super);

    /// <summary>Free blocks as bytes, sorted; with zeros behind the file system's end, which nobody reads either.</summary>
    /// <param name="fileSystem">A seekable stream that begins with the file system.</param>
    /// <returns>Null when it is none, has features whose free blocks are not known here, was not unmounted well, or contradicts itself.</returns>
    public static ImmutableArray<Extent>? Of(Stream fileSystem)
    {
        byte[] bytes = new byte[Ext4Superblock.Size];
        if (!Fill(fileSystem, Ext4Superblock.Offset, bytes) || Ext4Superblock.Read(bytes) is not { } super)
            return null;
        // What hangs behind a file system may be about all of its blocks, such as a tree of their hashes.
        return IsZeroFrom(fileSystem, super.Blocks * super.BlockSize) ? new Ext4FreeBlocks(fileSystem, super).Find() : null;
    }

    private ImmutableArray<Extent>? Find()
    {
        if (super.Groups * super.DescriptorSize > Math.Min(stream.Length, int.MaxValue))
            return null;
        byte[] table = new byte[super.Groups * super.DescriptorSize];
        if (!Fill(stream, (super.FirstBlock + 1) * super.BlockSize, table))
            return null;
        ImmutableArray<Group> groups = [.. Enumerable.Range(0, (int)super.Groups).Select(number => Read(number, table.AsSpan(number * super.DescriptorSize, super.DescriptorSize)))];
        ImmutableArray<Extent> metadata = [.. groups.SelectMany(Metadata)];
        if (metadata.Any(extent => extent.Start < 0 || extent.End > stream.Length))
            return null;
        var free = new List<Extent> { Extent.Between(super.Blocks * super.BlockSize, stream.Length) };
        byte[] bitmap = new byte[super.BlockSize];
        foreach (Group group in groups)
        {
            if (group.IsUninitialized)
                free.Add(group.Extent);
            else if (Fill(stream, group.BlockBitmap * super.BlockSize, bitmap))
                free.AddRange(FreeOf(group, bitmap));
            else
                return null;
        }

        // Where a bitmap was never written, nothing but the descriptors tells of metadata.
        var whole = new Extent(0, stream.Length);
        return Extents.Without(whole, Extents.Without(whole, free).Concat(metadata));
    }

    private Group Read(int number, ReadOnlySpan<byte> descriptor)
    {
        bool isWide = super.DescriptorSize >= 64;
        long first = super.FirstBlock + (number * super.BlocksPerGroup);
        return new(
            number, Extent.Between(first * super.BlockSize, Math.Min(first + super.BlocksPerGroup, super.Blocks) * super.BlockSize), Block(descriptor, 0x0), Block(descriptor, 0x4), Block(descriptor, 0x8),
            super.HasUninitialized && (BinaryPrimitives.ReadUInt16LittleEndian(descriptor[0x12..]) & BlockUninitialized) != 0);

        long Block(ReadOnlySpan<byte> bytes, int at) =>
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) | (isWide ? (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 0x20)..]) << 32 : 0);
    }

    private IEnumerable<Extent> Metadata(Group group)
    {
        yield return Blocks(group.BlockBitmap, 1);
        yield return Blocks(group.InodeBitmap, 1);
        yield return Blocks(group.InodeTable, super.InodeTableBlocks);
        if (super.Backups.Has(group.Number))
            yield return Blocks(group.Extent.Start / super.BlockSize, Math.Min(1 + super.DescriptorBlocks + super.ReservedDescriptorBlocks, group.Extent.Length / super.BlockSize));
    }

    private IEnumerable<Extent> FreeOf(Group group, byte[] bitmap)
    {
        long first = group.Extent.Start / super.BlockSize, count = group.Extent.Length / super.BlockSize;
        for (int start = 0; start < count;)
        {
            bool isUsed = IsSet(start);
            int end = start + 1;
            while (end < count && IsSet(end) == isUsed)
                end++;
            if (!isUsed)
                yield return Blocks(first + start, end - start);
            start = end;
        }

        bool IsSet(int bit) => (bitmap[bit / 8] & (1 << (bit % 8))) != 0;
    }

    private Extent Blocks(long first, long count) => new(first * super.BlockSize, count * super.BlockSize);

    private static bool Fill(Stream stream, long position, byte[] bytes)
    {
        if (position < 0 || position + bytes.Length > stream.Length)
            return false;
        stream.Position = position;
        return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }

    private static bool IsZeroFrom(Stream stream, long position)
    {
        if (position > stream.Length)
            return false;
        byte[] buffer = new byte[1 << 16];
        stream.Position = position;
        for (int read; (read = stream.Read(buffer)) > 0;)
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                return false;
        return true;
    }

    private sealed record Group(int Number, Extent Extent, long BlockBitmap, long InodeBitmap, long InodeTable, bool IsUninitialized);
}
