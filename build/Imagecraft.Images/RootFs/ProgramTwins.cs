// Lets programs give way to others of their name, such as busybox' applets to the real ones. Unaware of packages' recipes.

namespace Imagecraft.Images.RootFs;

internal static class ProgramTwins
{
    private static readonly TargetPath[] Folders = [TargetPath.Parse("/usr/bin"), TargetPath.Parse("/usr/sbin")];

    /// <summary>Adds what need not give way, and where a program does that is known by another path, a link to the one that stays.</summary>
    /// <param name="tree">All other entries.</param>
    /// <param name="weak">Entries that give way.</param>
    /// <param name="replaced">Takes those that do.</param>
    public static void Settle(Dictionary<TargetPath, OwnedEntry> tree, IEnumerable<OwnedEntry> weak, List<ReplacedEntry> replaced)
    {
        foreach (OwnedEntry owned in weak)
        {
            TargetPath path = owned.Entry.Path;
            if (tree.TryGetValue(path, out OwnedEntry? same))
            {
                if (!same.Entry.SameAs(owned.Entry))
                    replaced.Add(new(path, owned.Package, same.Package));
                continue;
            }

            OwnedEntry? twin = Folders.Contains(path.Parent)
                ? Folders.Where(folder => folder != path.Parent).Select(folder => tree.GetValueOrDefault(folder.Child(path.Name))).FirstOrDefault(other => other is { Entry.Kind: EntryKind.File or EntryKind.Symlink } && other.Package != owned.Package)
                : null;
            if (twin is null)
            {
                tree.Add(path, owned);
                continue;
            }

            tree.Add(path, new(RootFsEntry.Symlink(path.Value, $"../{twin.Entry.Path.Parent.Name}/{path.Name}"), twin.Package));
            replaced.Add(new(path, owned.Package, twin.Package));
        }
    }
}
