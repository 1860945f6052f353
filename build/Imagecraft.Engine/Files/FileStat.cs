// What statx(2) tells of a file. Unaware of the store.

using System.Runtime.InteropServices;

namespace Imagecraft.Engine.Files;

/// <summary>The kernel's `struct statx`, which is the same on all architectures.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    [FieldOffset(16)] public uint Links;
    [FieldOffset(28)] public ushort Mode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public ulong Size;
    [FieldOffset(48)] public ulong Blocks;
    [FieldOffset(96)] public long ChangeSeconds;
    [FieldOffset(104)] public uint ChangeNanoseconds;
    [FieldOffset(112)] public long ModifySeconds;
    [FieldOffset(120)] public uint ModifyNanoseconds;
    [FieldOffset(136)] public uint DeviceMajor;
    [FieldOffset(140)] public uint DeviceMinor;
}

/// <summary>Type, mode, size, times (nanoseconds since 1970) and place of a file.</summary>
internal readonly record struct FileStat(uint FullMode, long Size, long Blocks, uint Links, ulong Inode, ulong Device, long Modified, long Changed)
{
    internal FileStat(in StatxBuffer buffer)
        : this(
            buffer.Mode,
            (long)buffer.Size,
            (long)buffer.Blocks,
            buffer.Links,
            buffer.Inode,
            ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor,
            buffer.ModifySeconds * 1_000_000_000 + buffer.ModifyNanoseconds,
            buffer.ChangeSeconds * 1_000_000_000 + buffer.ChangeNanoseconds)
    {
    }

    /// <summary>Permission bits with set-uid, set-gid and sticky.</summary>
    internal uint Mode => FullMode & 0xfff;

    internal bool IsFile => (FullMode & 0xf000) == 0x8000;

    internal bool IsFolder => (FullMode & 0xf000) == 0x4000;

    internal bool IsSymlink => (FullMode & 0xf000) == 0xa000;

    /// <summary>Any of the three x bits.</summary>
    internal bool IsExecutable => (FullMode & 0x49) != 0;

    /// <summary>For messages about what cannot be stored.</summary>
    internal string KindName => (FullMode & 0xf000) switch
    {
        0x1000 => "a named pipe",
        0x2000 => "a character device",
        0x4000 => "a folder",
        0x6000 => "a block device",
        0x8000 => "a file",
        0xa000 => "a symbolic link",
        0xc000 => "a socket",
        _ => "of an unknown type",
    };
}
