// What one header of a tar archive says. Unaware of how archives are encoded.

using System.Collections.Immutable;

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
/// <param name="Name">Path as written; bytes that are not UTF-8 stand as <c>\xNN</c>.</param>
/// <param name="Target">Target of a link, else empty.</param>
/// <param name="Mode">Permissions, set-uid, set-gid and sticky: the lower twelve bits.</param>
/// <param name="Size">Bytes of content.</param>
/// <param name="Offset">Where the header starts in the decoded archive.</param>
internal sealed record TarEntry(TarKind Kind, string Name, string Target, int Mode, long Size, long Offset)
{
    /// <summary>Name of the owner, or the number where there is no name.</summary>
    public string User { get; init; } = "root";

    /// <summary>Name of the group, or the number where there is no name.</summary>
    public string Group { get; init; } = "root";

    /// <summary>Names of extended attributes, e.g. <c>security.capability</c>.</summary>
    public ImmutableArray<string> Attributes { get; init; } = [];

    /// <summary>Name or target has bytes that are not UTF-8.</summary>
    public bool IsEscaped { get; init; }
}
