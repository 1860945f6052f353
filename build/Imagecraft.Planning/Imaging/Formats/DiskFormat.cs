// disk.img: the board's partitions and blobs behind a partition table, and the map of its used blocks.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class DiskFormat
{
    public const string Artifact = "disk.img";

    /// <summary>Plans the disk; outputs are <c>disk</c> and <c>bmap</c>.</summary>
    /// <param name="job">The image.</param>
    /// <param name="artifact">Finds an artifact by name; null after a problem that was noted.</param>
    /// <param name="package">Finds a package's tree by name; null after a problem that was noted.</param>
    public static OutputRef Plan(FormatJob job, Func<Sited<string>, OutputRef?> artifact, Func<Sited<string>, OutputRef?> package)
    {
        var board = job.Target.Board;
        var inputs = new SortedDictionary<string, InputEdge>(StringComparer.Ordinal);
        var plan = new DiskPlan(
            $"{job.Target.Image.Name}@{board.Name}",
            [.. board.Partitions.Select(Partition)],
            board.PartitionTable?.Value == "mbr" ? "mbr" : null,
            board.Blobs.IsEmpty ? null : [.. board.Blobs.Select(b => new BlobPlan(b.Name, b.Offset, b.Size?.Value, Package(b.Source, $"blob {b.Name}"), b.Source.File))]);
        return job.Context.Add(new ActionNode
        {
            Id = job.Id("disk"),
            Work = new ActionWork.BuiltIn("make-disk", ImmutableSortedDictionary<string, string>.Empty),
            Inputs = [new("/plan.json", new InputSource.Inline(JsonSerializer.Serialize(plan, PlanWriter.Default.DiskPlan)), "the board's partitions"), .. inputs.Values],
            Outputs = [new("disk", "disk", OutputKind.File), new("bmap", "bmap", OutputKind.File)],
            Description = $"Assemble {Artifact}",
        });

        PartitionPlan Partition(PartitionSpec partition)
        {
            var content = partition switch
            {
                { Raw: { } raw } => Package(raw, $"partition {partition.Name}"),
                { Content.Value: VfatFormat.Content } => Input($"{partition.Name}.vfat", VfatFormat.Plan(job, partition, artifact, package), $"file system of partition {partition.Name}"),
                { Content.Value: Ext4Format.EmptyContent } => Input($"{partition.Name}.ext4", Ext4Format.PlanEmpty(job, partition), $"file system of partition {partition.Name}"),
                { Content: { } name } => Input(name, artifact(name), "content of a partition"),
                _ => null,
            };
            return new(partition.Name, partition.Type, content, partition.Size?.Value, partition.Raw?.File.Value, partition.Offset?.Value, partition.Attributes.IsEmpty ? null : [.. partition.Attributes.Select(a => a.Value)]);
        }

        string Package(PackageFile source, string reason) => Input($"package/{source.Package}", package(source.Package), $"{source.File} is {reason}");

        string Input(string name, OutputRef? output, string reason)
        {
            if (output is not null)
                inputs.TryAdd(name, output.At("/" + name, reason));
            return name;
        }
    }
}
