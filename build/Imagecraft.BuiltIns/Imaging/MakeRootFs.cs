// Merges the trees of packages and what the image says to one deterministic tar.

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Images.Archives;
using Imagecraft.Images.RootFs;
using Imagecraft.Images;
using Imagecraft.Planning.Imaging;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary><c>make-rootfs</c>: <c>/plan.json</c>, trees <c>/package/NAME</c>, OCI archives <c>/container/NAME</c>, templates <c>/template/PATH</c>. Outputs: <c>tar</c>, <c>size</c> and <c>uuid</c> of the file system.</summary>
public sealed class MakeRootFs() : BuiltInFunction("make-rootfs", typeof(ContentStore), typeof(RootFsTree), typeof(ImagePlan))
{
    private const string PackagePrefix = "/package/";
    private const string ContainerPrefix = "/container/";
    private const long MebiByte = 1 << 20;

    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = JsonSerializer.Deserialize(await TextAsync(context, "/plan.json", cancellationToken), PlanJson.Default.ImagePlan)!;
        RootFsTree tree;
        try
        {
            tree = await MergeAsync(context, plan, cancellationToken);
        }
        catch (ImageInputException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }

        if (plan.Budget is { } budget && tree.OverBudget(budget) is { } over)
            throw new ActionFailedException(over);
        var tar = Path.Combine(context.Scratch, "tar");
        await using (var output = new FileStream(tar, FileMode.Create, FileAccess.ReadWrite))
            await TarWriter.WriteAsync(tree, output, cancellationToken);
        string hash;
        await using (var input = File.OpenRead(tar))
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(input, cancellationToken));
        await context.OutputFileAsync("tar", tar, executable: false, cancellationToken);
        await OutputTextAsync(context, "size", Size(plan, tree).ToString(CultureInfo.InvariantCulture), cancellationToken);
        await OutputTextAsync(context, "uuid", UuidV5.Create(UuidV5.Imagecraft, $"{plan.Image}@{plan.Board}:{hash}").ToString("D"), cancellationToken);
    }

    private static async Task<RootFsTree> MergeAsync(BuiltInContext context, ImagePlan plan, CancellationToken cancellationToken)
    {
        var (passwd, accounts) = BaseFiles.Accounts(plan);
        var templates = new TemplateText(plan);
        var builder = new RootFsBuilder();
        builder.AddMergedUsr("image");
        var own = plan.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var packageRules = plan.Packages.ToDictionary(p => p.Name, p => p.Attributes, StringComparer.Ordinal);
        foreach (var input in context.Inputs.Where(i => i.Name.StartsWith(PackagePrefix, StringComparison.Ordinal)))
        {
            var package = input.Name[PackagePrefix.Length..];
            var rules = new AttributeRules([.. packageRules.GetValueOrDefault(package, []), .. plan.Attributes], accounts);
            foreach (var entry in TreeWalk.Entries(context.Store, input.Value.Digest))
            {
                // A folder that only leads to files says nothing of its own, unless it has a mode or a rule is about it.
                var path = "/" + entry.Path;
                if (entry.Kind == TreeEntryKind.Folder && !TreeWalk.IsEmptyFolder(context.Store, entry) && TreeWalk.FolderMode(context.Store, entry) is null && !rules.Concern(path))
                    continue;
                builder.Add(package, rules.Apply(Entry(context, entry, path)));
            }
        }

        var imageRules = new AttributeRules(plan.Attributes, accounts);
        foreach (var file in plan.Files)
        {
            var text = file.Text ?? templates.Render(await TextAsync(context, $"/template/{file.Template}", cancellationToken), file.Template!);
            builder.Add("image", imageRules.Apply(RootFsEntry.File(file.Path, FileContent.Of(text), (file.Mode ?? BaseFiles.Plain).Bits)));
        }

        foreach (var container in context.Inputs.Where(i => i.Name.StartsWith(ContainerPrefix, StringComparison.Ordinal)))
            builder.Add("image", imageRules.Apply(RootFsEntry.File($"/usr/share/containers/{container.Name[ContainerPrefix.Length..]}.tar", new FileContent(container.Value.Digest.Hash, container.Value.Digest.SizeBytes, () => context.Store.OpenRead(container.Value.Digest)))));

        foreach (var entry in BaseFiles.Entries(plan, passwd, accounts, templates, own))
            builder.Add("image", imageRules.Apply(entry));
        if (plan.Layer is { } layer)
            foreach (var entry in LayerFiles.Of(layer, builder.Build()))
                builder.Add("image", imageRules.Apply(entry));
        return builder.Build();
    }

    private static RootFsEntry Entry(BuiltInContext context, TreeEntry entry, string path) => entry.Kind switch
    {
        TreeEntryKind.Folder => RootFsEntry.Folder(path, (int)TreeWalk.Mode(context.Store, entry)),
        TreeEntryKind.Symlink => RootFsEntry.Symlink(path, entry.Target!),
        _ => RootFsEntry.File(path, new FileContent(entry.Digest.Hash, entry.Digest.SizeBytes, () => context.Store.OpenRead(entry.Digest)), (int)TreeWalk.Mode(context.Store, entry)),
    };

    /// <summary>As declared; otherwise content with a quarter and the file system's own needs on top, in whole 16 MiB.</summary>
    private static long Size(ImagePlan plan, RootFsTree tree)
    {
        var blocks = tree.Entries.Sum(e => ((e.Entry.Content?.Size ?? 0) + 4095) / 4096 * 4096) + (tree.Entries.Length * 512L);
        var needed = blocks + (8 * MebiByte);
        if (plan.Size is { } size)
            return size >= needed ? size : throw new ActionFailedException($"The image's `size` of {size / MebiByte} MiB is too small: its content needs at least {(needed / MebiByte) + 1} MiB\n{tree.OverBudget(0)}");
        const long unit = 16 * MebiByte;
        return (((needed * 5 / 4) + unit - 1) / unit) * unit;
    }
}
