// ext4: the root file system that can be written to, and empty partitions for what is written on the board.

using System.Globalization;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class Ext4Format
{
    public const string Artifact = "rootfs.ext4";

    /// <summary>The word in <c>content:</c> for an empty file system.</summary>
    public const string EmptyContent = "ext4";

    public static OutputRef Plan(FormatJob job) => job.Script("ext4", Artifact, "image", "make-ext4", [], job.RootFsInputs.Add(job.RootFs.Beside(MakeRootFsRequest.XattrsOutput).At("/rootfs.xattrs", "what mke2fs does not take from the tar")));

    /// <summary>Plans an empty file system of a partition's size.</summary>
    public static OutputRef PlanEmpty(FormatJob job, PartitionSpec partition) =>
        job.Script($"ext4-{partition.Name}", $"{partition.Name}.ext4", "image", "make-empty-ext4", [partition.Name, partition.Size!.Value.ToString(CultureInfo.InvariantCulture), $"{job.Target.Image.Name}@{job.Target.Board.Name}"], []);
}
