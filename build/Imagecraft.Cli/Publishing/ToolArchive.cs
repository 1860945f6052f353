// Writes files as a compressed tar that is the same whenever it is written. Unaware of what they are.

using System.Formats.Tar;
using System.IO.Compression;

namespace Imagecraft.Cli.Publishing;

/// <summary>Names in their order, one time, no owner but root, modes 0644 and 0755: the same files give the same archive.</summary>
public static class ToolArchive
{
    // The time of all files that are built (SOURCE_DATE_EPOCH).
    private static readonly DateTimeOffset _time = DateTimeOffset.FromUnixTimeSeconds(1767225600);

    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Writes <paramref name="files"/> below the folder <paramref name="folder"/>.</summary>
    public static void Write(Stream output, string folder, IEnumerable<ArchiveFile> files)
    {
        using var compressed = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarWriter(compressed, TarEntryFormat.Ustar);
        foreach (var file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            using var content = file switch
            {
                ArchiveFile.OfDisk disk => File.OpenRead(disk.Path),
                ArchiveFile.OfText text => new MemoryStream(text.Bytes),
                _ => Stream.Null,
            };
            var name = $"{folder}/{file.Name}";
            tar.WriteEntry(file is ArchiveFile.Link link
                ? Owned(new UstarTarEntry(TarEntryType.SymbolicLink, name) { LinkName = link.Target, Mode = Executable })
                : Owned(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = file.IsExecutable ? Executable : Plain }));
        }
    }

    private static UstarTarEntry Owned(UstarTarEntry entry)
    {
        entry.ModificationTime = _time;
        entry.UserName = entry.GroupName = "root";
        return entry;
    }
}
