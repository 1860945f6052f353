// What makes content survive a power failure. Unaware of actions and of how its loss is noticed.

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    private readonly Lock _syncing = new();
    private long _written;
    private long _synced;
    private bool _recovered;

    /// <summary>Makes everything stored until now survive a power failure; costs nothing when nothing new was stored. The end of a lease does so.</summary>
    public void Sync()
    {
        lock (_syncing)
        {
            var target = Interlocked.Read(ref _written);
            if (_synced >= target)
                return;
            var begin = SyncRecord.SafelyPast;
            Posix.SyncFileSystem(_lockFile, Root);
            // A record of this boot says that what an earlier one lost is found: only who looked for it may write that.
            if (_recovered || SyncRecord.Read(Root).Boot == Boot)
                new SyncRecord(Boot, begin).Write(Root, TemporaryPath());
            _synced = target;
        }
    }

    /// <summary>Something was renamed into place that the next <see cref="Sync"/> has to wait for.</summary>
    internal void NoteWrite() => Interlocked.Increment(ref _written);

    /// <summary>The recorded results.</summary>
    internal IEnumerable<(string Path, FileStat Stat)> ResultFiles() => Stats(Shards("results").SelectMany(Directory.EnumerateFiles));

    /// <summary>The objects, executable twins on their own.</summary>
    internal IEnumerable<(string Path, string Hash, bool Executable, FileStat Stat)> Objects() => ObjectsOf(Shards("objects").SelectMany(Directory.EnumerateFiles));

    /// <summary>The objects among files, as far as they are still there.</summary>
    internal static IEnumerable<(string Path, string Hash, bool Executable, FileStat Stat)> ObjectsOf(IEnumerable<string> files) =>
        Stats(files).Select(file => (file.Path, Name: Path.GetFileName(file.Path), file.Stat)).Where(file => file.Name.Length >= 64).Select(file => (file.Path, file.Name[..64], file.Name.Length > 64, file.Stat));

    /// <summary>The folders of materialized trees.</summary>
    internal IEnumerable<string> TreeFolders() => Shards("trees").SelectMany(Directory.EnumerateDirectories);

    /// <summary>The folders by the first two characters of the names below `objects`, `trees` or `results`.</summary>
    internal IEnumerable<string> Shards(string kind) => Directory.EnumerateDirectories(Path.Combine(Root, kind));

    private static IEnumerable<(string Path, FileStat Stat)> Stats(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (Posix.TryStat(path, out var stat))
                yield return (path, stat);
        }
    }
}
