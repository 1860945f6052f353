// Layers in archives and git commits, as folders of the cache. Unaware of what is in them.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Building;

/// <summary>Fetches each once; whoever has it asks nobody.</summary>
/// <param name="session">The call.</param>
/// <param name="offline">No network.</param>
internal sealed class FetchedLayers(Session session, bool offline)
{
    private const string FileScheme = "file:", AbsoluteFile = "file://";

    /// <summary>The folder of an archive's content.</summary>
    /// <exception cref="DiagnosticsException">It could not be had.</exception>
    public string Of(LayerPlace.Archive place)
    {
        var folder = Kept(place.Sha256);
        if (!Directory.Exists(folder))
            Fetch(folder, place.Address, async (fetching, scratch) =>
            {
                var (file, address) = (Path.Combine(scratch, "archive"), place.Address.Value);
                if (address.StartsWith(FileScheme, StringComparison.Ordinal))
                    address = FileScheme + Path.GetFullPath(address[FileScheme.Length..], session.WorkspaceRoot);
                await fetching.Fetcher.FetchAsync(new ContentPin.Sha256(place.Sha256), null, SourceSpec.FileNameOf(place.Address), [address], file, null, session.Interrupts.Gentle).ConfigureAwait(false);
                return file;
            });
        // An archive of one folder, as forges make them, stands for what is in it.
        return new DirectoryInfo(folder).GetFileSystemInfos() is [DirectoryInfo { LinkTarget: null } only] ? only.FullName : folder;
    }

    /// <summary>The folder of a commit's files, those of its submodules among them.</summary>
    /// <exception cref="DiagnosticsException">It could not be had.</exception>
    public string Of(LayerPlace.Commit place)
    {
        var folder = Kept(place.Id);
        if (!Directory.Exists(folder))
            Fetch(folder, place.Address, async (fetching, scratch) =>
            {
                if (offline)
                    throw new FeedException($"The commit `{place.Id}` of `{place.Address}` is not in the cache, and `--offline` forbids to fetch it; run `./build.sh list layers` once with a network", userError: false);
                session.Console.Diagnostics.WriteLine($"Fetching a layer: commit {place.Id.Value[..8]} of {place.Address}");
                using var git = await CoreGit.OpenAsync(session, fetching, offline, scratch).ConfigureAwait(false);
                var file = Path.Combine(scratch, "commit.tar");
                await fetching.Fetcher.FetchCommitAsync(SourceSpec.FileNameOf(place.Address), [$"git:{AddressOf(place)}#{place.Id}"], git.Command, file, null, session.Interrupts.Gentle).ConfigureAwait(false);
                return file;
            });
        return folder;
    }

    // Content is known by its hash, whoever gave it, so one folder serves all workspaces.
    private string Kept(string hash) => Path.Combine(session.CacheRoot, "layers", hash);

    private string AddressOf(LayerPlace.Commit place) => place.Address.Value is var address && address.StartsWith(FileScheme, StringComparison.Ordinal) && !address.StartsWith(AbsoluteFile, StringComparison.Ordinal)
        ? AbsoluteFile + string.Join('/', Path.GetFullPath(address[FileScheme.Length..], session.WorkspaceRoot).Split('/').Select(Uri.EscapeDataString))
        : address;

    private void Fetch(string folder, Sited<string> address, Func<Fetching, string, Task<string>> download)
    {
        PrivateFolder.Make(session.CacheRoot);
        var scratch = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(scratch);
        try
        {
            using var fetching = new Fetching(session, offline);
            var tree = Path.Combine(scratch, "tree");
            var file = download(fetching, scratch).GetAwaiter().GetResult();
            Archive.ExtractAsync(file, tree, new ExtractOptions(), session.Interrupts.Gentle).GetAwaiter().GetResult();
            Directory.Move(tree, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another call was quicker.
        }
        catch (FeedException problem)
        {
            throw new DiagnosticsException([new(Codes.MissingFile, Severity.Error, problem.Message, address.Span, null)]);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
