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
        WriteTar(compressed, files.Select(file => Within(folder, file)));
    }

    /// <summary>Writes <paramref name="files"/> without compression, by their own names.</summary>
    public static void WriteTar(Stream output, IEnumerable<ArchiveFile> files)
    {
        using var tar = new TarWriter(output, TarEntryFormat.Gnu, leaveOpen: true);
        // Another name of a file stands behind it.
        foreach (var file in files.OrderBy(file => file is ArchiveFile.HardLink).ThenBy(file => file.Name, StringComparer.Ordinal))
        {
            using var content = file switch
            {
                ArchiveFile.OfDisk disk => File.OpenRead(disk.Path),
                ArchiveFile.OfText text => new MemoryStream(text.Bytes),
                _ => Stream.Null,
            };
            tar.WriteEntry(file switch
            {
                ArchiveFile.Link link => Owned(new(TarEntryType.SymbolicLink, file.Name) { LinkName = link.Target, Mode = Executable }),
                ArchiveFile.Folder own => Owned(new(TarEntryType.Directory, file.Name + "/") { Mode = own.Mode }),
                ArchiveFile.HardLink link => Owned(new(TarEntryType.HardLink, file.Name) { LinkName = link.Of, Mode = Executable }),
                _ => Owned(new(TarEntryType.RegularFile, file.Name) { DataStream = content, Mode = file.IsExecutable ? Executable : Plain }),
            });
        }
    }

    /// <summary>A file below a folder.</summary>
    public static ArchiveFile Within(string folder, ArchiveFile file) => file is ArchiveFile.HardLink link
        ? new ArchiveFile.HardLink($"{folder}/{link.Name}", $"{folder}/{link.Of}")
        : file with { Name = $"{folder}/{file.Name}" };

    private static GnuTarEntry Owned(GnuTarEntry entry)
    {
        entry.ModificationTime = _time;
        // GNU has two more times where other readers of tar have a part of the name.
        entry.AccessTime = entry.ChangeTime = default;
        entry.UserName = entry.GroupName = "root";
        return entry;
    }
}
