// Remembers the hash of a file by its stat, across runs. Unaware of why files are hashed.

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Engine.Store;

/// <summary>A file of (path, size, modification time, change time, inode) to SHA-256; a torn or flipped one counts as empty.</summary>
internal sealed class StatCache
{
    private const long Version = 1;
    private readonly string _file;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private bool _changed;

    internal StatCache(string file)
    {
        _file = file;
        if (Posix.TryRead(file, out _) is { Length: > 40 } bytes && SHA256.HashData(bytes.AsSpan(32)).AsSpan().SequenceEqual(bytes.AsSpan(0, 32)))
            Read(bytes.AsSpan(32));
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
        var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
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

        var payload = buffer.ToArray();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_file))!);
        var temporary = $"{_file}.{Environment.ProcessId}.new";
        try
        {
            File.WriteAllBytes(temporary, [.. SHA256.HashData(payload), .. payload]);
            File.Move(temporary, _file, overwrite: true);
            _changed = false;
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            // Only memory of what can be hashed again; what the caller writes to the same disk fails with a better message.
            File.Delete(temporary);
        }
    }

    private void Read(ReadOnlySpan<byte> payload)
    {
        if (BinaryPrimitives.ReadInt64LittleEndian(payload) != Version)
            return;
        using var reader = new BinaryReader(new MemoryStream(payload[8..].ToArray()), Encoding.UTF8);
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var path = reader.ReadString();
            _entries[path] = new Entry(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64(), Convert.ToHexStringLower(reader.ReadBytes(32)));
        }
    }

    private readonly record struct Entry(long Size, long Modified, long Changed, ulong Inode, string Hash);
}
