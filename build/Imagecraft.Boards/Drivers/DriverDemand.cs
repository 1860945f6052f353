// What a board needs its kernel to drive; travels as JSON, too. Unaware of YAML and of how drivers are found.

using System.Collections.Immutable;

namespace Imagecraft.Boards.Drivers;

/// <summary>The devices of a board without which it is of no use.</summary>
/// <param name="Board">For messages.</param>
/// <param name="Kernel">The kernel's recipe, for messages.</param>
/// <param name="Fragment">Where a missing symbol belongs; null when the board has no fragment.</param>
/// <param name="Root">The disk with the root file system: everything that it needs must be built in; null where no device tree has it.</param>
/// <param name="Console">The serial console, likewise; null: what the tree's <c>stdout-path</c> names.</param>
public sealed record DriverDemand(string Board, string Kernel, string? Fragment, DemandedDevice? Root, DemandedDevice? Console)
{
    /// <summary>What is promised of devices that no tree names.</summary>
    public ImmutableArray<DemandedClass> Classes { get; init; } = [];


    /// <summary>Network adapters and other devices that modules may drive.</summary>
    public ImmutableArray<DemandedDevice> Devices { get; init; } = [];

    /// <summary>Accelerators, found in the tree by what their modules drive.</summary>
    public ImmutableArray<DemandedAccelerator> Accelerators { get; init; } = [];

    /// <summary>What is known to have no driver and may stay so.</summary>
    public ImmutableArray<DriverWaiver> Waivers { get; init; } = [];
}

/// <summary>A device.</summary>
/// <param name="Node">Path in the tree, or alias.</param>
/// <param name="Drivers">Modules that drive what hangs on it without standing in the tree (a PCI device), or what a tree's <c>compatible</c> does not show.</param>
public sealed record DemandedDevice(string Node, ImmutableArray<string> Drivers);

/// <summary>A class of devices that firmware tells of, or that a bus finds.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Drivers">Modules, as <c>modprobe</c> names them.</param>
/// <param name="BuiltIn">Whether they must be in the kernel.</param>
public sealed record DemandedClass(string Name, ImmutableArray<string> Drivers, bool BuiltIn);

/// <summary>An accelerator.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Modules">As <c>modprobe</c> names them.</param>
/// <param name="Fragment">Where a missing symbol of its own belongs.</param>
public sealed record DemandedAccelerator(string Name, ImmutableArray<string> Modules, string? Fragment);

/// <summary>A problem that is known.</summary>
/// <param name="Node">Path of the node without a driver.</param>
/// <param name="Reason">Why that is right.</param>
public sealed record DriverWaiver(string Node, string Reason);

/// <summary>A driver that a device of the board needs.</summary>
/// <param name="Module">As <c>modprobe</c> names it.</param>
/// <param name="IsBuiltIn">Whether it is in the kernel.</param>
/// <param name="For">The device, for people.</param>
public sealed record NeededDriver(string Module, bool IsBuiltIn, string For);

/// <summary>What a lint tells.</summary>
/// <param name="Lines">What drives what, for people.</param>
/// <param name="Problems">What keeps a device of the board from working; none for a good kernel.</param>
/// <param name="Drivers">Whose firmware an image must have, and whose module when it is none of the kernel.</param>
public sealed record DriverReport(ImmutableArray<string> Lines, ImmutableArray<string> Problems, ImmutableArray<NeededDriver> Drivers);
