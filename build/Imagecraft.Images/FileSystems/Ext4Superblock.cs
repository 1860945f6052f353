// The superblock of an ext2, ext3 or ext4 file system, as far as it says where free blocks are. Unaware of group descriptors.

using System.Buffers.Binary;

namespace Imagecraft.Images.FileSystems;

/// <summary>Where the parts of the file system lie.</summary>
/// <param name="BlockSize">Bytes of a block.</param>
/// <param name="Blocks">Number of blocks.</param>
/// <param name="FirstBlock">Block in which the first group begins: 1 when a block has 1024 bytes, else 0.</param>
/// <param name="BlocksPerGroup">Blocks of a group; the last may have fewer.</param>
/// <param name="InodeTableBlocks">Blocks of a group's inode table.</param>
/// <param name="DescriptorSize">Bytes of a group descriptor.</param>
/// <param name="ReservedDescriptorBlocks">Blocks kept behind each copy of the descriptors, for growing.</param>
/// <param name="HasUninitialized">Descriptors may say that a group's bitmap was never written.</param>
/// <param name="Backups">In which groups there are copies of superblock and descriptors.</param>
/// <remarks>Source: the kernel's <c>Documentation/filesystems/ext4</c>, "Super Block" and "Layout".</remarks>
internal sealed record Ext4Superblock(
    int BlockSize, long Blocks, long FirstBlock, long BlocksPerGroup, long InodeTableBlocks, int DescriptorSize, int ReservedDescriptorBlocks, bool HasUninitialized, Ext4Backups Backups)
{
    /// <summary>Its place in the file system.</summary>
    public const int Offset = 1024;

    /// <summary>Its bytes.</summary>
    public const int Size = 1024;

    // Features under which free blocks are where this reader looks for them. Not among them: a journal that must be replayed first (`recover`), descriptors elsewhere (`meta_bg`),
    // bitmaps of clusters (`bigalloc`), and whatever came after.
    private const uint KnownIncompatible = 0x2 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000;
    private const uint KnownReadOnly = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x40 | 0x100 | 0x400 | 0x1000 | 0x2000 | 0x8000;
    private const uint Wide = 0x80, SparseSuper = 0x1, DescriptorChecksum = 0x10, MetadataChecksum = 0x400, SparseSuper2 = 0x200;

    /// <summary>Whether this is the superblock of such a file system.</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes) => bytes.Length >= Size && BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x38..]) == 0xef53;

    /// <summary>Reads it; null when it is none, has a feature that is not known here, or was not unmounted well.</summary>
    public static Ext4Superblock? Read(ReadOnlySpan<byte> bytes)
    {
        if (!IsOne(bytes) || Word(bytes, 0x4c) == 0 || BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x3a..]) != 1)
            return null;
        uint compatible = Word(bytes, 0x5c), incompatible = Word(bytes, 0x60), readOnly = Word(bytes, 0x64);
        if ((incompatible & ~KnownIncompatible) != 0 || (readOnly & ~KnownReadOnly) != 0 || Word(bytes, 0x18) > 6)
            return null;
        int blockSize = 1024 << (int)Word(bytes, 0x18);
        int descriptorSize = (incompatible & Wide) != 0 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[0xfe..]) : 32;
        long inodeBytes = (long)Word(bytes, 0x28) * BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x58..]);
        var read = new Ext4Superblock(
            blockSize,
            Word(bytes, 0x4) | ((incompatible & Wide) != 0 ? (long)Word(bytes, 0x150) << 32 : 0),
            Word(bytes, 0x14),
            Word(bytes, 0x20),
            (inodeBytes + blockSize - 1) / blockSize,
            descriptorSize,
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[0xce..]),
            (readOnly & (DescriptorChecksum | MetadataChecksum)) != 0,
            (compatible & SparseSuper2) != 0 ? new Ext4Backups.Named(Word(bytes, 0x24c), Word(bytes, 0x250)) : (readOnly & SparseSuper) != 0 ? new Ext4Backups.Powers() : new Ext4Backups.All());
        return read.IsPlausible ? read : null;
    }

    /// <summary>Groups.</summary>
    public long Groups => (Blocks - FirstBlock + BlocksPerGroup - 1) / BlocksPerGroup;

    /// <summary>Blocks of one copy of the descriptors.</summary>
    public long DescriptorBlocks => ((Groups * DescriptorSize) + BlockSize - 1) / BlockSize;

    private bool IsPlausible => FirstBlock <= 1 && Blocks > FirstBlock && Blocks <= long.MaxValue / BlockSize && BlocksPerGroup > 0 && BlocksPerGroup <= 8L * BlockSize
        && DescriptorSize is >= 32 and <= 1024 && InodeTableBlocks > 0;

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}

/// <summary>Which groups begin with a copy of superblock and descriptors.</summary>
internal abstract record Ext4Backups
{
    /// <summary>Whether a group does; the first always.</summary>
    public abstract bool Has(long group);

    /// <summary>Each group.</summary>
    internal sealed record All : Ext4Backups
    {
        public override bool Has(long group) => true;
    }

    /// <summary>The first two, and those whose number is a power of 3, 5 or 7 (<c>sparse_super</c>).</summary>
    internal sealed record Powers : Ext4Backups
    {
        public override bool Has(long group) => group <= 1 || IsPower(group, 3) || IsPower(group, 5) || IsPower(group, 7);

        private static bool IsPower(long number, int of)
        {
            while (number % of == 0)
                number /= of;
            return number == 1;
        }
    }

    /// <summary>The first and at most two others, which the superblock names (<c>sparse_super2</c>).</summary>
    internal sealed record Named(long First, long Second) : Ext4Backups
    {
        public override bool Has(long group) => group == 0 || group == First || group == Second;
    }
}
