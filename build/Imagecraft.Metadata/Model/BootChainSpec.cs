// What a board's documents say of the stages before its kernel. Unaware of YAML and of how a disk is examined.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>The stages that ROM and boot loader find on the disk.</summary>
/// <param name="Stages">At least one, in their order.</param>
/// <param name="Configuration">U-Boot's final configuration; null when no U-Boot is among them.</param>
public sealed record BootChainSpec(ImmutableArray<BootStageSpec> Stages, PackageFile? Configuration);

/// <summary>One stage.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Format">How it is packed: <c>imx8m</c>, <c>rockchip</c>, <c>starfive</c>, <c>fit</c>, <c>extlinux</c> or <c>raspberry-pi</c>.</param>
/// <param name="Document">Address of what says all this.</param>
public sealed record BootStageSpec(Sited<string> Name, Sited<string> Format, Sited<string> Document)
{
    /// <summary>First byte on the disk.</summary>
    public Sited<long>? Offset { get; init; }

    /// <summary>GPT type GUID of the partition that is looked for.</summary>
    public Sited<string>? PartitionType { get; init; }

    /// <summary>GPT name of the partition that is looked for.</summary>
    public Sited<string>? PartitionName { get; init; }

    /// <summary>Number of the partition that is looked for, counted from 1.</summary>
    public Sited<int>? PartitionNumber { get; init; }

    /// <summary>Programs in it.</summary>
    public ImmutableArray<BootImageSpec> Images { get; init; } = [];

    /// <summary>Files that it carries whole.</summary>
    public ImmutableArray<PackageFile> Carries { get; init; } = [];

    /// <summary>What its device tree is compatible with.</summary>
    public Sited<string>? Compatible { get; init; }
}

/// <summary>A program in a stage.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Load">Address that it is made for.</param>
/// <param name="Entry">Address of its first instruction; null: where it is loaded.</param>
/// <param name="Code">Whose instructions: <c>arm64</c> or <c>riscv</c>; null when it is no code.</param>
/// <param name="Console">Address of the serial port that it writes to.</param>
public sealed record BootImageSpec(Sited<string> Name, Sited<ulong>? Load, Sited<ulong>? Entry, Sited<string>? Code, Sited<ulong>? Console)
{
    /// <summary>Address below which all of it must lie.</summary>
    public Sited<ulong>? Below { get; init; }
}
