// Finds the real place of a path among symbolic links. Unaware of packages.

namespace Imagecraft.Images.RootFs;

/// <summary>Resolves the folders of paths as a kernel would, without following a path's own last component unless it is a folder.</summary>
internal sealed class LinkResolver
{
    // The kernel gives up after 40 links (path_resolution(7)).
    private const int MostLinks = 40;

    private readonly Dictionary<TargetPath, string> links = [];

    public LinkResolver(IEnumerable<RootFsEntry> symlinks)
    {
        foreach (RootFsEntry link in symlinks.OrderBy(link => link.LinkTarget, StringComparer.Ordinal))
            links.TryAdd(link.Path, link.LinkTarget!);
    }

    /// <summary>The entry's real path, or null when links lead in a circle.</summary>
    public TargetPath? Place(RootFsEntry entry)
    {
        if (entry.Kind == EntryKind.Folder)
            return Resolve(entry.Path);
        return Place(entry.Path);
    }

    /// <summary>The real path of what need not be a folder, or null when links lead in a circle.</summary>
    public TargetPath? Place(TargetPath path) => path.IsRoot ? path : Resolve(path.Parent)?.Child(path.Name);

    private TargetPath? Resolve(TargetPath path)
    {
        for (int followed = 0; followed <= MostLinks; followed++)
        {
            if (FirstLink(path) is not { } link)
                return path;
            TargetPath target = link.FollowLink(links[link]);
            path = TargetPath.Parse(target.Value + path.Value[link.Value.Length..]);
        }

        return null;
    }

    private TargetPath? FirstLink(TargetPath path)
    {
        TargetPath walked = TargetPath.Root;
        foreach (string component in path.Components)
        {
            walked = walked.Child(component);
            if (links.ContainsKey(walked))
                return walked;
        }

        return null;
    }
}
