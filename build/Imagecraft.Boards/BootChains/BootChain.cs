// What a board's ROM and first stages are to find on its disk, as its documents say; travels as JSON, too. Unaware of YAML and of how it is read.

using System.Collections.Immutable;

namespace Imagecraft.Boards.BootChains;

/// <summary>The stages before the kernel, in their order.</summary>
/// <param name="Stages">At least one.</param>
/// <param name="Configuration">Final configuration of U-Boot, which says where it keeps its environment and looks for its next stage; null when there is none.</param>
public sealed record BootChain(ImmutableArray<BootStage> Stages, BootFile? Configuration);

/// <summary>How a stage is packed.</summary>
public enum BootFormat
{
    /// <summary>NXP's image vector table of i.MX 8M, with boot data and code behind it.</summary>
    Imx8m,

    /// <summary>NXP's containers (AHAB) of i.MX 9: firmware of the security controller, SPL, and behind them TF-A and U-Boot.</summary>
    Imx9,

    /// <summary>The header before TF-A's BL2 that the ROM of an STM32 reads.</summary>
    Stm32,

    /// <summary>TF-A's firmware image package.</summary>
    Fip,

    /// <summary>A FAT partition with the first stages of TI's K3, which are found by their names.</summary>
    TiK3,

    /// <summary>SpacemiT's block of 80 bytes that says where the first stage lies, and that stage.</summary>
    Spacemit,

    /// <summary>Rockchip's block of two images with the signature <c>RKNS</c>: memory training and SPL.</summary>
    Rockchip,

    /// <summary>StarFive's header of 1 KiB before SPL.</summary>
    Starfive,

    /// <summary>U-Boot's flattened image tree.</summary>
    Fit,

    /// <summary>A FAT partition with the menu file that U-Boot looks for, kernel and device tree.</summary>
    Extlinux,

    /// <summary>A FAT partition with what the Raspberry Pi's firmware reads, kernel and device tree.</summary>
    RaspberryPi,
}

/// <summary>The instructions that a CPU expects at an image's entry.</summary>
public enum InstructionSet
{
    /// <summary>64-bit Arm.</summary>
    Arm64,

    /// <summary>64-bit RISC-V.</summary>
    Riscv,
}

/// <summary>One stage.</summary>
/// <param name="Name">For messages, e.g. <c>u-boot.itb</c>.</param>
/// <param name="Format">How it is packed.</param>
/// <param name="Document">Address of the document that says all this.</param>
public sealed record BootStage(string Name, BootFormat Format, string Document)
{
    /// <summary>First byte on the disk; null when it is found by its partition.</summary>
    public long? Offset { get; init; }

    /// <summary>GPT type of the partition that the stage before looks for; null when it goes by number or offset.</summary>
    public Guid? PartitionType { get; init; }

    /// <summary>GPT name of its partition; null when it is found otherwise.</summary>
    public string? PartitionName { get; init; }

    /// <summary>Number of its partition, counted from 1.</summary>
    public int? PartitionNumber { get; init; }

    /// <summary>What is in it, by name: of a FIT its own names, of boot files <c>kernel</c> and <c>fdt</c>, of the others <c>spl</c> and <c>tpl</c>.</summary>
    public ImmutableArray<BootImage> Images { get; init; } = [];

    /// <summary>Files that it carries whole.</summary>
    public ImmutableArray<BootFile> Carries { get; init; } = [];

    /// <summary>What the device tree of its default configuration is compatible with; null: it has none, or nobody says.</summary>
    public string? Compatible { get; init; }
}

/// <summary>A program within a stage.</summary>
/// <param name="Name">Its name in the stage.</param>
/// <param name="Load">Address in memory where its first byte comes to lie; null when nobody says.</param>
/// <param name="Entry">Address of its first instruction; null: <paramref name="Load"/>.</param>
/// <param name="Code">Whose instructions it begins with; null when it is no code.</param>
/// <param name="Console">Address of the serial port that it writes to, which stands in its code; null when nobody says.</param>
public sealed record BootImage(string Name, ulong? Load, ulong? Entry, InstructionSet? Code, ulong? Console)
{
    /// <summary>Address below which all of it must lie, because its memory ends there or something else begins; null when nobody says.</summary>
    public ulong? Below { get; init; }
}

/// <summary>A file of a package by the name of the input that has the package's tree.</summary>
/// <param name="Input">Name of the tree.</param>
/// <param name="Path">Absolute path in it.</param>
public sealed record BootFile(string Input, string Path)
{
    /// <summary>The last part of its path.</summary>
    public string FileName() => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>A part of the disk that is kept for something.</summary>
/// <param name="Name">For messages.</param>
/// <param name="First">Its first byte.</param>
/// <param name="End">The byte behind its last.</param>
public sealed record DiskRange(string Name, long First, long End)
{
    /// <summary>Whether they share a byte.</summary>
    public bool Overlaps(DiskRange other) => First < other.End && other.First < End;
}
