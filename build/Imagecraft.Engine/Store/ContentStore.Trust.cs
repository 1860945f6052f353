// Decides whether an object may be used, and removes it when not. Unaware of what it is used for.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    /// <summary>Hashes a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Digest HashFile(string path) => HashOf(path, CancellationToken.None);

    /// <summary>Hashes an object and its twin in full; false (and removed) when damaged, true when absent or right.</summary>
    internal bool Recheck(Digest digest, bool executable, CancellationToken cancellationToken)
    {
        using var gate = _gate.Enter();
        _hashed.TryRemove((digest.Hash, executable), out _);
        try
        {
            return !Posix.TryStat(ObjectPath(digest, executable), out _) || Judge(digest, executable, full: true, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return true;
        }
    }

    /// <summary>Whether this process stored or hashed the object.</summary>
    internal bool HashedHere(Digest digest, bool executable) => _hashed.ContainsKey((digest.Hash, executable));

    /// <summary>The path of a usable object, made from its twin when only that exists.</summary>
    private string Acquire(Digest digest, bool executable, bool full)
    {
        var path = ObjectPath(digest, executable);
        if (Trusted(digest, executable, full))
            return path;
        if (!Trusted(digest, !executable, full: true))
        {
            if (digest.SizeBytes != 0)
                throw new ContentMissingException(digest);
            Put(Digest.Empty, [], executable);
            return path;
        }

        var temporary = TemporaryPath();
        CopyFile(ObjectPath(digest, !executable), temporary, digest.SizeBytes);
        Publish(digest, executable, temporary);
        return path;
    }

    /// <summary>Takes back what this process believes of content that someone found missing, so that it is stored again when it is made again.</summary>
    internal void Forget(IEnumerable<Digest> missing)
    {
        foreach (var digest in missing)
        {
            _directories.TryRemove(digest.Hash, out _);
            _storedDirectories.TryRemove(digest.Hash, out _);
            _hashed.TryRemove((digest.Hash, false), out _);
            _hashed.TryRemove((digest.Hash, true), out _);
        }
    }

    private bool Trusted(Digest digest, bool executable, bool full)
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

    private bool Judge(Digest digest, bool executable, bool full, CancellationToken cancellationToken)
    {
        var path = ObjectPath(digest, executable);
        if (!Posix.TryStat(path, out var stat))
            return false;
        var mode = _modes[executable ? 1 : 0];
        var fits = stat.IsFile && stat.Size == digest.SizeBytes && stat.Modified == FixedTimeNanoseconds && stat.Mode == mode;
        if (!fits || (full && !_hashed.ContainsKey((digest.Hash, executable))))
        {
            if (!stat.IsFile || stat.Size != digest.SizeBytes || HashOf(path, cancellationToken) != digest)
            {
                Remove(digest, path);
                return false;
            }

            _hashed[(digest.Hash, executable)] = true;
        }

        if (!fits && stat.Mode != mode)
            Posix.ChangeMode(path, mode);
        // Under a lease the change time says what a running build relies on: whatever changed after the lease began is kept.
        if (!fits || (Lease is { } lease && stat.Changed < lease.Begin))
            Posix.SetTime(path, FixedTime);
        return true;
    }

    private static Digest HashOf(string path, CancellationToken cancellationToken)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Hashing.Hash(handle, cancellationToken);
    }

    private void Remove(Digest digest, string path)
    {
        // Materialized trees may have this inode too. With another time it no longer passes their comparison by stat, here and in other processes.
        _ = Posix.TrySetTime(path, 0);
        _swept.Clear();
        _hashed.TryRemove((digest.Hash, path.EndsWith(".x", StringComparison.Ordinal)), out _);
        _directories.TryRemove(digest.Hash, out _);
        _storedDirectories.TryRemove(digest.Hash, out _);
        File.Delete(path);
        Damaged?.Invoke(digest, path);
    }

    private static void CopyFile(string from, string to, long size)
    {
        try
        {
            File.Copy(from, to, overwrite: false);
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            File.Delete(to);
            throw DiskSpace.Full(to, size, problem);
        }
    }
}
