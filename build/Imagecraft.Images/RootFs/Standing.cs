// Which of two entries of one path stays. Unaware of how entries are merged.

namespace Imagecraft.Images.RootFs;

/// <summary>How an entry stands to others of its path, weakest first.</summary>
public enum Standing
{
    /// <summary>Another entry of its path stays, and so does another program of its name, to which a link leads then.</summary>
    GivesWay,

    /// <summary>Whatever else has its path must be alike.</summary>
    Firm,

    /// <summary>It lies over others that are of its kind.</summary>
    Over,
}

/// <summary>An entry that is not in the tree, because another one took its place.</summary>
/// <param name="Path">Where it would have been.</param>
/// <param name="Package">Whose it was.</param>
/// <param name="By">Whose the other one is.</param>
public sealed record ReplacedEntry(TargetPath Path, string Package, string By);
