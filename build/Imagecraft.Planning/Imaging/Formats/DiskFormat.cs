// disk.img: the board's partitions and blobs behind a partition table, and the map of its used blocks.

using Imagecraft.Engine.Actions;
using Imagecraft.Images.Disks;
using Imagecraft.Metadata.Model;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class DiskFormat
{
    public const string Artifact = "disk.img";

    /// <summary>The kind of a board's partition table.</summary>
    public static PartitionTable TableOf(Board board) => board.PartitionTable?.Value == "mbr" ? PartitionTable.Mbr : PartitionTable.Gpt;

    /// <summary>Plans the disk; outputs are those of <see cref="MakeDiskRequest"/>.</summary>
    /// <param name="job">The image.</param>
    /// <param name="artifact">Finds an artifact by name; null after a problem that was noted.</param>
    /// <param name="package">Finds a package's tree by name; null after a problem that was noted.</param>
    public static OutputRef Plan(FormatJob job, Func<Sited<string>, OutputRef?> artifact, Func<Sited<string>, OutputRef?> package)
    {
        var board = job.Target.Board;
        var inputs = new SortedDictionary<string, InputEdge>(StringComparer.Ordinal);
        var disk = new Disk(
            $"{job.Target.Image.Name}@{board.Name}",
            TableOf(board),
            [.. board.Partitions.Select(Partition)],
            [.. board.Blobs.Select(b => new DiskBlob(b.Name, b.Offset, Package(b.Source, $"blob {b.Name}"), b.Size?.Value))],
            DiskSize.SectorOf(board));
        if (job.Root is not null)
            inputs.Add("", job.RootFs.Beside(MakeRootFsRequest.UuidOutput).At(MakeDiskRequest.RootUuidInput, "boot files name the root's partition by it"));
        return job.Context.Call(job.Id("disk"), new MakeDiskRequest(disk) { Root = job.Root?.Label }, "the board's partitions", $"Assemble {Artifact}", [.. inputs.Values]);

        DiskPartition Partition(PartitionSpec partition)
        {
            var content = partition switch
            {
                { Raw: { } raw } => Package(raw, $"partition {partition.Name}"),
                { Content.Value: VfatFormat.Content } => Input($"{partition.Name}.vfat", VfatFormat.Plan(job, partition, artifact, package), $"file system of partition {partition.Name}"),
                { Content.Value: Ext4Format.EmptyContent } => Input($"{partition.Name}.ext4", Ext4Format.PlanEmpty(job, partition), $"file system of partition {partition.Name}"),
                { Content: { } name } => Input(name, artifact(name), "content of a partition"),
                _ => null,
            };
            // Both are words that the form of partitions has checked.
            return new(partition.Name, PartitionType.Parse(partition.Type), content, partition.Size?.Value, partition.Offset?.Value, PartitionAttributeNames.Parse(partition.Attributes.Select(a => a.Value)))
            {
                Id = partition.Id is { } own ? Guid.Parse(own.Value) : null,
            };
        }

        DiskContent Package(PackageFile source, string reason) => Input($"package/{source.Package}", package(source.Package), $"{source.File} is {reason}") with { File = source.File };

        DiskContent Input(string name, OutputRef? output, string reason)
        {
            if (output is not null)
                inputs.TryAdd(name, output.At(MakeDiskRequest.ContentInputs.At(name), reason));
            return new(name);
        }
    }
}
