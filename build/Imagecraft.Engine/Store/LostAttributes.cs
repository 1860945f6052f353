// Refuses what a file has beyond content and mode, because it would be lost without a word. Unaware of who set it.

using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>What becomes of entries that a tree cannot hold.</summary>
enum Unstorable
{
    /// <summary>An error that names the path.</summary>
    Refused,

    /// <summary>They are left out: sockets, named pipes, devices, names and link targets that are not UTF-8; and extended attributes are not looked at.</summary>
    LeftOut,
}

/// <summary>Looks for set bits and extended attributes.</summary>
/// <param name="root">The cache folder.</param>
internal sealed class LostAttributes(string root)
{
    // Who has set a default list on the cache folder has it on every file in it; it is no action's.
    private readonly Lazy<bool> _inheritsLists = new(() => Posix.Attributes(root).Contains("system.posix_acl_default"));

    /// <summary>Holds a file that becomes an output by itself against what such an output is: content that may be executable.</summary>
    /// <exception cref="StoreException">It has set-uid, set-gid or sticky bits, or an extended attribute; path and remedy are named.</exception>
    internal void RefuseLoss(string path)
    {
        if (Posix.TryStat(path, out var stat) && (stat.Mode & 0xe00) != 0)
            throw new StoreException($"`{path}` has mode {Convert.ToString(stat.Mode, 8).PadLeft(4, '0')}, which an output that is one file cannot carry; declare the folder in which it lies as the output, or remove the bits with `chmod`");
        RefuseAttributes(path);
    }

    /// <summary>Capabilities, attributes of users and access lists have no place in a tree.</summary>
    /// <exception cref="StoreException">It has one; path and remedy are named.</exception>
    internal void RefuseAttributes(string path)
    {
        foreach (var name in Posix.Attributes(path))
        {
            if (name == "security.capability")
                throw new StoreException($"`{path}` has the extended attribute `{name}`, which a tree cannot hold; remove it with `setcap -r`, and let the program be started with the capability");
            var isList = name is "system.posix_acl_access" or "system.posix_acl_default";
            if (isList && !_inheritsLists.Value)
                throw new StoreException($"`{path}` has an access list (`{name}`), which a tree cannot hold; remove it with `setfacl -b`");
            // Overlay file systems keep their own notes among users' attributes.
            if (name.StartsWith("user.", StringComparison.Ordinal) && !name.StartsWith("user.overlay.", StringComparison.Ordinal))
                throw new StoreException($"`{path}` has the extended attribute `{name}`, which a tree cannot hold; remove it with `setfattr -x {name}`");
        }
    }
}
