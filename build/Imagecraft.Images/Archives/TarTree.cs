// Reads a tar of ours back as entries. Unaware of how it was made.

using System.Formats.Tar;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Archives;

/// <summary>Reads what <see cref="TarWriter"/> wrote.</summary>
public static class TarTree
{
    /// <summary>All entries in the tar's order, without extended attributes; a file's content is read when it is opened, from a stream that is opened anew.</summary>
    /// <param name="open">Opens the tar at its start, seekable.</param>
    public static IEnumerable<RootFsEntry> Entries(Func<Stream> open)
    {
        using Stream stream = open();
        using var reader = new TarReader(stream);
        while (reader.GetNextEntry() is { } entry)
        {
            string path = "/" + entry.Name.TrimStart('.').Trim('/');
            yield return new RootFsEntry
            {
                Path = TargetPath.Parse(path),
                Kind = Kind(entry.EntryType, path),
                Mode = (int)entry.Mode,
                Uid = entry.Uid,
                Gid = entry.Gid,
                Major = entry is PosixTarEntry { EntryType: TarEntryType.CharacterDevice or TarEntryType.BlockDevice } device ? device.DeviceMajor : 0,
                Minor = entry is PosixTarEntry { EntryType: TarEntryType.CharacterDevice or TarEntryType.BlockDevice } minor ? minor.DeviceMinor : 0,
                LinkTarget = entry.EntryType == TarEntryType.SymbolicLink ? entry.LinkName : null,
                Content = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile ? Content(open, entry) : null,
            };
        }
    }

    private static FileContent Content(Func<Stream> open, TarEntry entry)
    {
        var (offset, length) = (entry.DataOffset, entry.Length);
        // Whoever writes an archive needs no hash of each file.
        return new FileContent("", length, () => length == 0 ? Stream.Null : new SubStream(open(), offset, length));
    }

    private static EntryKind Kind(TarEntryType type, string path) => type switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile => EntryKind.File,
        TarEntryType.Directory => EntryKind.Folder,
        TarEntryType.SymbolicLink => EntryKind.Symlink,
        TarEntryType.CharacterDevice => EntryKind.CharacterDevice,
        TarEntryType.BlockDevice => EntryKind.BlockDevice,
        TarEntryType.Fifo => EntryKind.Fifo,
        _ => throw new ImageInputException($"Entry `{path}` of the tar is of the type `{type}`, which root file systems do not have"),
    };
}
