// The layers that `imagecraft.yaml` lists, as folders of the workspace: those from elsewhere get a link. Unaware of what is in them.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Building;

/// <summary>A workspace of one's own and the folders of its layers.</summary>
/// <param name="File">What it says; null: the workspace is the core layer itself.</param>
/// <param name="Folders">Workspace-relative folders of its further layers.</param>
public sealed record WorkspaceLayers(WorkspaceFile? File, ImmutableArray<string> Folders)
{
    /// <summary>The workspace's files that decide what it says.</summary>
    public IEnumerable<string> Places => WorkspaceLoader.PlacesOf(File is { IsCore: false } ? Folders.Prepend(LayerFolders.Core) : Folders);

    /// <summary>Reads `imagecraft.yaml` and sees to it that each layer has its folder; layers in archives are fetched when they are not there yet.</summary>
    /// <exception cref="DiagnosticsException">The file is wrong, or a layer that it lists is not there.</exception>
    public static WorkspaceLayers Prepare(Session session)
    {
        var (file, problems) = WorkspaceLoader.ReadFile(session.WorkspaceRoot);
        if (!problems.IsEmpty)
            throw new DiagnosticsException(problems);
        if (file is null)
            return new(null, []);
        if (file.IsCore)
            return new(file, [.. file.Layers.Select(place => FolderOf(session, place))]);
        if (Path.GetFullPath(session.CoreRoot) == session.WorkspaceRoot)
            throw ProblemException.Environment($"The core layer of the workspace `{session.WorkspaceRoot}` is not known", "Call `build.sh` of a checkout of Imagecraft, or an installed `imagecraft`, from within the workspace");
        Link(session, LayerFolders.Core, session.CoreRoot);
        return new(file, [.. file.Layers.Select(place => FolderOf(session, place))]);
    }

    private static string FolderOf(Session session, LayerPlace place)
    {
        var from = place.Archive is { } archive ? Path.Combine(Unpacked(session, place, archive), place.Path) : Path.GetFullPath(place.Path, session.WorkspaceRoot);
        if (!Directory.Exists(from))
            throw new DiagnosticsException([new("IC0107", Severity.Error, place.Archive is null ? $"The layer `{place.Path}` is no folder" : $"The archive has no folder `{place.Path}`", place.Path.Span, "Correct the name; it is seen from the folder of `imagecraft.yaml`, or from the top of the archive")]);
        var inside = Path.GetRelativePath(session.WorkspaceRoot, from);
        if (place.Archive is null && inside != "." && !inside.StartsWith("..", StringComparison.Ordinal))
            return inside;
        var name = place.Sha256 is { } hash ? $"{Path.GetFileName(from.TrimEnd('/'))}-{hash.Value[..8]}" : Path.GetFileName(from.TrimEnd('/'));
        var folder = $"{LayerFolders.Elsewhere}/{name}";
        if (folder == LayerFolders.Core)
            throw new DiagnosticsException([new("IC0108", Severity.Error, "A layer's folder cannot be named `core`, which is the one that comes with Imagecraft", place.Path.Span, "Rename it")]);
        Link(session, folder, from);
        return folder;
    }

    private static string Unpacked(Session session, LayerPlace place, Sited<string> archive)
    {
        var folder = Path.Combine(session.CacheRoot, "layers", place.Sha256!.Value);
        if (!Directory.Exists(folder))
            Fetch(session, place.Sha256.Value, archive, folder);
        // An archive of one folder, as forges make them, stands for what is in it.
        return Directory.GetFileSystemEntries(folder) is [var only] && Directory.Exists(only) ? only : folder;
    }

    private static void Fetch(Session session, string sha256, Sited<string> archive, string folder)
    {
        PrivateFolder.Make(session.CacheRoot);
        var scratch = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(scratch);
        try
        {
            using var fetching = new Fetching(session, offline: false);
            var (file, tree, place) = (Path.Combine(scratch, SourceSpec.FileNameOf(archive)), Path.Combine(scratch, "tree"), archive.Value);
            if (place.StartsWith("file:", StringComparison.Ordinal))
                place = "file:" + Path.GetFullPath(place["file:".Length..], session.WorkspaceRoot);
            fetching.Fetcher.FetchAsync(new ContentPin.Sha256(sha256), null, Path.GetFileName(file), [place], file, null, session.Interrupts.Gentle).GetAwaiter().GetResult();
            Archive.ExtractAsync(file, tree, new ExtractOptions(), session.Interrupts.Gentle).GetAwaiter().GetResult();
            if (!Directory.Exists(folder))
                Directory.Move(tree, folder);
        }
        catch (FeedException problem)
        {
            throw new DiagnosticsException([new("IC0107", Severity.Error, problem.Message, archive.Span, null)]);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void Link(Session session, string folder, string target)
    {
        var link = Path.Combine(session.WorkspaceRoot, folder);
        if (new FileInfo(link) is var present && present.LinkTarget == target)
            return;
        PrivateFolder.Make(Path.Combine(session.WorkspaceRoot, ".imagecraft"));
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        if (present.LinkTarget is not null)
            present.Delete();
        try
        {
            System.IO.File.CreateSymbolicLink(link, target);
        }
        catch (IOException) when (new FileInfo(link).LinkTarget == target)
        {
            // Another call was quicker.
        }
    }
}
