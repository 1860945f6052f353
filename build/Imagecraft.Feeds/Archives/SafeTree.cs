// Writes members of archives below one folder and nowhere else. Unaware of archive formats.

using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Feeds.Archives;

/// <summary>A folder that hostile names cannot leave: no `..`, no absolute paths, nothing through a symbolic link.</summary>
internal sealed class SafeTree
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string root;
    private readonly HashSet<string> realFolders = new(StringComparer.Ordinal) { "" };

    public SafeTree(string root)
    {
        this.root = Path.GetFullPath(root);
        Directory.CreateDirectory(this.root);
    }

    /// <summary>The path below the root, without `.` parts and outer slashes; empty for the root itself.</summary>
    /// <exception cref="InvalidDataException">It would leave the root.</exception>
    public static string Clean(string name, int strip)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToList();
        if (name.StartsWith('/') || parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal))
            throw new InvalidDataException($"the member `{name}` would be written outside of the destination");
        return strip < parts.Count ? string.Join('/', parts.Skip(strip)) : "";
    }

    public void Folder(string path)
    {
        if (realFolders.Contains(path)) return;
        var slash = path.LastIndexOf('/');
        if (slash > 0) Folder(path[..slash]);
        var full = Path.Combine(root, path);
        var present = new FileInfo(full);
        if (present.LinkTarget is not null) throw new InvalidDataException($"the member `{path}` would be written through a symbolic link");
        if (present.Exists) File.Delete(full);
        Directory.CreateDirectory(full, Executable);
        realFolders.Add(path);
    }

    /// <summary>Opens a new file for writing; what stood there before is replaced.</summary>
    public SafeFileHandle NewFile(string path, bool executable)
    {
        var full = Prepare(path);
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(full, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (IOException) when (Path.Exists(full) || new FileInfo(full).LinkTarget is not null)
        {
            Remove(path, full);
            handle = File.OpenHandle(full, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
        }
        File.SetUnixFileMode(handle, executable ? Executable : Plain);
        return handle;
    }

    public void SymbolicLink(string path, string target)
    {
        var full = Prepare(path);
        Remove(path, full);
        File.CreateSymbolicLink(full, target);
    }

    /// <summary>A copy, since two names of one file would change together.</summary>
    public void HardLink(string path, string target)
    {
        var from = Path.Combine(root, target);
        var slash = target.LastIndexOf('/');
        if (slash > 0) Folder(target[..slash]);
        var source = new FileInfo(from);
        if (source.LinkTarget is { } link)
        {
            SymbolicLink(path, link);
            return;
        }
        if (!source.Exists) throw new InvalidDataException($"the member `{path}` is a link to `{target}`, which did not come before it");
        var full = Prepare(path);
        if (full == from) return;
        Remove(path, full);
        File.Copy(from, full);
    }

    private string Prepare(string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash > 0) Folder(path[..slash]);
        return Path.Combine(root, path);
    }

    private static void Remove(string path, string full)
    {
        if (Directory.Exists(full) && new FileInfo(full).LinkTarget is null) throw new InvalidDataException($"the member `{path}` would replace a folder");
        File.Delete(full);
    }
}
