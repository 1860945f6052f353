// Writes members of archives below one folder and nowhere else. Unaware of archive formats.

using System.Runtime.InteropServices;
using System.Text;

namespace Imagecraft.Feeds.Archives;

/// <summary>A folder that hostile names cannot leave: no `..`, no absolute paths, nothing through a symbolic link.</summary>
internal sealed partial class SafeTree
{
    private const int Plain = 0x1a4;
    private const int Open = 0x1ed;
    private const int LongestName = 255, LongestPath = 4095, DeepestPath = 512;

    private readonly string root;
    private readonly int rootBytes;
    private readonly Dictionary<string, int> folders = new(StringComparer.Ordinal) { [""] = Open };

    public SafeTree(string root)
    {
        this.root = Path.GetFullPath(root);
        rootBytes = Encoding.UTF8.GetByteCount(this.root);
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

    /// <summary>Makes the folder and those above it. Its mode is set by <see cref="Finish"/>, because what is inside must be written before.</summary>
    public void Folder(string path, int? mode = null)
    {
        if (folders.TryAdd(path, Open))
        {
            var full = Prepare(path);
            var present = new FileInfo(full);
            if (present.LinkTarget is not null) throw new InvalidDataException($"the member `{path}` would be written through a symbolic link");
            if (present.Exists) File.Delete(full);
            Directory.CreateDirectory(full, (UnixFileMode)Open);
        }
        if (mode is { } wanted) folders[path] = wanted;
    }

    /// <summary>Opens a new file for writing; what stood there before is replaced.</summary>
    public FileStream NewFile(string path, int mode)
    {
        var full = Prepare(path);
        // Set-uid comes last: writing to a file takes it away.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0, UnixCreateMode = (UnixFileMode)(mode & 0x1ff) };
        try
        {
            return new FileStream(full, options);
        }
        catch (IOException) when (Path.Exists(full) || new FileInfo(full).LinkTarget is not null)
        {
            Remove(path, full);
            return new FileStream(full, options);
        }
    }

    public void SymbolicLink(string path, string target)
    {
        if (target.Length == 0 || target.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(target) > LongestPath)
            throw new InvalidDataException($"the member `{path}` is a link without a target, or with one that no system takes");
        var full = Prepare(path);
        Remove(path, full);
        File.CreateSymbolicLink(full, target);
    }

    /// <summary>A second name of a file, or a copy of it where the file system has no second names. A member that replaces one of them leaves the other.</summary>
    /// <returns>The size of the file; null for a link.</returns>
    public long? HardLink(string path, string target)
    {
        var from = Path.Combine(root, target);
        var slash = target.LastIndexOf('/');
        if (slash > 0) Folder(target[..slash]);
        var source = new FileInfo(from);
        if (source.LinkTarget is { } link)
        {
            SymbolicLink(path, link);
            return null;
        }
        if (!source.Exists) throw new InvalidDataException($"the member `{path}` is a link to `{target}`, which did not come before it");
        var full = Prepare(path);
        if (full == from) return 0;
        Remove(path, full);
        if (Link(from, full) != 0) File.Copy(from, full);
        return source.Length;
    }

    /// <summary>Gives folders their modes, inner ones first.</summary>
    public void Finish()
    {
        foreach (var (path, mode) in folders.Where(f => f.Value != Open && f.Key.Length > 0).OrderByDescending(f => f.Key.Length))
            File.SetUnixFileMode(Path.Combine(root, path), (UnixFileMode)mode);
    }

    /// <summary>The mode that is written for the one an archive names.</summary>
    /// <param name="mode">The archive's.</param>
    /// <param name="isFolder">A folder's owner must be able to write into it, a file's to read it.</param>
    /// <param name="exact">See <see cref="ExtractOptions.Exact"/>.</param>
    public static int ModeOf(int mode, bool isFolder, bool exact) =>
        exact ? (mode & 0xfff) | (isFolder ? 0x1c0 : 0x100) : (mode & Open) | (isFolder ? 0x1c0 : 0x180);

    private string Prepare(string path)
    {
        Check(path);
        var slash = path.LastIndexOf('/');
        if (slash > 0) Folder(path[..slash]);
        return Path.Combine(root, path);
    }

    private void Check(string path)
    {
        if (rootBytes + 1 + Encoding.UTF8.GetByteCount(path) > LongestPath || path.Count(c => c == '/') >= DeepestPath)
            throw new InvalidDataException($"the member `{path[..40]}...` has a path of {path.Length} characters and {path.Count(c => c == '/') + 1} folders, which is longer or deeper than files can lie");
        foreach (var part in path.Split('/'))
            if (Encoding.UTF8.GetByteCount(part) > LongestName) throw new InvalidDataException($"the member `{part[..40]}...` has a name of {part.Length} characters, longer than files can have");
    }

    private static void Remove(string path, string full)
    {
        if (Directory.Exists(full) && new FileInfo(full).LinkTarget is null) throw new InvalidDataException($"the member `{path}` would replace a folder");
        File.Delete(full);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
