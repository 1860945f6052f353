// What a board's boot loader is given besides kernel and device trees: FIT images and scripts. Unaware of YAML and of mkimage.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A FIT image: the kernel with device trees, one configuration a tree, each with hashes.</summary>
/// <param name="Name">File name in <c>out/BOARD/IMAGE/</c> and in <c>artifact:</c> of partitions' files.</param>
/// <param name="DeviceTrees">Names of device trees of the board; the first belongs to the default configuration.</param>
public sealed record FitImageSpec(Sited<string> Name, ImmutableArray<Sited<string>> DeviceTrees)
{
    /// <summary>Names of overlays of the board, each in a configuration of its own that is laid over another.</summary>
    public ImmutableArray<Sited<string>> Overlays { get; init; } = [];

    /// <summary>An artifact of the image that is the initial RAM disk, e.g. <c>rootfs.cpio.gz</c>; or null.</summary>
    public Sited<string>? Ramdisk { get; init; }

    /// <summary>Address that the kernel is loaded and entered at; null: wherever U-Boot finds room (<c>kernel_noload</c>).</summary>
    public Sited<ulong>? Load { get; init; }

    /// <summary>Address that device trees are loaded at, which overlays need; null: they are used where they lie.</summary>
    public Sited<ulong>? DeviceTreeLoad { get; init; }

    /// <summary>Whether the kernel is packed by gzip, which needs <see cref="Load"/>.</summary>
    public bool IsPacked { get; init; }
}

/// <summary>A script for U-Boot, as <c>boot.scr</c>.</summary>
/// <param name="Name">File name in <c>out/BOARD/IMAGE/</c> and in <c>artifact:</c> of partitions' files.</param>
/// <param name="Text">U-Boot's commands, in which <c>$CMDLINE</c> and <c>$KERNEL</c> are filled in.</param>
public sealed record BootScriptSpec(Sited<string> Name, Sited<string> Text);
