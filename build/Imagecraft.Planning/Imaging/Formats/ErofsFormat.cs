// erofs: a compressed root file system that is only read, with random access.

namespace Imagecraft.Planning.Imaging.Formats;

internal static class ErofsFormat
{
    public const string Artifact = "rootfs.erofs";

    public static OutputRef Plan(FormatJob job) => job.Script("erofs", Artifact, "formats", "make-erofs", [], job.RootFsInputs);
}
