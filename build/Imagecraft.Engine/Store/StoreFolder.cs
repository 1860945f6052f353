// The layout of a store on disk: where things lie, what is there, who may write. Unaware of content.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Store;

/// <summary>An object as a listing finds it.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Hash">SHA-256 of its content, if it is what its name says; 64 hexadecimal characters.</param>
/// <param name="Executable">It is the executable twin.</param>
/// <param name="Stat">Its stat.</param>
internal readonly record struct StoredObject(string Path, string Hash, bool Executable, FileStat Stat);

internal sealed class StoreFolder : IDisposable
{
    private readonly SharedGate _gate;
    private readonly TemporaryFolder _temporary;

    /// <summary>Opens the folder and makes what belongs into it.</summary>
    /// <exception cref="StoreException">It cannot be written by the current user.</exception>
    internal StoreFolder(string root)
    {
        Root = Path.GetFullPath(root);
        try
        {
            var isPrivate = PrivateFolder.Make(Root);
            foreach (var folder in new[] { "objects", "trees", "results", "leases", "tmp" }.Select(name => Path.Combine(Root, name)))
            {
                if (isPrivate)
                    Directory.CreateDirectory(folder);
                else
                    PrivateFolder.Make(folder);
            }

            LockFile = Posix.OpenForLocking(Path.Combine(Root, "store.lock"), create: true);
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException || (problem is IOException io && Posix.IsForbidden(io)))
        {
            throw new StoreException($"The cache `{Root}` cannot be written: {problem.Message}; give it to the current user with `chown -R` and make its file system writable, or set IMAGECRAFT_CACHE to another folder", problem);
        }

        _gate = new SharedGate(LockFile);
        _temporary = new TemporaryFolder(Path.Combine(Root, "tmp"));
    }

    internal string Root { get; }

    /// <summary>`store.lock`: shared by who writes, exclusive for who deletes.</summary>
    internal SafeFileHandle LockFile { get; }

    /// <summary>`leases/`.</summary>
    internal string LeaseFolder => Path.Combine(Root, "leases");

    /// <summary>Keeps collections from deleting until the pass is disposed.</summary>
    internal SharedGate.Pass Enter() => _gate.Enter();

    /// <summary>A new path for a file or folder that is to be renamed into place; on the store's file system.</summary>
    internal string TemporaryPath() => _temporary.NewPath();

    internal string ObjectPath(Digest digest, bool executable) => string.Concat(Root, "/objects/", digest.Hash.AsSpan(0, 2), "/") + (executable ? digest.Hash + ".x" : digest.Hash);

    internal string TreePath(Digest tree) => $"{Root}/trees/{tree.Hash.AsSpan(0, 2)}/{tree.Hash}";

    internal string ResultPath(Digest key) => $"{Root}/results/{key.Hash.AsSpan(0, 2)}/{key.Hash}";

    /// <summary>The objects, executable twins on their own.</summary>
    internal IEnumerable<StoredObject> Objects() => ObjectsOf(ObjectShards().SelectMany(Directory.EnumerateFiles));

    /// <summary>The objects among files, as far as they are still there.</summary>
    internal static IEnumerable<StoredObject> ObjectsOf(IEnumerable<string> files) =>
        from file in Stats(files)
        let name = Path.GetFileName(file.Path)
        where name.Length >= 64
        select new StoredObject(file.Path, name[..64], name.Length > 64, file.Stat);

    /// <summary>The folders of objects by the first two characters of their names.</summary>
    internal IEnumerable<string> ObjectShards() => Shards("objects");

    /// <summary>The folders of materialized trees.</summary>
    internal IEnumerable<string> Trees() => Shards("trees").SelectMany(Directory.EnumerateDirectories);

    /// <summary>The recorded results.</summary>
    internal IEnumerable<(string Path, FileStat Stat)> Results() => Stats(Shards("results").SelectMany(Directory.EnumerateFiles));

    /// <summary>Removes what was left half-made.</summary>
    public void Dispose()
    {
        _temporary.Dispose();
        LockFile.Dispose();
    }

    private IEnumerable<string> Shards(string kind) => Directory.EnumerateDirectories(Path.Combine(Root, kind));

    private static IEnumerable<(string Path, FileStat Stat)> Stats(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (Posix.TryStat(path, out var stat))
                yield return (path, stat);
        }
    }
}
