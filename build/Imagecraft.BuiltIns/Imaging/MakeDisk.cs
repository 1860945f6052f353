// A disk of the board's partitions and blobs, with its block map.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Images;
using Imagecraft.Images.Disks;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="MakeDiskRequest"/>.</summary>
public sealed class MakeDisk() : BuiltInFunction<MakeDiskRequest>(typeof(ContentStore), typeof(DiskWriter))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(MakeDiskRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var contents = new Dictionary<DiskContent, FileContent>();
        foreach (var partition in request.Disk.Partitions)
            if (partition.Content is { } content)
                contents[content] = await ContentAsync(context, content, $"partition `{partition.Name}`", cancellationToken);
        foreach (var blob in request.Disk.Blobs)
            contents[blob.Content] = await ContentAsync(context, blob.Content, $"blob `{blob.Name}`", cancellationToken);

        var wanted = request.Root is { } root
            ? request.Disk with { Root = new(root, Guid.Parse(await context.TextAsync(MakeDiskRequest.RootUuidInput, cancellationToken))) }
            : request.Disk;
        var disk = Path.Combine(context.Scratch, "disk");
        Bmap map;
        try
        {
            await using var output = new FileStream(disk, FileMode.Create, FileAccess.ReadWrite);
            var read = await DiskWriter.WriteAsync(DiskLayout.Plan(wanted, content => contents[content]), output, cancellationToken);
            map = await Bmap.OfAsync(output, read, cancellationToken);
        }
        catch (ImageInputException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }

        await context.OutputAsync(MakeDiskRequest.DiskOutput, disk, cancellationToken);
        await context.OutputTextAsync(MakeDiskRequest.BmapOutput, map.ToXml(), cancellationToken);
    }

    private static async Task<FileContent> ContentAsync(BuiltInContext context, DiskContent content, string user, CancellationToken cancellationToken)
    {
        var input = context.Input(MakeDiskRequest.ContentInputs.At(content.Name));
        if (content.File is null)
        {
            var path = await context.FileAsync(input, cancellationToken);
            return new FileContent(input.Value.Digest.Hash, input.Value.Digest.SizeBytes, () => File.OpenRead(path));
        }

        var files = TreeWalk.Entries(context.Store, input.Value.Digest).Where(e => e.Kind == TreeEntryKind.File).ToArray();
        var found = files.FirstOrDefault(e => "/" + e.Path == content.File)
            ?? throw new ActionFailedException($"The {user} is to hold `{content.File}`, which `{content.Name}` does not have; it has [{string.Join(", ", files.Select(e => "/" + e.Path).Order(StringComparer.Ordinal).Take(20))}]");
        return new FileContent(found.Digest.Hash, found.Digest.SizeBytes, () => context.Store.OpenRead(found.Digest));
    }
}
