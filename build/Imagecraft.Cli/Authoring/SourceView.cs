// Sources of a program as somebody sees them who describes it: names of files, and texts. Unaware of disks.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring;

/// <summary>A tree of sources.</summary>
/// <param name="files">Paths of all files, relative to its root.</param>
/// <param name="read">The text of a file.</param>
public sealed class SourceView(IReadOnlyCollection<string> files, Func<string, string> read)
{
    private readonly HashSet<string> _known = [.. files];

    /// <summary>All files.</summary>
    public IReadOnlyCollection<string> Files => files;

    /// <summary>Whether a file is there.</summary>
    public bool Has(string path) => _known.Contains(path);

    /// <summary>Its text; empty when it is not there.</summary>
    public string Text(string path) => Has(path) ? read(path) : "";

    /// <summary>Files at the root whose names match.</summary>
    public IEnumerable<string> AtRoot(string pattern) => files.Where(file => !file.Contains('/', StringComparison.Ordinal) && Regex.IsMatch(file, pattern, RegexOptions.IgnoreCase)).Order(StringComparer.Ordinal);

    /// <summary>The view of a folder on the disk.</summary>
    public static SourceView Of(string folder)
    {
        var all = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Select(file => Path.GetRelativePath(folder, file)).ToList();
        return new(all, path => File.ReadAllText(Path.Combine(folder, path)));
    }
}
