// What planning sees of a file that no build makes: one that a user supplies, or that lies beside a recipe with a hash. Unaware of disks.

namespace Imagecraft.Planning.Recipes;

/// <summary>What lies at a path of the workspace.</summary>
public abstract record LocalFile
{
    /// <summary>Looks at a workspace-relative path; its SHA-256 is only computed on demand.</summary>
    public delegate LocalFile Look(string path, bool hash);

    /// <summary>Nothing.</summary>
    public sealed record Missing : LocalFile;

    /// <summary>Something whose content cannot be had.</summary>
    /// <param name="Why">Follows its name: <c>is a folder</c>.</param>
    public sealed record Unreadable(string Why) : LocalFile
    {
        /// <summary>It is a folder, which some sources may be.</summary>
        public bool IsFolder { get; init; }
    }

    /// <summary>A file.</summary>
    /// <param name="Size">Its bytes.</param>
    /// <param name="IsBlank">All of them are zero, or there is none.</param>
    /// <param name="Sha256">64 lowercase hexadecimal characters; null when nobody asked.</param>
    public sealed record Readable(long Size, bool IsBlank, string? Sha256) : LocalFile;
}
