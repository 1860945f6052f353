// Digests of files and folders of the workspace, without reading what did not change. Unaware of which action reads them.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Hashes local inputs for one build. Content is seen as it was when first asked for; it goes into the store only when asked to.</summary>
/// <param name="store">Where the nodes of folders go at once, and files on demand.</param>
/// <param name="known">Hashes of earlier builds; those of this one are added.</param>
internal sealed class WorkspaceHasher(IContentStore store, FileHashes known)
{
    // A file that changed this shortly before it was hashed may change again without its times showing it, so it is hashed again next time.
    private const long RacyNanoseconds = 2_000_000_000;

    private readonly Lock _guard = new();
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>The digest of a file, or of a folder without the entries that <paramref name="exclude"/> describes (<see cref="PathGlob"/>, relative to it).</summary>
    /// <exception cref="StoreException">Nothing is there, or something in it cannot be stored; the path is named.</exception>
    public OutputValue Hash(string path, IReadOnlyList<string> exclude)
    {
        lock (_guard)
            return Look(path, exclude).Value;
    }

    /// <summary>Puts everything that <see cref="Hash"/> saw into the store, as far as it is not there.</summary>
    /// <exception cref="StoreException">A file changed since it was hashed, or holds a private key.</exception>
    public async Task StoreAsync(string path, IReadOnlyList<string> exclude, CancellationToken cancellationToken)
    {
        Seen seen;
        lock (_guard)
            seen = Look(path, exclude);
        foreach (var (file, digest, executable) in seen.Files)
        {
            if (store.Has(digest))
                continue;
            if (PrivateKeys.IsOne(file))
                throw new StoreException($"`{file}` holds a private key, which {PrivateKeys.Reason}; sign after the build, with a key that is no part of it");
            if (await store.PutFileAsync(file, executable, move: false, cancellationToken) != digest)
                throw new StoreException($"`{file}` changed while the build ran; start the build again");
        }
    }

    private Seen Look(string path, IReadOnlyList<string> exclude)
    {
        var key = string.Join('\0', exclude.Prepend(path));
        if (_seen.TryGetValue(key, out var seen))
            return seen;
        var full = Path.GetFullPath(path);
        if (Posix.TryStat(full, out var stat) && stat.IsSymlink)
            full = new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        if (!Posix.TryStat(full, out stat))
            throw new StoreException($"`{path}` does not exist");
        var files = new List<(string, Digest, bool)>();
        OutputValue value;
        if (stat.IsFolder)
            value = new OutputValue(Folder(full, "", [.. exclude.Select(pattern => new PathGlob(pattern))], files), OutputKind.Tree);
        else if (stat.IsFile)
            value = new OutputValue(Add(full, stat, files), OutputKind.File, stat.IsExecutable);
        else
            throw new StoreException($"`{path}` is {stat.KindName}, which cannot be an input");
        return _seen[key] = new Seen(value, files);
    }

    private Digest Folder(string path, string relative, PathGlob[] exclude, List<(string, Digest, bool)> files)
    {
        var node = new Reapi.Directory();
        foreach (var name in FolderNames.Of(path))
        {
            var child = $"{path}/{name}";
            var below = relative + name;
            if (exclude.Any(glob => glob.Matches(below)))
                continue;
            var stat = Posix.Stat(child);
            if (stat.IsFile)
                node.Files.Add(new Reapi.FileNode { Name = name, Digest = Add(child, stat, files).ToReapi(), IsExecutable = stat.IsExecutable });
            else if (stat.IsFolder)
                node.Directories.Add(new Reapi.DirectoryNode { Name = name, Digest = Folder(child, below + "/", exclude, files).ToReapi() });
            else if (stat.IsSymlink)
                node.Symlinks.Add(new Reapi.SymlinkNode { Name = name, Target = Posix.TryReadLink(child) ?? throw new StoreException(Ingestion.UnreadableLink(child)) });
            else
                throw new StoreException($"`{child}` is {stat.KindName}, which cannot be an input; remove it or exclude it");
        }

        return store.PutDirectory(node);
    }

    private Digest Add(string path, in FileStat stat, List<(string, Digest, bool)> files)
    {
        Digest digest;
        if (known.TryGet(path, stat) is { } hash)
        {
            digest = new Digest(hash, stat.Size);
        }
        else
        {
            var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
            digest = Hashing.OfFile(path, CancellationToken.None);
            if (digest.SizeBytes == stat.Size && now - Math.Max(stat.Modified, stat.Changed) > RacyNanoseconds)
                known.Set(path, stat, digest.Hash);
        }

        files.Add((path, digest, stat.IsExecutable));
        return digest;
    }

    private sealed record Seen(OutputValue Value, List<(string Path, Digest Digest, bool Executable)> Files);
}
