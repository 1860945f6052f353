// Content-addressed storage of files and trees: layout, small blobs and reading. Unaware of actions.

using System.Collections.Concurrent;
using Imagecraft.Engine.Actions;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Store;

/// <summary>The store below a cache folder; shared by all workspaces and safe for concurrent builds.</summary>
/// <remarks>
/// <para>`objects/ab/HASH` (mode 0444) holds a blob, `objects/ab/HASH.x` (mode 0555) its executable twin: hard links share
/// their mode, so one inode cannot serve both. `trees/ab/HASH` is a materialized tree, `results/` the action cache.</para>
/// <para>Every object has the same time stamp, so size, time and mode tell by one stat whether anyone touched it; content
/// is hashed whenever they do not fit, before it is first read or enters a materialized tree, on export, by `cache verify`, and a
/// share of it by each build that runs something.</para>
/// <para>Durability: an object is a temporary file that is renamed, so a killed process leaves it whole or not at all. Against a power
/// failure stands one syncfs at the end of each build (<see cref="Sync"/>) instead of one fsync for each object and folder: syncfs
/// writes all data and all renames that came before it, and `synced` then records the time and the boot. The first build after a
/// restart of the machine hashes all objects of a later time, and drops trees and results of a later time that lost something
/// (<see cref="RecoverAsync"/>). So nothing lost is ever used, and no action waits for the disk.</para>
/// </remarks>
public sealed partial class ContentStore : IDisposable
{
    /// <summary>The time stamp of every object and every file of a materialized tree: 2026-01-01T00:00:00Z.</summary>
    public const long FixedTime = 1_767_225_600;

    private const long FixedTimeNanoseconds = FixedTime * 1_000_000_000;
    private static readonly uint[] _modes = [0x124, 0x16d];

    private readonly ConcurrentDictionary<(string Hash, bool Executable), bool> _hashed = new();
    private readonly SharedGate _gate;
    private readonly SafeFileHandle _lockFile;
    private readonly TemporaryFolder _temporary;

    /// <summary>Opens the store below <paramref name="root"/> and makes its folders.</summary>
    /// <exception cref="StoreException">The folder cannot be written by the current user.</exception>
    public ContentStore(string root)
        : this(root, SyncRecord.ThisBoot)
    {
    }

    /// <summary>As the other, in a machine whose identity of this boot is <paramref name="boot"/>.</summary>
    internal ContentStore(string root, string boot)
    {
        Root = Path.GetFullPath(root);
        Boot = boot;
        try
        {
            foreach (var folder in new[] { "objects", "trees", "results", "leases", "tmp" })
                Directory.CreateDirectory(Path.Combine(Root, folder));
            _lockFile = Posix.OpenForLocking(Path.Combine(Root, "store.lock"), create: true);
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException || (problem is IOException io && Posix.IsForbidden(io)))
        {
            throw new StoreException($"The cache `{Root}` cannot be written: {problem.Message}; give it to the current user with `chown -R` and make its file system writable, or set IMAGECRAFT_CACHE to another folder", problem);
        }

        _gate = new SharedGate(_lockFile);
        _temporary = new TemporaryFolder(Path.Combine(Root, "tmp"));
        _inheritsLists = new Lazy<bool>(() => Posix.Attributes(Root).Contains("system.posix_acl_default"));
    }

    /// <summary>A damaged object was found and removed: its digest and the path at which it was found. May be raised from any thread.</summary>
    public event Action<Digest, string>? Damaged;

    /// <summary>The cache folder.</summary>
    public string Root { get; }

    /// <summary>The identity of this boot of the machine.</summary>
    internal string Boot { get; }

    /// <summary>Stores bytes.</summary>
    public Digest Put(ReadOnlySpan<byte> bytes)
    {
        var digest = Digest.Of(bytes);
        Put(digest, bytes, executable: false);
        return digest;
    }

    /// <summary>Whether the content is there, judged by stat (and by its hash when the stat does not fit).</summary>
    public bool Has(Digest digest)
    {
        if (digest.SizeBytes == 0)
            return true;
        using var gate = _gate.Enter();
        return Trusted(digest, executable: false, full: false) || Trusted(digest, executable: true, full: false);
    }

    /// <summary>The whole content, hashed while read.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    public byte[] Get(Digest digest)
    {
        if (digest.SizeBytes == 0)
            return [];
        foreach (var executable in new[] { false, true })
        {
            var path = ObjectPath(digest, executable);
            if (Posix.TryRead(path, out _) is not { } bytes)
                continue;
            if (Digest.Of(bytes) == digest)
                return bytes;
            Remove(digest, path);
        }

        throw new ContentMissingException(digest);
    }

    /// <summary>A stream of the content.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    public Stream OpenRead(Digest digest) =>
        new FileStream(FilePath(digest, executable: false), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);

    /// <summary>The path of the object, hashed once a process, to be read only; it stays until the next garbage collection without a lease.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    public string FilePath(Digest digest, bool executable)
    {
        using var gate = _gate.Enter();
        return Acquire(digest, executable, full: true);
    }

    /// <summary>Ends the store's lease, when one is held, and removes what was left half-made.</summary>
    public void Dispose()
    {
        Lease?.Dispose();
        _temporary.Dispose();
        _lockFile.Dispose();
    }

    internal string ObjectPath(Digest digest, bool executable) =>
        string.Concat(Root, "/objects/", digest.Hash.AsSpan(0, 2), "/") + (executable ? digest.Hash + ".x" : digest.Hash);

    /// <summary>A new path for a file or folder that is to be renamed into place; on the store's file system.</summary>
    internal string TemporaryPath() => _temporary.NewPath();

    /// <summary>Renames into a shard, which is made when this is its first entry.</summary>
    internal static void Place(string temporary, string path)
    {
        var error = TryPlace(temporary, path);
        if (error != 0)
            throw Posix.Failure(error, "rename", path);
    }

    private static int TryPlace(string temporary, string path)
    {
        var error = Posix.Rename(temporary, path);
        if (error != Posix.ENOENT)
            return error;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Posix.Rename(temporary, path);
    }

    private void Put(Digest digest, ReadOnlySpan<byte> bytes, bool executable)
    {
        using var gate = _gate.Enter();
        if (Trusted(digest, executable, full: false))
            return;
        var temporary = TemporaryPath();
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite))
                RandomAccess.Write(handle, bytes, 0);
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            File.Delete(temporary);
            throw DiskSpace.Full(temporary, bytes.Length, problem);
        }

        Publish(digest, executable, temporary);
    }

    /// <summary>Gives a file whose content was just hashed its mode and time and renames it into place.</summary>
    private void Publish(Digest digest, bool executable, string temporary)
    {
        Posix.ChangeMode(temporary, _modes[executable ? 1 : 0]);
        Posix.SetTime(temporary, FixedTime);
        Place(temporary, ObjectPath(digest, executable));
        _hashed[(digest.Hash, executable)] = true;
        NoteWrite();
    }
}
