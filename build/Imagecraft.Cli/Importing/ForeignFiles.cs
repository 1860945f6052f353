// The files around a foreign recipe, as its reader sees them. Unaware of disks.

namespace Imagecraft.Cli.Importing;

/// <summary>A folder, with slashes between the parts of paths below it.</summary>
/// <param name="text">The text of a file by its path; null: there is none.</param>
/// <param name="list">Paths of the files directly in a folder below it; the folder itself is an empty path.</param>
public sealed class ForeignFiles(Func<string, string?> text, Func<string, IEnumerable<string>> list)
{
    /// <summary>The text of a file; null: there is none.</summary>
    public string? Text(string path) => IsBelow(path) ? text(path) : null;

    /// <summary>Whether a file is there.</summary>
    public bool Has(string path) => IsBelow(path) && list(FolderOf(path)).Contains(path);

    /// <summary>Paths of the files directly in a folder, in order.</summary>
    public IEnumerable<string> In(string folder) => list(folder).Order(StringComparer.Ordinal);

    /// <summary>The folder of a path; empty at the root.</summary>
    public static string FolderOf(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";

    /// <summary>The last part of a path.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Two parts of a path.</summary>
    public static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    // A foreign file names nothing outside of its own folder.
    private static bool IsBelow(string path) => path.Length > 0 && path[0] != '/' && !path.Split('/').Contains("..");
}
