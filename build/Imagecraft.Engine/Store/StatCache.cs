// Remembers the hash of a file by its stat, across runs. Unaware of why files are hashed.

using System.Collections.Concurrent;

namespace Imagecraft.Engine.Store;

/// <summary>A file of (path, size, modification time, change time, inode) to SHA-256; a torn or flipped one counts as empty.</summary>
internal sealed class StatCache
{
    private const long Version = 2;
    private readonly string _file;
    private readonly string _boot;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private bool _changed;

    /// <param name="file">Where it is kept.</param>
    /// <param name="boot">
    /// The boot of the machine for which hashes hold: after a power failure a file may have its stat and not its content. Empty when each file was synced before it was recorded.
    /// </param>
    internal StatCache(string file, string boot = "")
    {
        _file = file;
        _boot = boot;
        using var reader = CheckedFile.Open(file);
        if (reader is not null)
            Read(reader);
    }

    /// <summary>The recorded hash when the stat is the same; null otherwise.</summary>
    internal string? TryGet(string path, in FileStat stat) =>
        _entries.TryGetValue(path, out var entry) && entry.Size == stat.Size && entry.Modified == stat.Modified && entry.Changed == stat.Changed && entry.Inode == stat.Inode
            ? entry.Hash
            : null;

    /// <summary>Whether there are entries, and each file's stat is as recorded.</summary>
    internal bool Stands() => !_entries.IsEmpty && _entries.Keys.All(path => Posix.TryStat(path, out var stat) && TryGet(path, stat) is not null);

    internal void Set(string path, in FileStat stat, string hash)
    {
        _entries[path] = new Entry(stat.Size, stat.Modified, stat.Changed, stat.Inode, hash);
        Volatile.Write(ref _changed, true);
    }

    /// <summary>Writes the file when something changed; entries whose file is gone are left out.</summary>
    internal void Save()
    {
        if (!_changed)
            return;
        try
        {
            CheckedFile.Write(_file, Write);
            _changed = false;
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            // Only memory of what can be hashed again; what the caller writes to the same disk fails with a better message.
        }
    }

    private void Write(BinaryWriter writer)
    {
        writer.Write(Version);
        writer.Write(_boot);
        foreach (var (path, entry) in _entries.Where(pair => Posix.TryStat(pair.Key, out _)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(path);
            writer.Write(entry.Size);
            writer.Write(entry.Modified);
            writer.Write(entry.Changed);
            writer.Write(entry.Inode);
            writer.Write(Convert.FromHexString(entry.Hash));
        }
    }

    private void Read(BinaryReader reader)
    {
        if (reader.BaseStream.Length < sizeof(long) || reader.ReadInt64() != Version || reader.ReadString() != _boot)
            return;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var path = reader.ReadString();
            _entries[path] = new Entry(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64(), Convert.ToHexStringLower(reader.ReadBytes(32)));
        }
    }

    private readonly record struct Entry(long Size, long Modified, long Changed, ulong Inode, string Hash);
}
