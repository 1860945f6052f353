// Merges the entries of packages into one tree. Unaware of recipes and of how files came to be.

using System.Collections.Immutable;

namespace Imagecraft.Images.RootFs;

/// <summary>Collects entries package by package; the result does not depend on the order.</summary>
/// <remarks>
/// What lies below a symbolic link to a folder is placed where the link leads, so packages with <c>/lib/...</c> fit a
/// merged <c>/usr</c>. Folders that nobody declares are made with mode 0755 and owner root.
/// Two packages may bring the same path only when both would store it alike, or when one of them stands above the other (<see cref="Standing"/>).
/// </remarks>
public sealed class RootFsBuilder
{
    private readonly List<(OwnedEntry Owned, Standing Standing)> added = [];

    /// <summary>Adds an entry of <paramref name="package"/>.</summary>
    public void Add(string package, RootFsEntry entry, Standing standing = Standing.Firm) => added.Add((new(entry, package), standing));

    /// <summary>Adds <c>/bin</c>, <c>/sbin</c>, <c>/lib</c> and <c>/lib64</c> as links into <c>/usr</c>, with their targets.</summary>
    public void AddMergedUsr(string package)
    {
        foreach (string name in (string[])["bin", "sbin", "lib", "lib64"])
        {
            Add(package, RootFsEntry.Folder("/usr/" + name));
            Add(package, RootFsEntry.Symlink("/" + name, "usr/" + name));
        }
    }

    /// <summary>Merges everything that was added.</summary>
    /// <exception cref="ImageInputException">Packages own paths differently; the message names all of them.</exception>
    public RootFsTree Build()
    {
        var problems = new SortedSet<string>(StringComparer.Ordinal);
        var links = new LinkResolver(added.Select(one => one.Owned.Entry).Where(entry => entry.Kind == EntryKind.Symlink));
        var byStanding = Enum.GetValues<Standing>().ToDictionary(standing => standing, _ => new List<OwnedEntry>());
        foreach (var (owned, standing) in added.OrderBy(one => one.Owned.Package, StringComparer.Ordinal).ThenBy(one => one.Owned.Entry.Path))
        {
            if (links.Place(owned.Entry) is not { } path)
                problems.Add($"`{owned.Entry.Path}` of package `{owned.Package}` lies below symbolic links that lead in a circle");
            else
                byStanding[standing].Add(owned with { Entry = owned.Entry with { Path = path } });
        }

        Dictionary<TargetPath, OwnedEntry> tree = Merged(byStanding[Standing.Firm], problems), over = Merged(byStanding[Standing.Over], problems);
        var replaced = new List<ReplacedEntry>();
        ProgramTwins.Settle(tree, byStanding[Standing.GivesWay], replaced);
        foreach (OwnedEntry owned in over.Values.OrderBy(owned => owned.Entry.Path))
            LayOver(tree, owned, replaced, problems);
        AddMissingFolders(tree, problems);
        if (problems.Count > 0)
            throw new ImageInputException(
                $"Packages do not fit together in {problems.Count} {(problems.Count == 1 ? "path" : "paths")}; "
                + $"narrow `files:` of one of the packages, or leave one out\n  {string.Join("\n  ", problems)}");
        return new([.. tree.Values.OrderBy(owned => owned.Entry.Path)]) { Replaced = [.. replaced] };
    }

    private static Dictionary<TargetPath, OwnedEntry> Merged(List<OwnedEntry> entries, SortedSet<string> problems)
    {
        var tree = new Dictionary<TargetPath, OwnedEntry>();
        foreach (OwnedEntry owned in entries)
        {
            if (!tree.TryGetValue(owned.Entry.Path, out OwnedEntry? first))
                tree.Add(owned.Entry.Path, owned);
            else if (first.Entry.DifferencesFrom(owned.Entry) is { Length: > 0 } differences)
                problems.Add($"`{owned.Entry.Path}` of packages [`{first.Package}`, `{owned.Package}`]: {string.Join(", ", differences)}");
        }

        return tree;
    }

    // A file may stand for a link and the other way round; for a folder, with all that lies in it, neither does.
    private static void LayOver(Dictionary<TargetPath, OwnedEntry> tree, OwnedEntry owned, List<ReplacedEntry> replaced, SortedSet<string> problems)
    {
        if (tree.TryGetValue(owned.Entry.Path, out OwnedEntry? first))
        {
            if ((first.Entry.Kind == EntryKind.Folder) != (owned.Entry.Kind == EntryKind.Folder))
            {
                problems.Add($"`{owned.Entry.Path}` of packages [`{first.Package}`, `{owned.Package}`]: {string.Join(", ", first.Entry.DifferencesFrom(owned.Entry))}");
                return;
            }

            if (owned.Entry.Kind == EntryKind.Folder)
                return;
            if (!first.Entry.SameAs(owned.Entry))
                replaced.Add(new(owned.Entry.Path, first.Package, owned.Package));
        }

        tree[owned.Entry.Path] = owned;
    }

    private static void AddMissingFolders(Dictionary<TargetPath, OwnedEntry> tree, SortedSet<string> problems)
    {
        foreach (OwnedEntry owned in tree.Values.ToArray())
        {
            for (TargetPath folder = owned.Entry.Path; !folder.IsRoot;)
            {
                folder = folder.Parent;
                if (!tree.TryGetValue(folder, out OwnedEntry? above))
                    tree.Add(folder, new(RootFsEntry.Folder(folder.Value), ""));
                else if (above.Entry.Kind != EntryKind.Folder)
                    problems.Add($"`{folder}` of package `{above.Package}` is a {RootFsEntry.Words(above.Entry.Kind)}, yet `{owned.Entry.Path}` of package `{owned.Package}` lies below it");
            }
        }

        tree.TryAdd(TargetPath.Root, new(RootFsEntry.Folder("/"), ""));
    }
}
