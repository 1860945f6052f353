// An image that was built, looked at for the sake of one of its programs. Unaware of debuggers and machines.

using System.Collections.Immutable;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Deploying;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Images.Manifests;
using Imagecraft.Images.Programs;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Cli.Debugging;

/// <summary>A program of an image.</summary>
/// <param name="Path">Absolute path, no link.</param>
/// <param name="File">What the image says of it.</param>
/// <param name="Owner">The recipe that brought it; null: something else did.</param>
/// <param name="Elf">Its headers.</param>
public sealed record ImageProgram(string Path, ListedFile File, Recipe? Owner, ElfProgram Elf);

/// <summary>Keeps what was built from being collected until it is disposed.</summary>
public sealed class DebuggedImage : IDisposable
{
    private const int MostLinks = 16;

    private static readonly ImmutableArray<string> Folders = ["/usr/bin", "/usr/sbin", "/usr/libexec"];

    private readonly Workshop _workshop;
    private readonly BuildResult _result;
    private readonly ContentStore _store;
    private readonly Lease _lease;
    private readonly ImmutableSortedDictionary<string, ListedFile> _files;

    private DebuggedImage(Workshop workshop, BuildResult result, ContentStore store)
    {
        (_workshop, _result, _store, _lease) = (workshop, result, store, store.BeginLease());
        var list = result.Output(workshop.Plan.RootFs.Action, MakeRootFsRequest.FilesOutput.Name);
        _files = FileListJson.Read(File.ReadAllText(store.FilePath(list.Digest, list.Executable))).ToImmutableSortedDictionary(file => file.Path, file => file, StringComparer.Ordinal);
    }

    /// <summary>Builds the root file system of a plan, and all that was planned besides.</summary>
    /// <returns>The image, or the exit code of a failed build.</returns>
    public static async Task<(DebuggedImage? Image, int ExitCode)> BuildAsync(Session session, Workshop workshop)
    {
        var result = await workshop.BuildAsync(plan => plan.Extras.SelectMany(extra => extra.Outputs).Select(output => output.Action).Append(plan.RootFs.Action), null).ConfigureAwait(false);
        return result.Succeeded ? (new(workshop, result, new ContentStore(session.CacheRoot)), ExitCodes.Done) : (null, result.ExitCode);
    }

    private string Name => _workshop.Plan.Image.Name;

    /// <summary>Finds a program by its path, or by its name in the usual folders; links are followed.</summary>
    /// <exception cref="ProblemException">The image has none, or it is no program.</exception>
    public ImageProgram Program(string name)
    {
        var path = name.StartsWith('/') ? Merged(name) : Folders.Select(folder => $"{folder}/{name}").FirstOrDefault(_files.ContainsKey)
            ?? _files.Keys.FirstOrDefault(file => file.StartsWith("/usr/libexec/", StringComparison.Ordinal) && file.EndsWith($"/{name}", StringComparison.Ordinal)) ?? name;
        for (var links = 0; links < MostLinks && _files.TryGetValue(path, out var link) && link.Target is { } target; links++)
            path = Merged(Path.GetFullPath(target, Path.GetDirectoryName(path)!));
        if (!_files.TryGetValue(path, out var found) || found.Kind != "file")
            throw ProblemException.User(
                $"The image `{Name}` has no program `{name}`",
                Nearest.Hint(name, name.StartsWith('/') ? _files.Keys : _files.Values.Where(file => file.Kind != "folder" && Folders.Any(folder => file.Path.StartsWith(folder + "/", StringComparison.Ordinal))).Select(file => Path.GetFileName(file.Path)), "program"));
        return ElfProgram.Read(Content(path)) is { } elf
            ? new(path, found, _workshop.Workspace.Recipes.Values.FirstOrDefault(recipe => recipe.Packages.Any(package => package.Name.Value == found.Package)), elf)
            : throw ProblemException.User($"`{path}` of the image `{Name}` is no compiled program, so no debugger can start it", "Is it a script? Name the program that reads it, with the script as an argument");
    }

    /// <summary>Recipes whose sources belong to a program: its own, and what it is built with.</summary>
    public ImmutableArray<string> SourcesOf(ImageProgram program)
    {
        var found = new List<string>();
        var next = new Queue<string>(program.Owner is { } owner ? [owner.Name.Value] : []);
        while (next.TryDequeue(out var name))
        {
            if (found.Contains(name) || !_workshop.Workspace.Recipes.TryGetValue(name, out var recipe))
                continue;
            found.Add(name);
            foreach (var dependency in recipe.Depends)
                next.Enqueue(dependency);
        }

        return [.. found];
    }

    /// <summary>A file of the image.</summary>
    /// <param name="path">Absolute path of one that it has.</param>
    public byte[] Content(string path)
    {
        var rootFs = _result.Output(_workshop.Plan.RootFs.Action, _workshop.Plan.RootFs.Output);
        using var tar = File.OpenRead(_store.FilePath(rootFs.Digest, rootFs.Executable));
        var content = new MemoryStream();
        InstalledFile.Read(tar, new HashSet<string>(StringComparer.Ordinal) { path }).Single().Entry.DataStream?.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>A file that something which was planned besides would install.</summary>
    /// <param name="path">Absolute path.</param>
    /// <exception cref="InvalidOperationException">Nothing would.</exception>
    public byte[] Planned(string path)
    {
        var trees = _workshop.Plan.Extras.SelectMany(extra => extra.Outputs).Select(output => _result.Output(output.Action, output.Output)).ToList();
        for (var links = 0; links < MostLinks && trees.Select(tree => TreeWalk.Find(_store, tree.Digest, path)).FirstOrDefault(entry => entry is not null) is { } found; links++)
        {
            if (found.Kind == TreeEntryKind.File)
                return File.ReadAllBytes(_store.FilePath(found.Digest, found.Executable));
            path = Path.GetFullPath(found.Target ?? ".", Path.GetDirectoryName(path)!);
        }

        throw new InvalidOperationException($"Nothing installs {path}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lease.Dispose();
        _store.Dispose();
    }

    // The usual folders of the root are links to those below `/usr`.
    private string Merged(string path) => _files.ContainsKey(path) || !_files.ContainsKey("/usr" + path) ? path : "/usr" + path;
}
