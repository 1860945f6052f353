// cpio: the root file system as an initramfs, which the kernel unpacks into memory.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class CpioFormat
{
    public const string Artifact = "rootfs.cpio";

    public static OutputRef Plan(FormatJob job) => job.Context.Add(new ActionNode
    {
        Id = job.Id("cpio"),
        Work = new ActionWork.BuiltIn("make-cpio", ImmutableSortedDictionary<string, string>.Empty),
        Inputs = [job.RootFs.At("/rootfs.tar", "the root file system")],
        Outputs = [new("file", "file", OutputKind.File)],
        Description = $"Make {Artifact}",
    });
}
