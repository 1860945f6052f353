// What `make-disk` is told. Unaware of boards.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Images.Disks;

namespace Imagecraft.Requests.Imaging;

/// <summary>Partitions and blobs become a disk.</summary>
/// <param name="Disk">What is wanted.</param>
public sealed record MakeDiskRequest(Disk Disk) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "make-disk";

    /// <summary>Files and packages' trees by <see cref="DiskContent.Name"/>.</summary>
    public static InputSlots ContentInputs { get; } = new("/content/");

    /// <summary>Name of the partition whose identifier the boot files name; null when they name none.</summary>
    public string? Root { get; init; }

    /// <summary>Identity of the file system in <see cref="Root"/>, see <see cref="MakeRootFsRequest.UuidOutput"/>.</summary>
    public static InputSlot RootUuidInput { get; } = new("/root-uuid");

    /// <summary>The disk.</summary>
    public static OutputSlot DiskOutput { get; } = new("disk", OutputKind.File);

    /// <summary>The map of its used blocks.</summary>
    public static OutputSlot BmapOutput { get; } = new("bmap", OutputKind.File);

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [DiskOutput.Spec, BmapOutput.Spec];
}
