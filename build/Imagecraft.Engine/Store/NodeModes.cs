// Which modes the nodes of a tree carry, and how a materialized tree shows them. Unaware of disks.

namespace Imagecraft.Engine.Store;

/// <summary>Permission bits with set-uid, set-gid and sticky, as the Remote Execution API's <c>NodeProperties.unix_mode</c> has them.</summary>
/// <remarks>
/// Ordinary entries carry none, so their trees have the digests that they have without modes: files that all may read (0644, or 0755 when all
/// may execute them) and folders with 0755. The owner's and the group's right to write says nothing there: what an action copies from its inputs
/// has lost the first, and the second comes from whoever packed an archive with umask 002. Every other mode is carried as it is.
/// </remarks>
static class NodeModes
{
    /// <summary>0644 and 0755.</summary>
    internal const uint PlainFile = 0x1a4, Program = 0x1ed, PlainFolder = 0x1ed;

    private const uint Ignored = 0x90, AllRead = 0x124, AllExecute = 0x16d, EveryonesFolder = 0x1ff, Permissions = 0x1ff, OwnerReads = 0x100, OwnerUses = 0x1c0;

    /// <summary>What the node of a file with this mode carries; null for an ordinary one.</summary>
    internal static Reapi.NodeProperties? OfFile(uint mode) => (mode & ~Ignored) is AllRead or AllExecute ? null : new Reapi.NodeProperties { UnixMode = mode };

    /// <summary>What the node of a folder with this mode carries; null for an ordinary one.</summary>
    internal static Reapi.NodeProperties? OfFolder(uint mode) => (mode & ~Ignored) is AllExecute ? null : new Reapi.NodeProperties { UnixMode = mode };

    /// <summary>As the other, of what ran elsewhere: servers lay folders of the inputs out as writable for all, and what was copied from there says so.</summary>
    internal static Reapi.NodeProperties? OfRemoteFolder(uint mode) => mode == EveryonesFolder ? null : OfFolder(mode);

    /// <summary>The mode of a file that cannot be a name of its object; null when it can.</summary>
    /// <remarks>Set-uid and set-gid stay in the node: nothing in the cache may run as another. The owner can always read, as the store has to.</remarks>
    internal static uint? Shown(Reapi.FileNode file) => file.NodeProperties?.UnixMode is { } mode ? (mode & Permissions) | OwnerReads : null;

    /// <summary>The mode of a folder on disk; the owner can always use and remove it.</summary>
    internal static uint Shown(Reapi.Directory folder) => folder.NodeProperties?.UnixMode is { } mode ? (mode & Permissions) | OwnerUses : PlainFolder;
}
