// Arithmetic on paths relative to the workspace, with forward slashes. Unaware of disks.

namespace Imagecraft.Metadata.Forms;

/// <summary>Pure functions on workspace-relative paths; the workspace root is the empty text.</summary>
static class WorkspacePath
{
    /// <summary>The folder a file lies in.</summary>
    public static string FolderOf(string file) => file.LastIndexOf('/') is >= 0 and var slash ? file[..slash] : "";

    /// <summary>The path of <paramref name="name"/> as seen from <paramref name="folder"/>, or null when it is absolute or leaves the workspace.</summary>
    public static string? Resolve(string folder, string name)
    {
        if (name.StartsWith('/'))
            return null;
        if (!name.Contains("..", StringComparison.Ordinal) && !name.StartsWith("./", StringComparison.Ordinal))
            return folder.Length == 0 ? name : $"{folder}/{name}";
        var parts = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in name.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }
        return string.Join('/', parts);
    }

    /// <summary>How <paramref name="path"/> is written from <paramref name="folder"/>.</summary>
    public static string From(string folder, string path)
    {
        var from = folder.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var to = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var common = 0;
        while (common < from.Length && common < to.Length && from[common] == to[common])
            common++;
        return string.Join('/', Enumerable.Repeat("..", from.Length - common).Concat(to[common..]));
    }
}
