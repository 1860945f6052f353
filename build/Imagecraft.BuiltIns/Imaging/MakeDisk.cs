// A disk of the board's partitions and blobs, with its block map.

using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Images;
using Imagecraft.Images.Disks;
using Imagecraft.Images.RootFs;
using Imagecraft.Planning.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary><c>make-disk</c>: <c>/plan.json</c>, the partitions' contents as files, and packages with raw content as trees. Outputs: <c>disk</c>, <c>bmap</c>.</summary>
public sealed class MakeDisk() : BuiltInFunction("make-disk", typeof(ContentStore), typeof(DiskWriter), typeof(DiskPlan))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = JsonSerializer.Deserialize(await TextAsync(context, "/plan.json", cancellationToken), PlanJson.Default.DiskPlan)!;
        var partitions = new List<DiskPartition>();
        var blobs = new List<DiskBlob>();
        try
        {
            foreach (var partition in plan.Partitions)
            {
                var content = partition.Content is { } name ? await ContentAsync(context, name, partition.File, $"partition `{partition.Name}`", cancellationToken) : null;
                partitions.Add(new(partition.Name, PartitionType.Parse(partition.Type), content, partition.Size, partition.Offset, PartitionAttributeNames.Parse(partition.Attributes ?? [])));
            }

            foreach (var blob in plan.Blobs ?? [])
                blobs.Add(new(blob.Name, blob.Offset, await ContentAsync(context, blob.Content, blob.File, $"blob `{blob.Name}`", cancellationToken), blob.Size));

            var disk = Path.Combine(context.Scratch, "disk");
            await using (var output = new FileStream(disk, FileMode.Create, FileAccess.ReadWrite))
                await DiskWriter.WriteAsync(DiskLayout.Plan(plan.Name, plan.Table == "mbr" ? PartitionTable.Mbr : PartitionTable.Gpt, partitions, blobs), output, cancellationToken);
            Bmap map;
            await using (var image = File.OpenRead(disk))
                map = await Bmap.OfAsync(image, cancellationToken);
            await context.OutputFileAsync("disk", disk, executable: false, cancellationToken);
            await OutputTextAsync(context, "bmap", map.ToXml(), cancellationToken);
        }
        catch (ImageInputException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }
    }

    private static async Task<FileContent> ContentAsync(BuiltInContext context, string name, string? file, string user, CancellationToken cancellationToken)
    {
        var input = Input(context, "/" + name);
        if (file is null)
        {
            var path = await context.FileAsync(input, cancellationToken);
            return new FileContent(input.Value.Digest.Hash, input.Value.Digest.SizeBytes, () => File.OpenRead(path));
        }

        var files = TreeWalk.Entries(context.Store, input.Value.Digest).Where(e => e.Kind == TreeEntryKind.File).ToArray();
        var found = files.FirstOrDefault(e => "/" + e.Path == file)
            ?? throw new ActionFailedException($"The {user} is to hold `{file}`, which `{name}` does not have; it has [{string.Join(", ", files.Select(e => "/" + e.Path).Order(StringComparer.Ordinal).Take(20))}]");
        return new FileContent(found.Digest.Hash, found.Digest.SizeBytes, () => context.Store.OpenRead(found.Digest));
    }
}
