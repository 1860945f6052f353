// Decides whether an object may be used, and removes it when not. Unaware of what it is used for.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    /// <summary>Hashes a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Digest HashFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Hashing.Hash(handle);
    }

    /// <summary>Hashes an object and its twin in full; false (and removed) when damaged, true when absent or right.</summary>
    internal bool Recheck(Digest digest, bool executable)
    {
        _hashed.TryRemove((digest.Hash, executable), out _);
        return !Posix.TryStat(ObjectPath(digest, executable), out _) || Trusted(digest, executable, full: true);
    }

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

    private bool Trusted(Digest digest, bool executable, bool full)
    {
        var path = ObjectPath(digest, executable);
        if (!Posix.TryStat(path, out var stat))
            return false;
        var mode = _modes[executable ? 1 : 0];
        var fits = stat.IsFile && stat.Size == digest.SizeBytes && stat.Modified == FixedTimeNanoseconds && stat.Mode == mode;
        if (!fits || (full && !_hashed.ContainsKey((digest.Hash, executable))))
        {
            if (!stat.IsFile || stat.Size != digest.SizeBytes || HashFile(path) != digest)
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

    private void Remove(Digest digest, string path)
    {
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
