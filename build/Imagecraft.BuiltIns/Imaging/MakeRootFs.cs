// Merges the trees of packages and what the image says to one deterministic tar.

using System.Globalization;
using System.Security.Cryptography;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Images.Archives;
using Imagecraft.Images.Manifests;
using Imagecraft.Images.RootFs;
using Imagecraft.Images;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="MakeRootFsRequest"/>.</summary>
public sealed class MakeRootFs() : BuiltInFunction<MakeRootFsRequest>(typeof(ContentStore), typeof(RootFsTree))
{
    private const long MebiByte = 1 << 20;

    /// <inheritdoc/>
    protected override async Task RunAsync(MakeRootFsRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        RootFsTree tree;
        try
        {
            tree = await MergeAsync(context, request, cancellationToken);
        }
        catch (ImageInputException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }

        if (request.Budget is { } budget && tree.OverBudget(budget) is { } over)
            throw new ActionFailedException(over);
        var tar = Path.Combine(context.Scratch, "tar");
        await using (var output = new FileStream(tar, FileMode.Create, FileAccess.ReadWrite))
            await TarWriter.WriteAsync(tree, output, cancellationToken);
        string hash;
        await using (var input = File.OpenRead(tar))
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(input, cancellationToken));
        await context.OutputAsync(MakeRootFsRequest.TarOutput, tar, cancellationToken);
        await context.OutputTextAsync(MakeRootFsRequest.SizeOutput, Size(request, tree).ToString(CultureInfo.InvariantCulture), cancellationToken);
        await context.OutputTextAsync(MakeRootFsRequest.XattrsOutput, ExtendedAttributes.List(tree), cancellationToken);
        await context.OutputTextAsync(MakeRootFsRequest.FilesOutput, FileListJson.Write(tree), cancellationToken);
        await context.OutputTextAsync(MakeRootFsRequest.UuidOutput, UuidV5.Create(UuidV5.Imagecraft, $"{request.Image}@{request.Board}:{hash}").ToString("D"), cancellationToken);
    }

    private static async Task<RootFsTree> MergeAsync(BuiltInContext context, MakeRootFsRequest request, CancellationToken cancellationToken)
    {
        var (passwd, accounts) = BaseFiles.Accounts(request);
        var templates = new TemplateText(request);
        var files = new ImageFiles(context, request, accounts, templates);
        var builder = new RootFsBuilder();
        builder.AddMergedUsr("image");
        var own = request.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var packages = request.Packages.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var (package, input) in context.InputsOf(MakeRootFsRequest.PackageInputs))
        {
            var rules = new AttributeRules(packages.GetValueOrDefault(package)?.Attributes ?? [], accounts);
            var weak = new WeakPrograms(package, packages.GetValueOrDefault(package)?.GivesWay ?? []);
            foreach (var entry in TreeWalk.Entries(context.Store, input.Value.Digest))
            {
                // A folder that only leads to files says nothing of its own, unless it has a mode or a rule is about it.
                var path = "/" + entry.Path;
                if (entry.Kind == TreeEntryKind.Folder && !TreeWalk.IsEmptyFolder(context.Store, entry) && TreeWalk.FolderMode(context.Store, entry) is null && !rules.Concern(path))
                    continue;
                weak.See(path);
                builder.Add(package, rules.Apply(files.Entry(entry, path)), entry.Kind != TreeEntryKind.Folder && weak.Matches(path) ? Standing.GivesWay : Standing.Firm);
            }

            weak.Check();
        }

        foreach (var (entry, owner) in await files.EntriesAsync(cancellationToken))
            builder.Add(owner, entry);
        foreach (var (entry, overlay) in files.Overlays())
        {
            builder.Add(overlay, entry, Standing.Over);
            own.Add(entry.Path.Value);
        }

        foreach (var (name, container) in context.InputsOf(MakeRootFsRequest.ContainerInputs))
            builder.Add("image", RootFsEntry.File($"/usr/share/containers/{name}.tar", new FileContent(container.Value.Digest.Hash, container.Value.Digest.SizeBytes, () => context.Store.OpenRead(container.Value.Digest))));

        foreach (var entry in BaseFiles.Entries(request, passwd, accounts, templates, own))
            builder.Add("image", entry);
        foreach (var entry in PartitionFiles.Of(request.Partitions))
            builder.Add("board", entry);
        if (OsRelease.Of(request, templates, own, () => Ruled(request, accounts, builder.Build())) is { } release)
            builder.Add("image", release);
        if (request.Layer is { } layer)
        {
            foreach (var entry in LayerFiles.Of(layer, Ruled(request, accounts, builder.Build())))
                builder.Add("image", entry);
        }

        var tree = builder.Build();
        foreach (var replaced in tree.Replaced)
            context.Log($"`{replaced.Path}` of `{replaced.Package}` gives way to `{replaced.By}`");
        LoginShells.Check(request.Users, tree);
        return Rules(request, accounts, tree).Finish(tree);
    }

    /// <summary>What the image says of the finished tree, folders that nobody declared among it.</summary>
    private static AttributeRules Rules(MakeRootFsRequest request, Accounts accounts, RootFsTree tree) =>
        new([.. request.Attributes.Select(rule => rule with { Path = tree.Real(rule.Path) })], accounts);

    /// <summary>A tree that is not finished with what the rules say of it so far; they may be about what is not there yet.</summary>
    private static RootFsTree Ruled(MakeRootFsRequest request, Accounts accounts, RootFsTree tree) => tree.With(Rules(request, accounts, tree).Apply);

    /// <summary>As declared; otherwise content with a quarter and the file system's own needs on top, in whole 16 MiB.</summary>
    private static long Size(MakeRootFsRequest request, RootFsTree tree)
    {
        var blocks = tree.Entries.Sum(e => ((e.Entry.Content?.Size ?? 0) + 4095) / 4096 * 4096) + (tree.Entries.Length * 512L);
        var needed = blocks + (8 * MebiByte);
        if (request.Size is { } size)
            return size >= needed ? size : throw new ActionFailedException($"The image's `size` of {size / MebiByte} MiB is too small: its content needs at least {(needed / MebiByte) + 1} MiB\n{tree.OverBudget(0)}");
        const long unit = 16 * MebiByte;
        return (((needed * 5 / 4) + unit - 1) / unit) * unit;
    }
}
