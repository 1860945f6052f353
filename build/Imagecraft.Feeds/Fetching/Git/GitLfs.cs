// Finds pointers of Git LFS: small texts that stand for files which git does not have. Unaware of repositories.

using System.Text;

namespace Imagecraft.Feeds.Fetching;

/// <summary>A file that lies on a server of Git LFS.</summary>
/// <param name="Path">Where it belongs.</param>
/// <param name="Sha256">Its content.</param>
internal sealed record GitLfs(string Path, string Sha256)
{
    /// <summary>Longest pointer, in bytes.</summary>
    public const int LongestPointer = 1024;

    /// <summary>The pointer in <paramref name="content"/>, or null.</summary>
    /// <remarks>Source: Git LFS specification, section "The Pointer".</remarks>
    public static GitLfs? Of(string path, ReadOnlySpan<byte> content)
    {
        if (content.Length > LongestPointer || !content.StartsWith("version https://git-lfs.github.com/spec/v1\n"u8)) return null;
        var line = Encoding.UTF8.GetString(content).Split('\n').FirstOrDefault(l => l.StartsWith("oid sha256:", StringComparison.Ordinal));
        return line is null ? null : new(path, line["oid sha256:".Length..]);
    }

    /// <summary>The failure.</summary>
    public static FeedException Missing(IReadOnlyList<GitLfs> pointers) => new(
        $"keeps {pointers.Count} files elsewhere, with Git LFS: [{string.Join(", ", pointers.Take(5).Select(p => $"`{p.Path}`"))}{(pointers.Count > 5 ? ", ..." : "")}]; "
        + $"take the tree as an archive by `https:`, and each file that you need as a source of its own with its `sha256` (`{pointers[0].Path}` has `{pointers[0].Sha256}`)", userError: true);
}
