// Lists all files of a commit, from objects that were checked. Unaware of how they came.

using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.Feeds.Fetching;

/// <summary>Kinds of what trees name.</summary>
internal enum GitKind
{
    /// <summary>Regular file.</summary>
    File,

    /// <summary>Regular file that may be run.</summary>
    Executable,

    /// <summary>Symbolic link.</summary>
    Link,

    /// <summary>Commit of another repository.</summary>
    Submodule,
}

/// <summary>A file, link or submodule.</summary>
/// <param name="Path">From the root of the repository.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Id">Of the blob; of a submodule, its commit.</param>
internal sealed record GitEntry(string Path, GitKind Kind, string Id);

/// <summary>Goes through trees, level by level.</summary>
/// <remarks>Source: gitformat-pack(5) and git-mktree(1) for the form of trees; git-fsck(1) for names that are refused.</remarks>
internal static class GitTree
{
    // Characters that some file systems leave out when they compare names. Source: git-fsck(1), hasDotgit.
    private static readonly char[] Ignorable = ['\u200c', '\u200d', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u206a', '\u206b', '\u206c', '\u206d', '\u206e', '\u206f', '\ufeff'];

    /// <summary>All entries but folders, in the order of their paths.</summary>
    /// <param name="objects">The repository.</param>
    /// <param name="commit">Id of the commit.</param>
    /// <param name="guard">Counts entries.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FeedException">An object is missing or wrong, or a name is one that trees must not have.</exception>
    public static async Task<List<GitEntry>> EntriesAsync(GitObjects objects, string commit, ExpansionGuard guard, CancellationToken cancellationToken)
    {
        var header = (await objects.BytesAsync("commit", [commit], cancellationToken))[0];
        if (!header.AsSpan().StartsWith("tree "u8) || header.Length < 5 + commit.Length) throw new FeedException($"has a malformed commit `{commit}`", userError: true);
        var level = new List<(string Path, string Id)> { ("", Encoding.ASCII.GetString(header, 5, commit.Length)) };
        var found = new List<GitEntry>();
        while (level.Count > 0)
        {
            // One tree may stand at many places; it is read once a level.
            var ids = level.Select(t => t.Id).Distinct().ToList();
            var trees = ids.Zip(await objects.BytesAsync("tree", ids, cancellationToken)).ToDictionary(t => t.First, t => t.Second, StringComparer.Ordinal);
            var next = new List<(string Path, string Id)>();
            foreach (var (path, id) in level)
                Read(trees[id], path, commit.Length / 2, guard, found, next);
            level = next;
        }
        found.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return found;
    }

    // Entries are `MODE NAME<NUL>ID`, the id in binary.
    private static void Read(byte[] tree, string folder, int idLength, ExpansionGuard guard, List<GitEntry> found, List<(string Path, string Id)> next)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < tree.Length;)
        {
            var blank = Array.IndexOf(tree, (byte)' ', at);
            var nul = blank < 0 ? -1 : Array.IndexOf(tree, (byte)0, blank);
            if (nul < 0 || tree.Length - nul - 1 < idLength) throw new FeedException($"has a malformed tree at `/{folder}`", userError: true);
            guard.Entry();
            var name = Name(tree.AsSpan((blank + 1)..nul), folder);
            if (!names.Add(name)) throw new FeedException($"has two entries `{name}` in the tree `/{folder}`", userError: true);
            var path = folder.Length == 0 ? name : $"{folder}/{name}";
            var mode = Encoding.ASCII.GetString(tree, at, blank - at).TrimStart('0');
            var id = Convert.ToHexStringLower(tree, nul + 1, idLength);
            at = nul + 1 + idLength;
            if (mode == "40000") next.Add((path, id));
            else found.Add(new(path, KindOf(mode) ?? throw new FeedException($"has `{path}` with the mode `{mode}`, which trees do not have", userError: true), id));
        }
    }

    private static GitKind? KindOf(string mode) => mode switch
    {
        "100644" or "100664" or "100600" => GitKind.File,
        "100755" or "100775" or "100700" => GitKind.Executable,
        "120000" => GitKind.Link,
        "160000" => GitKind.Submodule,
        _ => null,
    };

    private static string Name(ReadOnlySpan<byte> bytes, string folder)
    {
        if (!Utf8.IsValid(bytes)) throw new FeedException(string.Create(CultureInfo.InvariantCulture, $"has a name in `/{folder}` that is not UTF-8: bytes {Convert.ToHexString(bytes)}; take the tree as an archive"), userError: true);
        var name = Encoding.UTF8.GetString(bytes);
        var folded = string.Concat(name.Where(c => !Ignorable.Contains(c))).TrimEnd(' ', '.').ToUpperInvariant();
        var isGit = folded is ".GIT" or "GIT~1" || folded.StartsWith(".GIT:", StringComparison.Ordinal);
        if (name.Length == 0 || name.Contains('/') || name is "." or ".." || isGit) throw new FeedException($"has the name `{name}` in `/{folder}`, which trees must not have", userError: true);
        return name;
    }
}
