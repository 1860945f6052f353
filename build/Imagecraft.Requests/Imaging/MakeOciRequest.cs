// What `make-oci` is told. Unaware of registries.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.Oci;

namespace Imagecraft.Requests.Imaging;

/// <summary>A root file system becomes a container image, an image layout in a tar.</summary>
/// <param name="Name">What it is called in the stores that load it.</param>
/// <param name="Platform">What its programs run on.</param>
public sealed record MakeOciRequest(string Name, OciPlatform Platform) : IRequest
{
    /// <summary>How it starts; null: with a shell.</summary>
    public OciStart? Start { get; init; }

    /// <inheritdoc/>
    public static string FunctionName => "make-oci";

    /// <summary>The root file system as a tar.</summary>
    public static InputSlot RootFsInput { get; } = new("/rootfs.tar");

    /// <summary>The archive.</summary>
    public static OutputSlot ArchiveOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ArchiveOutput.Spec];
}
