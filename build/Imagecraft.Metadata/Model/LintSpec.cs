// What a board says of the devices that its kernel must drive. Unaware of YAML and of device trees.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>The devices without which the board is of no use, by nodes of its device tree.</summary>
/// <param name="Root">The disk with the root file system.</param>
public sealed record LintSpec(LintDeviceSpec Root)
{
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

/// <summary>A known problem.</summary>
/// <param name="Node">Path in the device tree.</param>
/// <param name="Reason">Why it is none.</param>
public sealed record LintWaiverSpec(Sited<string> Node, string Reason);
