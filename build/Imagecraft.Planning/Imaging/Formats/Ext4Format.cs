// ext4: the root file system that can be written to.

namespace Imagecraft.Planning.Imaging.Formats;

internal static class Ext4Format
{
    public const string Artifact = "rootfs.ext4";

    public static OutputRef Plan(FormatJob job) => job.Script("ext4", Artifact, "image", "make-ext4", [], job.RootFsInputs);
}
