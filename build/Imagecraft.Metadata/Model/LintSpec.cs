// What a board says of the devices that its kernel must drive. Unaware of YAML and of device trees.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>The devices without which the board is of no use: nodes of its device tree, classes of devices where firmware tells of them, or a reason why nothing is judged.</summary>
/// <param name="Root">The disk with the root file system; null where no device tree has it.</param>
public sealed record LintSpec(LintDeviceSpec? Root)
{
    /// <summary>What the board promises to drive of its kind, whichever devices a machine has.</summary>
    public ImmutableArray<LintClassSpec> Classes { get; init; } = [];

    /// <summary>Why nothing is judged; null when something is.</summary>
    public Sited<string>? None { get; init; }

    /// <summary>File name of the device tree; null: the board's first.</summary>
    public Sited<string>? DeviceTree { get; init; }

    /// <summary>The serial console; null: what the tree names.</summary>
    public LintDeviceSpec? Console { get; init; }

    /// <summary>Network adapters and all else that must work.</summary>
    public ImmutableArray<LintDeviceSpec> Devices { get; init; } = [];

    /// <summary>What may stay without a driver or its firmware.</summary>
    public ImmutableArray<LintWaiverSpec> Waivers { get; init; } = [];
}

/// <summary>A device.</summary>
/// <param name="Node">Path or alias in the device tree.</param>
/// <param name="Drivers">Modules that drive it or what hangs on it, where the tree does not tell.</param>
public sealed record LintDeviceSpec(Sited<string> Node, ImmutableArray<Sited<string>> Drivers);

/// <summary>A class of devices.</summary>
/// <param name="Name">For messages, e.g. <c>NVMe drives</c>.</param>
/// <param name="Drivers">Modules, all of which there must be.</param>
/// <param name="IsBuiltIn">Whether they must be in the kernel, because the root file system or the console lies behind them.</param>
/// <param name="WithoutFirmware">Why a driver of it may go without its firmware; null when it may not.</param>
public sealed record LintClassSpec(Sited<string> Name, ImmutableArray<Sited<string>> Drivers, bool IsBuiltIn, string? WithoutFirmware);

/// <summary>A known problem.</summary>
/// <param name="Node">Path in the device tree.</param>
/// <param name="Reason">Why it is none.</param>
public sealed record LintWaiverSpec(Sited<string> Node, string Reason);
