// A digest of what stat tells of files and folders, for who asks whether anything changed without reading it. Unaware of why it is asked.

using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Imagecraft.Engine.Files;

/// <summary>
/// The state of files by their stat: names, type and mode, size, times of modification and change, inode. Whoever changes a file cannot keep its time of change, so
/// equal stamps mean equal contents, except for a file that changed just before (see <see cref="IsSettled"/>).
/// </summary>
internal sealed class FilesStamp
{
    // As for hashes by stat: a change this shortly before may be followed by another that the clock of the file system cannot tell from it.
    private const long RacyNanoseconds = 2_000_000_000;

    private readonly ArrayBufferWriter<byte> _facts = new(1 << 16);
    private long _youngest;
    private bool _elsewhere;

    private FilesStamp()
    {
    }

    /// <summary>SHA-256 of all facts, 64 hexadecimal characters.</summary>
    internal string Hash { get; private set; } = "";

    /// <summary>Nothing changed within the last seconds, and no link leads to a folder, whose content is not seen.</summary>
    internal bool IsSettled { get; private set; }

    /// <summary>The stamp of files and of whole folders; a path where nothing is counts as that.</summary>
    /// <param name="paths">Absolute paths; their order matters.</param>
    /// <param name="now">The time before the first look.</param>
    internal static FilesStamp Of(IEnumerable<string> paths, DateTimeOffset now)
    {
        var stamp = new FilesStamp();
        foreach (var path in paths)
            stamp.Add(path);
        stamp.Hash = Convert.ToHexStringLower(SHA256.HashData(stamp._facts.WrittenSpan));
        stamp.IsSettled = !stamp._elsewhere && (now - DateTimeOffset.UnixEpoch).Ticks * 100 - stamp._youngest > RacyNanoseconds;
        return stamp;
    }

    private void Add(string path)
    {
        _facts.Write(MemoryMarshal.AsBytes(path.AsSpan()));
        if (!Posix.TryStat(path, out var stat))
        {
            _facts.Write([(byte)0]);
            return;
        }

        Add(stat);
        if (stat.IsSymlink)
            AddTarget(path);
        if (!stat.IsFolder)
            return;
        var names = FolderNames.Of(path).ToArray();
        Array.Sort(names, string.CompareOrdinal);
        foreach (var name in names)
            Add($"{path}/{name}");
    }

    private void Add(in FileStat stat)
    {
        _facts.Write(MemoryMarshal.AsBytes([stat.FullMode, stat.Size, stat.Modified, stat.Changed, (long)stat.Inode]));
        _youngest = Math.Max(_youngest, stat.Changed);
    }

    private void AddTarget(string link)
    {
        if (new FileInfo(link).ResolveLinkTarget(returnFinalTarget: true) is not { } target || !Posix.TryStat(target.FullName, out var stat))
            return;
        Add(stat);
        _elsewhere |= stat.IsFolder;
    }
}
