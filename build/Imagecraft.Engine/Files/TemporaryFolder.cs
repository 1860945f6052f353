// Where one process prepares what it renames into place; found and removed by others when that process died. Unaware of content.

namespace Imagecraft.Engine.Files;

/// <summary>`tmp/NAME/`, made at first use, with `tmp/NAME.lock` locked while its process lives.</summary>
internal sealed class TemporaryFolder(string parent) : IDisposable
{
    private readonly Lock _guard = new();
    private FileLock? _lock;
    private string? _folder;
    private long _count;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_guard)
        {
            if (_folder is null)
                return;
            FolderRemoval.Remove(_folder);
            _lock!.Dispose();
            _folder = null;
        }
    }

    /// <summary>A path at which nothing is yet.</summary>
    internal string NewPath() => $"{_folder ?? Make()}/{Interlocked.Increment(ref _count)}";

    /// <summary>Removes the folders of processes that are gone, whichever process namespace they lived in.</summary>
    internal static void RemoveAbandoned(string parent)
    {
        foreach (var path in Directory.EnumerateFiles(parent, "*.lock"))
        {
            using var dead = FileLock.TryTake(path);
            if (dead is null)
                continue;
            var folder = path[..^".lock".Length];
            FolderRemoval.Remove(folder);
        }
    }

    private string Make()
    {
        lock (_guard)
        {
            if (_folder is not null)
                return _folder;
            var folder = $"{parent}/{Environment.ProcessId}-{Random.Shared.NextInt64():x}";
            _lock = FileLock.TryTake(folder + ".lock")!;
            Directory.CreateDirectory(folder);
            return _folder = folder;
        }
    }
}
