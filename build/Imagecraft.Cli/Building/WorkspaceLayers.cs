// The layers that `imagecraft.yaml` lists, as folders of the workspace: those from elsewhere get a link. Unaware of what is in them.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Building;

/// <summary>A workspace of one's own and the folders of its layers.</summary>
/// <param name="File">What it says; null: the workspace is the core layer itself.</param>
/// <param name="Folders">Workspace-relative folders of its further layers.</param>
public sealed record WorkspaceLayers(WorkspaceFile? File, ImmutableArray<string> Folders)
{
    /// <summary>The workspace-relative folder of the core layer's editor schemas.</summary>
    public string Schemas => File is { IsCore: false } ? $"{LayerFolders.Core}/docs/schemas" : "docs/schemas";

    /// <summary>The workspace's files that decide what it says.</summary>
    public IEnumerable<string> Places => WorkspaceLoader.PlacesOf(File is { IsCore: false } ? Folders.Prepend(LayerFolders.Core) : Folders);

    /// <summary>Reads `imagecraft.yaml` and sees to it that each layer has its folder; layers in archives and commits are fetched when they are not there yet.</summary>
    /// <param name="session">The call.</param>
    /// <param name="offline">No network.</param>
    /// <exception cref="DiagnosticsException">The file is wrong, or a layer that it lists is not there.</exception>
    public static WorkspaceLayers Prepare(Session session, bool offline = false)
    {
        var (file, problems) = WorkspaceLoader.ReadFile(session.WorkspaceRoot);
        if (!problems.IsEmpty)
            throw new DiagnosticsException(problems);
        if (file is null)
        {
            KeepLinks(session, []);
            return new(null, []);
        }

        if (file.IsCore)
            return Of(session, file, offline);
        if (Path.GetFullPath(session.CoreRoot) == session.WorkspaceRoot)
            throw ProblemException.Environment($"The core layer of the workspace `{session.WorkspaceRoot}` is not known", "Call `build.sh` of a checkout of Imagecraft, or an installed `imagecraft`, from within the workspace");
        Link(session, LayerFolders.Core, session.CoreRoot);
        return Of(session, file, offline);
    }

    private static WorkspaceLayers Of(Session session, WorkspaceFile file, bool offline)
    {
        var fetched = new FetchedLayers(session, offline);
        var folders = new Dictionary<string, LayerPlace>(StringComparer.Ordinal);
        foreach (var place in file.Layers)
            if (FolderOf(session, fetched, place) is var folder && !folders.TryAdd(folder, place))
                throw Wrong("IC0201", $"Two layers have the folder name `{Path.GetFileName(folder)}`, or one is listed twice", place.Path.Span, $"The other is at {folders[folder].Path.Span}; rename one, or remove it");
        KeepLinks(session, file.IsCore ? folders.Keys : folders.Keys.Append(LayerFolders.Core));
        return new(file, [.. folders.Keys]);
    }

    private static DiagnosticsException Wrong(string code, string message, SourceSpan span, string? hint) => new([new(code, Severity.Error, message, span, hint)]);

    /// <summary>Links that nobody asked for would be trusted: only those of listed layers stay.</summary>
    private static void KeepLinks(Session session, IEnumerable<string> kept)
    {
        var folder = Path.Combine(session.WorkspaceRoot, LayerFolders.Elsewhere);
        if (!Directory.Exists(folder))
            return;
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            if (entry.LinkTarget is not null && !kept.Contains($"{LayerFolders.Elsewhere}/{entry.Name}"))
                entry.Delete();
    }

    private static string FolderOf(Session session, FetchedLayers fetched, LayerPlace place)
    {
        var home = place switch
        {
            LayerPlace.Archive archive => fetched.Of(archive),
            LayerPlace.Commit commit => fetched.Of(commit),
            _ => session.WorkspaceRoot,
        };
        var isFetched = place is not LayerPlace.Folder;
        var from = Path.GetFullPath(place.Path, home).TrimEnd('/');
        if (!Directory.Exists(from) || (isFetched && !IsWithin(from, home)))
            throw Wrong("IC0107", place is LayerPlace.Folder ? $"The layer `{place.Path}` is no folder" : $"The {(place is LayerPlace.Archive ? "archive" : "commit")} has no folder `{place.Path}`", place.Path.Span, "Correct the name; it is seen from the folder of `imagecraft.yaml`, or from the top of what is fetched, where links are not followed");
        if (!isFetched && $"{session.WorkspaceRoot}/".StartsWith(from + "/", StringComparison.Ordinal))
            throw Wrong("IC0108", $"`{place.Path}` is the workspace itself, or holds it", place.Path.Span, "The workspace is a layer without being listed; name folders of others");
        var inside = Path.GetRelativePath(session.WorkspaceRoot, from);
        if (!isFetched && inside != "." && !inside.StartsWith("..", StringComparison.Ordinal))
            return inside;
        var folder = $"{LayerFolders.Elsewhere}/{LinkName(place, from)}";
        if (folder == LayerFolders.Core)
            throw Wrong("IC0108", "A layer's folder cannot be named `core`, which is the one that comes with Imagecraft", place.Path.Span, "Rename it");
        Link(session, folder, from);
        return folder;
    }

    private static string LinkName(LayerPlace place, string from) => place switch
    {
        LayerPlace.Archive archive => $"{Path.GetFileName(from)}-{archive.Sha256.Value[..8]}",
        LayerPlace.Commit { Path.Value: "" } commit => $"{Path.GetFileNameWithoutExtension(commit.Address.Value.TrimEnd('/').Split('/', ':')[^1])}-{commit.Id.Value[..8]}",
        LayerPlace.Commit commit => $"{Path.GetFileName(from)}-{commit.Id.Value[..8]}",
        _ => Path.GetFileName(from),
    };

    /// <summary>Whether no part of the way from a folder to one below it is a link.</summary>
    private static bool IsWithin(string path, string folder)
    {
        for (; path.StartsWith(folder + "/", StringComparison.Ordinal); path = Path.GetDirectoryName(path)!)
            if (new DirectoryInfo(path).LinkTarget is not null)
                return false;
        return path == folder;
    }

    private static void Link(Session session, string folder, string target)
    {
        var link = Path.Combine(session.WorkspaceRoot, folder);
        if (new FileInfo(link) is var present && present.LinkTarget == target)
            return;
        try
        {
            PrivateFolder.Make(Path.Combine(session.WorkspaceRoot, ".imagecraft"));
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            if (present.LinkTarget is not null)
                present.Delete();
            System.IO.File.CreateSymbolicLink(link, target);
        }
        catch (IOException) when (new FileInfo(link).LinkTarget == target)
        {
            // Another call was quicker.
        }
        catch (IOException problem)
        {
            throw ProblemException.Environment($"The link `{link}` to a layer cannot be made: {problem.Message}", "Remove what is there; the folder `.imagecraft` holds nothing of yours");
        }
    }
}
