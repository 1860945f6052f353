// What firmware and boot tools are told of a partition. Unaware of where it is stored.

namespace Imagecraft.Images.Disks;

/// <summary>Attribute bits of a GPT entry.</summary>
/// <remarks>Source: UEFI specification 2.10, table 5.8 (bits 0 to 2); Discoverable Partitions Specification, "Partition Flags" (bits 59, 60 and 63).</remarks>
[Flags]
public enum PartitionAttributes : ulong
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>The platform needs it; tools must keep it.</summary>
    Required = 1UL << 0,

    /// <summary>Legacy BIOS bootable, which U-Boot takes as the slot to boot from; the active flag of an MBR.</summary>
    Bootable = 1UL << 2,

    /// <summary>Grown to the partition's size when it is mounted; boards say so of partitions that take the rest of the disk, too. An MBR stores nothing of it.</summary>
    Grow = 1UL << 59,

    /// <summary>Mounted read-only.</summary>
    ReadOnly = 1UL << 60,

    /// <summary>Not mounted by itself: the slot that is not in use.</summary>
    NoAuto = 1UL << 63,
}

/// <summary>Their names in text.</summary>
public static class PartitionAttributeNames
{
    /// <summary>The bits of some words.</summary>
    /// <exception cref="ImageInputException">A word is unknown.</exception>
    public static PartitionAttributes Parse(IEnumerable<string> words) => words.Aggregate(PartitionAttributes.None, (all, word) => all | word switch
    {
        "required" => PartitionAttributes.Required,
        "bootable" => PartitionAttributes.Bootable,
        "grow" => PartitionAttributes.Grow,
        "read-only" => PartitionAttributes.ReadOnly,
        "no-auto" => PartitionAttributes.NoAuto,
        _ => throw new ImageInputException($"Partition attribute `{word}` is none of [`required`, `bootable`, `read-only`, `no-auto`, `grow`]"),
    });
}
