// Folders that actions work in, removed afterwards even when their owner was killed. Unaware of actions.

using Imagecraft.Engine.Files;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

/// <summary>One build's part of <c>CacheRoot/scratch</c>. A lock file, which the kernel releases when the owner dies, tells live ones from left-overs.</summary>
sealed class ScratchFolder : IDisposable
{
    const string Ending = ".lock";
    readonly FileLock owner;
    int next;

    ScratchFolder(string root, FileLock owner)
    {
        Root = root;
        this.owner = owner;
    }

    public string Root { get; }

    /// <summary>Makes a folder for this process and removes those of dead ones.</summary>
    public static ScratchFolder Create(string cacheRoot)
    {
        var all = Path.Combine(cacheRoot, "scratch");
        PrivateFolder.Make(all);
        RemoveLeftOvers(all);
        RemoveHalfMade(Path.Combine(cacheRoot, "tmp"));
        var (owner, path) = FileLock.TakeNew(() => Path.Combine(all, Guid.NewGuid().ToString("N")[..12] + Ending));
        var root = path[..^Ending.Length];
        Directory.CreateDirectory(root);
        return new ScratchFolder(root, owner);
    }

    /// <summary>A new empty folder; short, because bubblewrap's mount options are limited in length.</summary>
    public string New()
    {
        var path = Path.Combine(Root, Interlocked.Increment(ref next).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Removes a folder with all below it, whatever an action left there (an overlay's work folder has mode 0).</summary>
    public static void Remove(string path) => FolderRemoval.Remove(path);

    public void Dispose()
    {
        Remove(Root);
        owner.Dispose();
    }

    // What killed builds were about to store.
    static void RemoveHalfMade(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                TemporaryFolder.RemoveAbandoned(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's build left it.
        }
    }

    static void RemoveLeftOvers(string all)
    {
        foreach (var file in Directory.EnumerateFiles(all, "*" + Ending))
        {
            try
            {
                using var dead = FileLock.TryTake(file);
                if (dead is null)
                    continue;
                SandboxRemains.End(file[..^Ending.Length]);
                Remove(file[..^Ending.Length]);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's build left it.
            }
        }
    }
}
