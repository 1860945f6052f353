// Where layers lie as a workspace sees them. Unaware of disks.

namespace Imagecraft.Metadata.Model;

/// <summary>Workspace-relative folders of layers. Those from elsewhere are seen by links below <see cref="Elsewhere"/>, so that every file of a workspace has one workspace-relative name.</summary>
public static class LayerFolders
{
    /// <summary>Holds a link for each layer that lies outside of the workspace.</summary>
    public const string Elsewhere = ".imagecraft/layers";

    /// <summary>The core layer of a workspace that is not the core layer itself.</summary>
    public const string Core = $"{Elsewhere}/core";

    /// <summary>The link below <see cref="Elsewhere"/> that a path goes through; null for what lies in the workspace.</summary>
    public static string? LinkOf(string path)
    {
        if (!path.StartsWith(Elsewhere + "/", StringComparison.Ordinal))
            return null;
        var end = path.IndexOf('/', Elsewhere.Length + 1);
        return end < 0 ? path : path[..end];
    }

    /// <summary>What names are relative to that a document writes as seen from its workspace (<c>project:</c>): the layer's folder for those from elsewhere, the workspace's root (empty) for others.</summary>
    public static string HomeOf(string path) => LinkOf(path) ?? "";

    /// <summary>A path as seen from <see cref="HomeOf"/>.</summary>
    public static string WithoutHome(string path) => LinkOf(path) is { } link ? path[Math.Min(path.Length, link.Length + 1)..] : path;
}
