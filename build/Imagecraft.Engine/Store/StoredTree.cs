// Reads a stored tree as if it were the root of a file system: no link and no `..` leads out of it. Unaware of disks.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

/// <summary>Files of a tree by path, links followed within it: an absolute target is meant from the tree's root, and `..` of the root is the root.</summary>
/// <param name="store">Where it lies.</param>
/// <param name="root">Digest of its root <c>Directory</c>.</param>
/// <remarks>Source of the rules: openat2(2), <c>RESOLVE_IN_ROOT</c>; path_resolution(7) for the number of links.</remarks>
public sealed class StoredTree(IContentStore store, Digest root)
{
    /// <summary>More bytes than these are not read at once.</summary>
    public const long MostBytes = 1L << 30;

    private const int MostLinks = 40;

    /// <summary>The content of the file at the path; null when no file is there, or a link leads to none.</summary>
    /// <exception cref="ContentMissingException">Some of it is absent or damaged.</exception>
    /// <exception cref="StoreException">The file has more than <see cref="MostBytes"/>, or links lead in a circle.</exception>
    public byte[]? Read(string path)
    {
        if (File(path) is not { } file)
            return null;
        return file.Digest.SizeBytes <= MostBytes
            ? store.Read(file.Digest)
            : throw new StoreException($"`{path}` has {file.Digest.SizeBytes} bytes, more than the {MostBytes} that are read at once; split it");
    }

    /// <summary>The file at the path, to be passed on without reading it; null when no file is there, or a link leads to none.</summary>
    /// <exception cref="ContentMissingException">A node is absent or damaged.</exception>
    /// <exception cref="StoreException">Links lead in a circle.</exception>
    public OutputValue? File(string path) => Resolve(path) is { File: { } file } ? new OutputValue(file.Digest.ToDigest(), OutputKind.File, file.IsExecutable) : null;

    /// <summary>The names of the folders at a path (links to folders too), sorted; none when no folder is there.</summary>
    /// <exception cref="ContentMissingException">A node is absent or damaged.</exception>
    /// <exception cref="StoreException">Links lead in a circle.</exception>
    public ImmutableArray<string> Folders(string path)
    {
        if (Resolve(path) is not { Folder: { } folder })
            return [];
        var linked = folder.Symlinks.Select(link => link.Name).Where(name => Resolve($"{path}/{name}") is { Folder: not null });
        return [.. folder.Directories.Select(sub => sub.Name).Concat(linked).Order(StringComparer.Ordinal)];
    }

    private Place? Resolve(string path)
    {
        var folders = new Stack<Reapi.Directory>([store.GetDirectory(root)]);
        var rest = new Stack<string>(Names(path).Reverse());
        var links = 0;
        while (rest.TryPop(out var name))
        {
            var folder = folders.Peek();
            if (name is ".")
                continue;
            if (name is "..")
            {
                if (folders.Count > 1)
                    folders.Pop();
            }
            else if (folder.Directories.FirstOrDefault(sub => sub.Name == name) is { } below)
            {
                folders.Push(store.GetDirectory(below.Digest.ToDigest()));
            }
            else if (folder.Symlinks.FirstOrDefault(link => link.Name == name) is { } link)
            {
                if (++links > MostLinks)
                    throw new StoreException($"`{path}` lies behind symbolic links that lead in a circle");
                while (link.Target.StartsWith('/') && folders.Count > 1)
                    folders.Pop();
                foreach (var part in Names(link.Target).Reverse())
                    rest.Push(part);
            }
            else
            {
                // Behind a file there is nothing, not even its own folder by `..`.
                return rest.Count == 0 && folder.Files.FirstOrDefault(file => file.Name == name) is { } found ? new Place(null, found) : null;
            }
        }

        return new Place(folders.Peek(), null);
    }

    private static string[] Names(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private sealed record Place(Reapi.Directory? Folder, Reapi.FileNode? File);
}
