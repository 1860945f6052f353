// Decides whether an object may be used, and removes it when not. Unaware of what it is used for.

using System.Collections.Concurrent;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Judges objects by their stat, and by their hash when that does not fit or is asked for.</summary>
internal sealed class ObjectTrust(StoreFolder folder, Leases leases)
{
    private readonly ConcurrentDictionary<(string Hash, bool Executable), bool> _hashed = new();

    /// <summary>A damaged object was removed: its digest and its path.</summary>
    internal event Action<Digest, string>? Removed;

    /// <summary>Whether the object may be used, judged by its stat; by its hash too, once a process, when <paramref name="full"/> says so. A damaged one is removed.</summary>
    internal bool Holds(Digest digest, bool executable, bool full)
    {
        try
        {
            return Judge(digest, executable, full, CancellationToken.None);
        }
        catch (FileNotFoundException)
        {
            // Another process found it damaged and removed it meanwhile.
            return false;
        }
    }

    /// <summary>Whether the object or its twin may be used, both judged by their hash.</summary>
    internal bool HoldsEither(Digest digest) => digest.SizeBytes == 0 || Holds(digest, executable: false, full: true) || Holds(digest, executable: true, full: true);

    /// <summary>Hashes an object in full; false (and removed) when damaged, true when absent or right.</summary>
    internal bool Recheck(Digest digest, bool executable, CancellationToken cancellationToken)
    {
        using var gate = folder.Enter();
        _hashed.TryRemove((digest.Hash, executable), out _);
        try
        {
            return !Posix.TryStat(folder.ObjectPath(digest, executable), out _) || Judge(digest, executable, full: true, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return true;
        }
    }

    /// <summary>Whether this process stored or hashed the object.</summary>
    internal bool HashedHere(Digest digest, bool executable) => _hashed.ContainsKey((digest.Hash, executable));

    /// <summary>The object was hashed while it was stored.</summary>
    internal void NoteHashed(Digest digest, bool executable) => _hashed[(digest.Hash, executable)] = true;

    /// <summary>Takes back that this process hashed it.</summary>
    internal void Forget(Digest digest)
    {
        _hashed.TryRemove((digest.Hash, false), out _);
        _hashed.TryRemove((digest.Hash, true), out _);
    }

    /// <summary>Removes an object that is not what its name says.</summary>
    internal void Remove(Digest digest, string path)
    {
        // Materialized trees may have this inode too. With another time it no longer passes their comparison by stat, here and in other processes.
        _ = Posix.TrySetTime(path, 0);
        _hashed.TryRemove((digest.Hash, path.EndsWith(".x", StringComparison.Ordinal)), out _);
        File.Delete(path);
        Removed?.Invoke(digest, path);
    }

    private bool Judge(Digest digest, bool executable, bool full, CancellationToken cancellationToken)
    {
        var path = folder.ObjectPath(digest, executable);
        if (!Posix.TryStat(path, out var stat))
            return false;
        var mode = ObjectForm.Mode(executable);
        var fits = stat.IsFile && stat.Size == digest.SizeBytes && ObjectForm.HasTime(stat) && stat.Mode == mode;
        if (!fits || (full && !HashedHere(digest, executable)))
        {
            if (!stat.IsFile || stat.Size != digest.SizeBytes || Hashing.OfFile(path, cancellationToken) != digest)
            {
                Remove(digest, path);
                return false;
            }

            NoteHashed(digest, executable);
        }

        if (!fits && stat.Mode != mode)
            Posix.ChangeMode(path, mode);
        // Under a lease the change time says what a running build relies on: whatever changed after the lease began is kept.
        if (!fits || (leases.Current is { } lease && stat.Changed < lease.Begin))
            Posix.SetTime(path, ObjectForm.Time);
        return true;
    }
}
