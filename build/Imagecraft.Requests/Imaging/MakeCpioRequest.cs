// What `make-cpio` is told. Unaware of kernels.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Imaging;

/// <summary>A root file system becomes an initramfs.</summary>
public sealed record MakeCpioRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "make-cpio";

    /// <summary>The root file system as a tar.</summary>
    public static InputSlot RootFsInput { get; } = new("/rootfs.tar");

    /// <summary>The archive.</summary>
    public static OutputSlot CpioOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [CpioOutput.Spec];
}
