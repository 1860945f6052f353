// The files, links and folders that an image says itself, and the folders that lie over its packages. Unaware of packages and accounts' files.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal sealed class ImageFiles(BuiltInContext context, MakeRootFsRequest request, Accounts accounts, TemplateText templates)
{
    /// <summary>What <c>files</c> says, and the folders that recipes bring, each with its owner for messages.</summary>
    public async Task<IReadOnlyList<OwnedEntry>> EntriesAsync(CancellationToken cancellationToken)
    {
        var entries = new List<OwnedEntry>();
        foreach (var file in request.Files)
            entries.AddRange((await OfAsync(file, cancellationToken)).Select(entry => new OwnedEntry(Owned(entry, file), "image")));
        entries.AddRange(request.Folders.Select(f => new OwnedEntry(Owned(RootFsEntry.Folder(f.Folder.Path, f.Folder.Bits ?? Modes.Program), f.Folder), f.Recipe)));
        return entries;
    }

    /// <summary>What lies over the packages: all but folders in which something lies, which say nothing of their own.</summary>
    /// <exception cref="ActionFailedException">The image's <c>files</c> have some of its paths too; all of them at once.</exception>
    public IReadOnlyList<OwnedEntry> Overlays()
    {
        OwnedEntry[] over = [.. OfOverlays()];
        string[] twice = [.. request.Files.SelectMany(f => over.Where(o => o.Entry.Path.Value == f.Path).Select(o => $"  `{f.Path}` of `{o.Package}`"))];
        return twice.Length == 0 ? over : throw new ActionFailedException($"An overlay has what the image's `files` have too; remove one of the two:\n{string.Join('\n', twice)}");
    }

    private IEnumerable<OwnedEntry> OfOverlays()
    {
        foreach (var (name, input) in context.InputsOf(MakeRootFsRequest.OverlayInputs))
        {
            foreach (var entry in TreeWalk.Entries(context.Store, input.Value.Digest).Where(e => e.Kind != TreeEntryKind.Folder || TreeWalk.IsEmptyFolder(context.Store, e)))
                yield return new(Entry(entry, "/" + entry.Path), name);
        }
    }

    /// <summary>An entry of a tree at a path of the target.</summary>
    public RootFsEntry Entry(TreeEntry entry, string path) => entry.Kind switch
    {
        TreeEntryKind.Folder => RootFsEntry.Folder(path, (int)TreeWalk.Mode(context.Store, entry)),
        TreeEntryKind.Symlink => RootFsEntry.Symlink(path, entry.Target!),
        _ => RootFsEntry.File(path, Content(entry.Digest), (int)TreeWalk.Mode(context.Store, entry)),
    };

    private async Task<IEnumerable<RootFsEntry>> OfAsync(FilePlan file, CancellationToken cancellationToken)
    {
        if (file.Link is { } target)
            return [RootFsEntry.Symlink(file.Path, target)];
        if (file.IsFolder)
            return [RootFsEntry.Folder(file.Path, file.Bits ?? Modes.Program)];
        if (file.Source is { } source)
            return OfSource(file, context.Input(MakeRootFsRequest.SourceInputs.At(source)).Value);
        var text = file.Text ?? templates.Render(await context.TextAsync(MakeRootFsRequest.TemplateInputs.At(file.Template!), cancellationToken), file.Template!);
        return [RootFsEntry.File(file.Path, FileContent.Of(text), file.Bits ?? Modes.PlainFile)];
    }

    private IEnumerable<RootFsEntry> OfSource(FilePlan file, OutputValue source) => source.Kind == OutputKind.Tree
        ? TreeWalk.Entries(context.Store, source.Digest).Select(entry => Entry(entry, $"{file.Path}/{entry.Path}")).Prepend(RootFsEntry.Folder(file.Path, file.Bits ?? Modes.Program))
        : [RootFsEntry.File(file.Path, Content(source.Digest), file.Bits ?? (source.Executable ? Modes.Program : Modes.PlainFile))];

    private RootFsEntry Owned(RootFsEntry entry, FilePlan file) =>
        entry.Kind == EntryKind.Symlink ? entry : entry with { Uid = accounts.User(file.Owner, file.Path), Gid = accounts.Group(file.Group, file.Path) };

    private FileContent Content(Digest digest) => new(digest.Hash, digest.SizeBytes, () => context.Store.OpenRead(digest));
}
