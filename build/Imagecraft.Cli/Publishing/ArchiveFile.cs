// One file of an archive, from disk or as text. Unaware of archives' formats.

using System.Text;

namespace Imagecraft.Cli.Publishing;

/// <summary>A file by its name in the archive.</summary>
/// <param name="Name">With forward slashes, below the archive's one folder.</param>
/// <param name="IsExecutable">Whether it may be run.</param>
public abstract record ArchiveFile(string Name, bool IsExecutable)
{
    /// <summary>A file of this machine.</summary>
    public sealed record OfDisk(string Name, bool IsExecutable, string Path) : ArchiveFile(Name, IsExecutable);

    /// <summary>A symbolic link.</summary>
    public sealed record Link(string Name, string Target) : ArchiveFile(Name, IsExecutable: false);

    /// <summary>A folder that is there though nothing is in it, or has a mode of its own.</summary>
    public sealed record Folder(string Name, UnixFileMode Mode) : ArchiveFile(Name, IsExecutable: false);

    /// <summary>Another name of a file of the archive; programs that ask for their own place get the name by which they were started.</summary>
    public sealed record HardLink(string Name, string Of) : ArchiveFile(Name, IsExecutable: true);

    /// <summary>A text that is made for it.</summary>
    public sealed record OfText(string Name, bool IsExecutable, string Text) : ArchiveFile(Name, IsExecutable)
    {
        /// <summary>Its bytes.</summary>
        public byte[] Bytes => Encoding.UTF8.GetBytes(Text);
    }

    /// <summary>A file, or all files below a folder; nothing when there is none.</summary>
    /// <param name="path">Of this machine.</param>
    /// <param name="name">Name of it in the archive.</param>
    /// <param name="without">Names of files and folders that are left out, wherever they lie below it.</param>
    public static IEnumerable<ArchiveFile> Below(string path, string name, params string[] without)
    {
        if (new FileInfo(path).LinkTarget is { } target)
            return [new Link(name, target)];
        if (File.Exists(path))
            return [new OfDisk(name, (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0, path)];
        return Directory.Exists(path)
            ? Directory.EnumerateFileSystemEntries(path).Where(entry => !without.Contains(Path.GetFileName(entry))).SelectMany(entry => Below(entry, $"{name}/{Path.GetFileName(entry)}", without))
            : [];
    }
}
