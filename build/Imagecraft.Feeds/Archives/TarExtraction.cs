// Writes a tar stream below a folder. Unaware of compression.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Archives;

internal static class TarExtraction
{
    private static readonly string[] Merged = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    public static ExtractResult Run(Stream tar, SafeTree tree, ExtractOptions options, ExpansionGuard guard, CancellationToken cancellationToken)
    {
        var reader = new TarReader(tar);
        var notes = new ExtractNotes();
        var buffer = GC.AllocateUninitializedArray<byte>(256 * 1024);
        var files = 0;
        long bytes = 0;
        var skipped = ImmutableArray.CreateBuilder<string>();
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            guard.Entry();
            var path = Place(entry.Name, options, entry.Kind);
            if (path.Length == 0 || options.LeavesOut(path)) continue;
            if (entry.IsEscaped) notes.Escaped(path);
            switch (entry.Kind)
            {
                case TarKind.Folder:
                    tree.Folder(path, SafeTree.ModeOf(entry.Mode, isFolder: true, options.Exact));
                    break;
                case TarKind.SymbolicLink:
                    tree.SymbolicLink(path, entry.Target);
                    break;
                case TarKind.HardLink:
                    var target = Place(entry.Target, options, entry.Kind);
                    if (options.LeavesOut(target)) throw new InvalidDataException($"the member `{entry.Name}` is a link to `{entry.Target}`, which is left out");
                    if (tree.HardLink(path, target) is { } size) guard.Linked(size);
                    files++;
                    break;
                case TarKind.File:
                    WriteFile(reader, tree, path, entry, SafeTree.ModeOf(entry.Mode, isFolder: false, options.Exact), buffer);
                    files++;
                    bytes += entry.Size;
                    break;
                default:
                    skipped.Add(path);
                    break;
            }
            if (options.Exact && entry.Kind is TarKind.File or TarKind.HardLink or TarKind.Folder) notes.Losses(path, entry);
        }
        tree.Finish();
        if (reader.LacksEnd) notes.Add("The archive ends without the blocks of zeros that mark an end; nothing tells whether members are missing");
        // The rest is padding, but its decoding checks the whole archive.
        while (tar.Read(buffer) > 0)
        {
        }
        return notes.Put(new ExtractResult(files, bytes, skipped.ToImmutable()));
    }

    private static void WriteFile(TarReader reader, SafeTree tree, string path, TarEntry entry, int mode, byte[] buffer)
    {
        using var file = tree.NewFile(path, mode);
        long at = 0;
        while (at < entry.Size)
        {
            var count = 0;
            while (count < buffer.Length && reader.Read(buffer.AsSpan(count)) is > 0 and var got) count += got;
            RandomAccess.Write(file.SafeFileHandle, buffer.AsSpan(0, count), at);
            at += count;
        }
        File.SetUnixFileMode(file.SafeFileHandle, (UnixFileMode)mode);
    }

    private static string Place(string name, ExtractOptions options, TarKind kind)
    {
        var path = SafeTree.Clean(name, options.Strip);
        if (!options.MergeUsr) return path;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var isMerged = slash > 0 ? Merged.Contains(path[..slash]) : kind == TarKind.Folder && Merged.Contains(path);
        return isMerged ? "usr/" + path : path;
    }
}
