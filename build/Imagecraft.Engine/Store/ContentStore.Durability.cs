// What survives a power failure, and how its loss is noticed. Unaware of actions.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    private readonly Lock _syncing = new();
    private long _written;
    private long _synced;

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
            new SyncRecord(SyncRecord.ThisBoot, begin).Write(Root, TemporaryPath());
            _synced = target;
        }
    }

    /// <summary>Something was renamed into place that the next <see cref="Sync"/> has to wait for.</summary>
    internal void NoteWrite() => Interlocked.Increment(ref _written);

    /// <summary>The recorded results.</summary>
    internal IEnumerable<(string Path, FileStat Stat)> ResultFiles()
    {
        foreach (var path in Directory.EnumerateDirectories(Path.Combine(Root, "results")).SelectMany(Directory.EnumerateFiles))
        {
            if (Posix.TryStat(path, out var stat))
                yield return (path, stat);
        }
    }

    /// <summary>Whether the content is there, judged by its hash.</summary>
    internal bool HasWhole(Digest digest) => Trusted(digest, executable: false, full: true) || Trusted(digest, executable: true, full: true);

    /// <summary>After a restart of the machine, hashes what results refer to that were recorded after the last sync, and drops those that lost something.</summary>
    private void RecoverFromRestart()
    {
        if (SyncRecord.Read(Root).Boot == SyncRecord.ThisBoot)
            return;
        using var only = Posix.OpenForLocking(Path.Combine(Root, "recover.lock"), create: true);
        Posix.Lock(only, LockKind.Exclusive);
        var record = SyncRecord.Read(Root);
        if (record.Boot == SyncRecord.ThisBoot)
            return;
        var begin = SyncRecord.SafelyPast;
        var reach = new Reach(this, HasWhole);
        var whole = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, _) in ResultFiles().Where(file => file.Stat.Changed > record.Until))
        {
            if (ActionCache.Read(path) is { } result && reach.Beyond(result, whole) is { } more)
                whole.UnionWith(more);
            else
                File.Delete(path);
        }

        new SyncRecord(SyncRecord.ThisBoot, begin).Write(Root, TemporaryPath());
    }
}
