// Remembers the hash of a file by its stat. Unaware of why files are hashed.

using System.Collections.Concurrent;
using Google.Protobuf;
using Imagecraft.Engine.Remembered;

namespace Imagecraft.Engine.Files;

/// <summary>(Path, size, modification time, change time, inode) to SHA-256.</summary>
internal sealed class FileHashes
{
    private readonly string _boot;
    private readonly ConcurrentDictionary<string, FileRecord> _files = new(StringComparer.Ordinal);
    private int _changed;

    /// <param name="list">What is known; null for nothing.</param>
    /// <param name="boot">
    /// The boot of the machine for which hashes hold: after a power failure a file may have its stat and not its content. Empty when each file was synced before it was recorded.
    /// </param>
    internal FileHashes(FileList? list, string boot = "")
    {
        _boot = boot;
        if (list is null || list.Boot != boot)
            return;
        foreach (var file in list.Files)
            _files[file.Path] = file;
    }

    /// <summary>Whether something was set.</summary>
    internal bool IsChanged => Volatile.Read(ref _changed) != 0;

    /// <summary>The recorded hash when the stat is the same; null otherwise.</summary>
    internal string? TryGet(string path, in FileStat stat) =>
        _files.TryGetValue(path, out var file) && file.Size == stat.Size && file.Modified == stat.Modified && file.Changed == stat.Changed && file.Inode == stat.Inode
            ? Convert.ToHexStringLower(file.Hash.Span)
            : null;

    /// <summary>Whether there are entries, and each file's stat is as recorded.</summary>
    internal bool Stand() => !_files.IsEmpty && _files.Keys.All(path => Posix.TryStat(path, out var stat) && TryGet(path, stat) is not null);

    internal void Set(string path, in FileStat stat, string hash)
    {
        _files[path] = new FileRecord { Path = path, Size = stat.Size, Modified = stat.Modified, Changed = stat.Changed, Inode = stat.Inode, Hash = ByteString.CopyFrom(Convert.FromHexString(hash)) };
        Volatile.Write(ref _changed, 1);
    }

    /// <summary>All entries but those whose file is gone, by path.</summary>
    internal FileList ToList() => new()
    {
        Boot = _boot,
        Files = { _files.Where(pair => Posix.TryStat(pair.Key, out _)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value) },
    };
}
