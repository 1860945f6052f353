// A GPT disk of the board's partitions, with its block map.

using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Images;
using Imagecraft.Images.Disks;
using Imagecraft.Images.RootFs;
using Imagecraft.Planning.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary><c>make-disk</c>: <c>/plan.json</c> and the partitions' contents. Outputs: <c>disk</c>, <c>bmap</c>.</summary>
public sealed class MakeDisk() : BuiltInFunction("make-disk", typeof(GptDisk), typeof(DiskPlan))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = JsonSerializer.Deserialize(await TextAsync(context, "/plan.json", cancellationToken), PlanJson.Default.DiskPlan)!;
        var partitions = new List<GptPartition>();
        try
        {
            foreach (var partition in plan.Partitions)
            {
                FileContent? content = null;
                if (partition.Content is { } name)
                {
                    var input = Input(context, "/" + name);
                    var path = await context.FileAsync(input, cancellationToken);
                    content = new FileContent(input.Value.Digest.Hash, input.Value.Digest.SizeBytes, () => File.OpenRead(path));
                }

                partitions.Add(new GptPartition(partition.Name, GptTypes.Parse(partition.Type), content, partition.Size));
            }

            var disk = Path.Combine(context.Scratch, "disk");
            await using (var output = new FileStream(disk, FileMode.Create, FileAccess.ReadWrite))
                await GptDisk.WriteAsync(GptLayout.Plan(plan.Name, partitions), output, cancellationToken);
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
}
