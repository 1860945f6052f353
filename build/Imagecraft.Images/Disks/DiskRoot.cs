// How a kernel is told of the partition that holds its root, so that it finds that one and no other. Unaware of tables and command lines.

using System.Buffers.Binary;
using System.Globalization;

namespace Imagecraft.Images.Disks;

/// <summary>The partition with the root file system, whose identifier follows from that file system alone: what else lies on the disk may name it.</summary>
/// <param name="Partition">Its name.</param>
/// <param name="FileSystem">The identity of the file system's content.</param>
public sealed record DiskRoot(string Partition, Guid FileSystem)
{
    /// <summary>Of the GPT's entry.</summary>
    public Guid PartitionId => UuidV5.Create(FileSystem, "partition\n" + Partition);

    /// <summary>Its first four bytes are an MBR's signature, by which the kernel makes identifiers of partitions.</summary>
    public Guid MbrId => UuidV5.Create(FileSystem, "disk");

    /// <summary>What the kernel takes for <c>PARTUUID=</c>.</summary>
    /// <param name="table">The kind of table; signatures of an MBR are numbers of four bytes, the lowest first.</param>
    /// <param name="number">The partition's place in it, from 1.</param>
    /// <remarks>Source: <c>Documentation/admin-guide/kernel-parameters.txt</c>, <c>block/partitions/msdos.c</c> of Linux.</remarks>
    public string KernelId(PartitionTable table, int number) => table == PartitionTable.Gpt
        ? PartitionId.ToString("D")
        : string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32LittleEndian(MbrId.ToByteArray()):x8}-{number:x2}");
}
