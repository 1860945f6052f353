// What a board says of device trees and of overlays for them. Unaware of YAML and of compilers.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A device tree of the kernel's sources or of the board's folder, with overlays laid over it or without.</summary>
/// <param name="Source">As <c>VENDOR/NAME.dtb</c> below <c>arch/ARCH/boot/dts</c>, or a source of one's own (workspace-relative path that ends with <c>.dts</c>).</param>
/// <param name="Overlays">Sources of overlays in order (workspace-relative paths); they may include the kernel's bindings and name its labels.</param>
/// <param name="OwnName">File name in <c>out/BOARD/IMAGE/</c>; null: the source's.</param>
public sealed record DeviceTreeSpec(Sited<string> Source, ImmutableArray<Sited<string>> Overlays, Sited<string>? OwnName)
{
    /// <summary>Files of one's own that <see cref="Source"/> and <see cref="Overlays"/> include (workspace-relative paths).</summary>
    public ImmutableArray<Sited<string>> Includes { get; init; } = [];

    /// <summary>Whether the source is a file of the workspace.</summary>
    public bool IsOwn => Source.Value.EndsWith(".dts", StringComparison.Ordinal);

    /// <summary>File name in <c>out/BOARD/IMAGE/</c>, in <c>artifact:</c> of partitions' files and in <c>${FILE:NAME}</c> of QEMU's arguments.</summary>
    public string Name => OwnName?.Value ?? DeviceTreeNames.Compiled(Source);
}

/// <summary>A device tree overlay that the boot loader lays over a device tree.</summary>
/// <param name="Source">A source of one's own (workspace-relative path that ends with <c>.dtso</c>), or <c>VENDOR/NAME.dtbo</c> of the kernel's sources.</param>
/// <param name="OwnName">File name in <c>out/BOARD/IMAGE/</c>; null: the source's.</param>
/// <param name="Onto">Names of the device trees that it must fit; empty: all of the board without overlays of their own.</param>
public sealed record OverlaySpec(Sited<string> Source, Sited<string>? OwnName, ImmutableArray<Sited<string>> Onto)
{
    /// <summary>Files of one's own that <see cref="Source"/> includes (workspace-relative paths).</summary>
    public ImmutableArray<Sited<string>> Includes { get; init; } = [];

    /// <summary>Whether the source is a file of the workspace.</summary>
    public bool IsOwn => Source.Value.EndsWith(".dtso", StringComparison.Ordinal);

    /// <summary>File name in <c>out/BOARD/IMAGE/</c> and in <c>artifact:</c> of partitions' files.</summary>
    public string Name => OwnName?.Value ?? DeviceTreeNames.Compiled(Source);

    /// <summary>Whether it must fit the device tree.</summary>
    public bool Fits(DeviceTreeSpec tree) => Onto.IsEmpty ? tree.Overlays.IsEmpty : Onto.Any(name => name.Value == tree.Name);
}

static class DeviceTreeNames
{
    /// <summary>The file name of a source after compiling.</summary>
    public static string Compiled(string source)
    {
        var name = source[(source.LastIndexOf('/') + 1)..];
        return name switch
        {
            _ when name.EndsWith(".dtso", StringComparison.Ordinal) => $"{name[..^5]}.dtbo",
            _ when name.EndsWith(".dts", StringComparison.Ordinal) => $"{name[..^4]}.dtb",
            _ => name,
        };
    }
}
