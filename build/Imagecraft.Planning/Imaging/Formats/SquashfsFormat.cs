// squashfs: the smallest root file system that is only read.

namespace Imagecraft.Planning.Imaging.Formats;

internal static class SquashfsFormat
{
    public const string Artifact = "rootfs.squashfs";

    public static OutputRef Plan(FormatJob job) => job.Script("squashfs", Artifact, "formats", "make-squashfs", [], job.RootFsInputs);
}
