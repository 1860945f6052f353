// Where one process prepares what it renames into place; found and removed by others when that process died. Unaware of content.

namespace Imagecraft.Engine.Files;

/// <summary>`tmp/NAME/`, made at first use, with `tmp/NAME.lock` locked while its process lives.</summary>
internal sealed class TemporaryFolder(string parent) : IDisposable
{
    private const string Ending = ".lock";

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
        foreach (var path in Directory.EnumerateFiles(parent, "*" + Ending))
        {
            using var dead = FileLock.TryTake(path);
            if (dead is null)
                continue;
            FolderRemoval.Remove(path[..^Ending.Length]);
        }
    }

    private string Make()
    {
        lock (_guard)
        {
            if (_folder is not null)
                return _folder;
            (_lock, var path) = FileLock.TakeNew(() => $"{parent}/{Environment.ProcessId}-{Random.Shared.NextInt64():x}{Ending}");
            var folder = path[..^Ending.Length];
            Directory.CreateDirectory(folder);
            return _folder = folder;
        }
    }
}
