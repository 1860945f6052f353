// What a board says of its disk: partitions, the files in them, raw content at fixed places. Unaware of YAML and of partition tables.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A partition of a disk. It is empty, holds an artifact of the image, files of its own, or a file of a package as it is.</summary>
/// <param name="Name">GPT name; with an MBR for messages only.</param>
/// <param name="Type">A word such as <c>esp</c> or <c>linux-root-arm64</c>, a GPT type GUID, or an MBR type such as <c>0x0c</c>.</param>
/// <param name="Content">Name of an image output (<c>rootfs.ext4</c>), or <c>vfat</c> for a file system with <see cref="Files"/>; null when it is empty or raw.</param>
/// <param name="Size">Size in bytes; null: as large as the content.</param>
public sealed record PartitionSpec(Sited<string> Name, Sited<string> Type, Sited<string>? Content, Sited<long>? Size)
{
    /// <summary>Its own GUID, by which firmware may look for it; null: made of the disk's content.</summary>
    public Sited<string>? Id { get; init; }

    /// <summary>First byte on the disk; null: after the partition before, at a multiple of 1 MiB, clear of blobs.</summary>
    public Sited<long>? Offset { get; init; }

    /// <summary>Words: <c>required</c>, <c>bootable</c>, <c>read-only</c>, <c>no-auto</c>, <c>grow</c>.</summary>
    public ImmutableArray<Sited<string>> Attributes { get; init; } = [];

    /// <summary>The folder in which its file system is mounted at each boot; null: nobody mounts it but the kernel as its root, or a program that knows it.</summary>
    public Sited<string>? Mount { get; init; }

    /// <summary>Options of that mount, see mount(8).</summary>
    public ImmutableArray<Sited<string>> MountOptions { get; init; } = [];

    /// <summary>At boot it takes what the disk has behind it, and an ext4 in it what it has.</summary>
    public bool Grows => Attributes.Any(attribute => attribute.Value == "grow");

    /// <summary>Files of a <c>vfat</c> file system.</summary>
    public ImmutableArray<BootFile> Files { get; init; } = [];

    /// <summary>Raw content out of a package, e.g. a boot loader.</summary>
    public PackageFile? Raw { get; init; }
}

/// <summary>A file of a partition, from one of three places.</summary>
/// <param name="Path">Absolute path in the partition; with a slash at its end the folder for all that <paramref name="Source"/> matches.</param>
/// <param name="Text">The text itself, in which <c>$CMDLINE</c> stands for the kernel command line <c>$KERNEL</c> for the kernel's file name and <c>$OVERLAYS</c> for the paths of the board's overlays in the partition; or null.</param>
/// <param name="Artifact">An artifact of the image such as <c>Image</c> or <c>rootfs.cpio.zst</c>; or null.</param>
/// <param name="Source">A file of a package; or null.</param>
public sealed record BootFile(Sited<string> Path, Sited<string>? Text, Sited<string>? Artifact, PackageFile? Source);

/// <summary>A file that a package brings. The package need not be installed in the image.</summary>
/// <param name="Package">Name of the package.</param>
/// <param name="File">Absolute path in it. For files of a partition that go into a folder, a glob; then paths below the part before the first wildcard are kept.</param>
public sealed record PackageFile(Sited<string> Package, Sited<string> File);

/// <summary>Raw content at a fixed place of the disk, outside of partitions.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Offset">First byte on the disk, the start of a sector.</param>
/// <param name="Size">Bytes that are kept free for it; null: as many as the content has.</param>
/// <param name="Source">The content.</param>
public sealed record BlobSpec(Sited<string> Name, Sited<long> Offset, Sited<long>? Size, PackageFile Source);
