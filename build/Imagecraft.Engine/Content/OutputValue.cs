// What an output is. Unaware of who made it and where it lies.

namespace Imagecraft.Engine.Content;

/// <summary>Whether content is one file or a tree.</summary>
public enum OutputKind
{
    /// <summary>One regular file.</summary>
    File,

    /// <summary>A folder, as a Merkle tree.</summary>
    Tree,
}

/// <summary>Content of an output: a file (with its executable bit) or a tree (digest of its root <c>Directory</c>).</summary>
public sealed record OutputValue(Digest Digest, OutputKind Kind, bool Executable = false);
