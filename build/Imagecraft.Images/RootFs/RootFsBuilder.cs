// Merges the entries of packages into one tree. Unaware of recipes and of how files came to be.

using System.Collections.Immutable;

namespace Imagecraft.Images.RootFs;

/// <summary>Collects entries package by package; the result does not depend on the order.</summary>
/// <remarks>
/// What lies below a symbolic link to a folder is placed where the link leads, so packages with <c>/lib/...</c> fit a
/// merged <c>/usr</c>. Folders that nobody declares are made with mode 0755 and owner root.
/// Two packages may bring the same path only when both would store it alike.
/// </remarks>
public sealed class RootFsBuilder
{
    private readonly List<OwnedEntry> added = [];

    /// <summary>Adds an entry of <paramref name="package"/>.</summary>
    public void Add(string package, RootFsEntry entry) => added.Add(new(entry, package));

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
        var links = new LinkResolver(added.Where(owned => owned.Entry.Kind == EntryKind.Symlink).Select(owned => owned.Entry));
        var tree = new Dictionary<TargetPath, OwnedEntry>();
        foreach (OwnedEntry owned in added.OrderBy(owned => owned.Package, StringComparer.Ordinal).ThenBy(owned => owned.Entry.Path))
        {
            if (links.Place(owned.Entry) is not { } path)
                problems.Add($"`{owned.Entry.Path}` of package `{owned.Package}` lies below symbolic links that lead in a circle");
            else
                Merge(tree, owned with { Entry = owned.Entry with { Path = path } }, problems);
        }

        AddMissingFolders(tree, problems);
        if (problems.Count > 0)
            throw new ImageInputException(
                $"Packages do not fit together in {problems.Count} {(problems.Count == 1 ? "path" : "paths")}; "
                + $"narrow `files:` of one of the packages, or leave one out\n  {string.Join("\n  ", problems)}");
        return new([.. tree.Values.OrderBy(owned => owned.Entry.Path)]);
    }

    private static void Merge(Dictionary<TargetPath, OwnedEntry> tree, OwnedEntry owned, SortedSet<string> problems)
    {
        if (!tree.TryGetValue(owned.Entry.Path, out OwnedEntry? first))
            tree.Add(owned.Entry.Path, owned);
        else if (first.Entry.DifferencesFrom(owned.Entry) is { Length: > 0 } differences)
            problems.Add($"`{owned.Entry.Path}` of packages [`{first.Package}`, `{owned.Package}`]: {string.Join(", ", differences)}");
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
