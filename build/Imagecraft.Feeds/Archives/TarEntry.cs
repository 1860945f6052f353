// One member of a tar archive. Unaware of how it is written to disk.

namespace Imagecraft.Feeds.Archives;

/// <summary>Kinds of members.</summary>
internal enum TarKind
{
    /// <summary>Regular file.</summary>
    File,

    /// <summary>Another name of a file that came before.</summary>
    HardLink,

    /// <summary>Symbolic link.</summary>
    SymbolicLink,

    /// <summary>Folder.</summary>
    Folder,

    /// <summary>Device, pipe or another kind that is not written.</summary>
    Other,
}

/// <summary>Header of a member.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Name">Path as written.</param>
/// <param name="Target">Target of a link, else empty.</param>
/// <param name="Executable">The owner may execute it.</param>
/// <param name="Size">Bytes of content.</param>
/// <param name="Offset">Where the header starts in the decoded archive.</param>
internal sealed record TarEntry(TarKind Kind, string Name, string Target, bool Executable, long Size, long Offset);
