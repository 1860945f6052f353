// What makes content survive a power failure. Unaware of actions and of how its loss is noticed.

using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Counts what was written, and syncs it when asked to.</summary>
/// <param name="folder">The store.</param>
/// <param name="boot">The identity of this boot of the machine.</param>
internal sealed class Durability(StoreFolder folder, string boot)
{
    private readonly Lock _syncing = new();
    private long _written;
    private long _synced;
    private bool _recovered;

    /// <summary>The identity of this boot of the machine.</summary>
    internal string Boot => boot;

    /// <summary>Whether nothing that an earlier boot lost is still to be found.</summary>
    internal bool IsRecovered => _recovered || (_recovered = Record.Boot == boot);

    /// <summary>Up to when all is on the disk, as it was last recorded.</summary>
    internal SyncRecord Record => SyncRecord.Read(folder.Root);

    /// <summary>Something was renamed into place that the next <see cref="Sync"/> has to wait for.</summary>
    internal void NoteWrite() => Interlocked.Increment(ref _written);

    /// <summary>Makes everything stored until now survive a power failure; costs nothing when nothing new was stored. The end of a lease does so.</summary>
    internal void Sync()
    {
        lock (_syncing)
        {
            var target = Interlocked.Read(ref _written);
            if (_synced >= target)
                return;
            var begin = SyncRecord.SafelyPast;
            Posix.SyncFileSystem(folder.LockFile, folder.Root);
            // A record of this boot says that what an earlier one lost is found: only who looked for it may write that.
            if (IsRecovered)
                Write(begin);
            _synced = target;
        }
    }

    /// <summary>What an earlier boot lost is found; what is older than <paramref name="until"/> (nanoseconds since 1970) is whole.</summary>
    internal void Recovered(long until)
    {
        Write(until);
        _recovered = true;
    }

    private void Write(long until) => new SyncRecord(boot, until).Write(folder.Root, folder.TemporaryPath());
}
