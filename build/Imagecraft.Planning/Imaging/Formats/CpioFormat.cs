// cpio: the root file system as an initramfs, which the kernel unpacks into memory.

using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class CpioFormat
{
    public const string Artifact = "rootfs.cpio";

    public static OutputRef Plan(FormatJob job) => job.Context.Call(
        job.Id("cpio"),
        new MakeCpioRequest(),
        "nothing but the root file system decides",
        $"Make {Artifact}",
        [job.RootFs.At(MakeCpioRequest.RootFsInput, "the root file system")]);
}
