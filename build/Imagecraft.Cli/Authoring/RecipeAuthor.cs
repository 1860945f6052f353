// From an address to a recipe that builds: fetched, looked at, written, built, and written once more with what was installed. Unaware of the command line.

using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Images.Programs;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Authoring;

/// <summary>What is asked for.</summary>
/// <param name="Addresses">Where the archive may be had, the best first; one that is a file of this host is copied beside the recipe.</param>
/// <param name="Name">Name of the recipe; null: what the sources say.</param>
/// <param name="Version">Version; null: what the archive and the sources say.</param>
/// <param name="Builds">Try it.</param>
public sealed record RecipeOrder(ImmutableArray<string> Addresses, string? Name, string? Version, bool Builds);

/// <summary>Writes recipes.</summary>
public sealed class RecipeAuthor(Session session, BuildRequest request)
{
    private readonly List<string> _notes = [];
    private readonly RecipeTrial _trial = new(session, request);
    private ImmutableArray<string> _optional = [];
    private ImmutableArray<string> _used = [];

    /// <summary>Writes one, and says what is missing.</summary>
    /// <exception cref="ProblemException">Nothing can be written.</exception>
    public async Task<int> WriteAsync(RecipeOrder order)
    {
        // What is wrong with the workspace is told before anything is written into it.
        if (order.Builds)
            (await Workshop.OpenAsync(session, request).ConfigureAwait(false)).Dispose();
        var workspace = Composition.Load(session).Workspace;
        var scratch = Directory.CreateTempSubdirectory("imagecraft-recipe-").FullName;
        try
        {
            var (fileName, sha256, folder) = await BringAsync(order.Addresses, scratch).ConfigureAwait(false);
            var sources = SourceView.Of(folder);
            var facts = ProjectReader.Read(sources) ?? throw ProblemException.User($"Nothing in `{fileName}` says how it is built: at its root lie [{string.Join(", ", sources.AtRoot(".").Take(20))}]", "Write the recipe by hand, with `build: { system: script, steps: ... }`");
            var draft = Draft(workspace, order, facts, sources, fileName, sha256) with { License = await LicenseAsync(sources, facts, scratch).ConfigureAwait(false) };
            var file = Path.Combine(session.WorkspaceRoot, "recipes", draft.Name, $"{draft.Name}.yaml");
            if (workspace.Recipes.TryGetValue(draft.Name, out var present))
                throw ProblemException.User($"There is a recipe `{draft.Name}` already, in `{present.Name.Span.File}`", $"Give another name by `--name`; a newer version of it is an append: `append: {draft.Name}`, `version:`, `sources:`");
            if (Path.Exists(Path.GetDirectoryName(file)!))
                throw ProblemException.User($"`{Path.GetRelativePath(session.WorkspaceRoot, Path.GetDirectoryName(file)!)}` is there already", "Give another name by `--name`, or move it away");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            foreach (var locked in facts.LockFiles)
                AtomicFile.Write(Path.Combine(Path.GetDirectoryName(file)!, Path.GetFileName(locked)), sources.Text(locked));
            if (order.Addresses.FirstOrDefault(File.Exists) is { } own)
                File.Copy(own, Path.Combine(Path.GetDirectoryName(file)!, Path.GetFileName(own)));
            Write(file, draft);
            var isBuilt = !order.Builds || await BuildAsync(draft, file).ConfigureAwait(false);
            Tell(draft, file, isBuilt, order.Builds);
            return isBuilt ? ExitCodes.Done : ExitCodes.User;
        }
        finally
        {
            FolderRemoval.Remove(scratch);
        }
    }

    private async Task<(string FileName, string Sha256, string Folder)> BringAsync(ImmutableArray<string> addresses, string scratch)
    {
        using var fetching = new Fetching(session, request.Offline);
        string[] places = [.. addresses.Select(address => File.Exists(address) ? $"file:{Path.GetFullPath(address)}" : address)];
        var fileName = SourceSpec.FileNameOf(places[0]);
        var archive = Path.Combine(Directory.CreateDirectory(Path.Combine(scratch, "archive")).FullName, fileName);
        var folder = Path.Combine(scratch, "sources");
        try
        {
            await fetching.Fetcher.FetchAsync(new ContentPin.FirstSight(), null, fileName, places, archive, null, session.Interrupts.Gentle).ConfigureAwait(false);
            await using var stream = File.OpenRead(archive);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, session.Interrupts.Gentle).ConfigureAwait(false));
            await Archive.ExtractAsync(archive, folder, new ExtractOptions { Strip = 1 }, session.Interrupts.Gentle).ConfigureAwait(false);
            return (fileName, sha256, folder);
        }
        catch (FeedException problem)
        {
            throw new ProblemException(problem.UserError ? ExitCodes.User : ExitCodes.Environment, problem.Message, "Name an archive (tar or zip) by `https:`, `debian:SOURCE/FILE`, `npm:` or its path");
        }
    }

    private const string Unknown = "NOASSERTION";

    private async Task<string> LicenseAsync(SourceView sources, ProjectFacts facts, string scratch)
    {
        using var fetching = new Fetching(session, request.Offline);
        var (list, problem) = await LicenseListFile.GetAsync(session, fetching, scratch).ConfigureAwait(false);
        if (problem is not null)
            _notes.Add($"SPDX's texts of licenses cannot be had, so that only the usual ones are known: {problem}");
        var (license, doubts) = LicenseText.Of(sources, facts.License, list);
        _notes.AddRange(doubts);
        return license ?? Unknown;
    }

    private RecipeDraft Draft(Workspace workspace, RecipeOrder order, ProjectFacts facts, SourceView sources, string fileName, string sha256)
    {
        var (archiveName, archiveVersion) = ProjectReader.OfArchive(fileName);
        var name = order.Name ?? Plain(archiveName) ?? Plain(facts.Name) ?? Plain(order.Addresses.Select(ReadMe.NameOf).FirstOrDefault(repository => repository is not null)) ?? throw ProblemException.User($"Neither `{fileName}` nor what is in it says a name", "Give one by `--name`");
        var version = order.Version ?? archiveVersion ?? facts.Version ?? throw ProblemException.User($"Neither `{fileName}` nor what is in it says a version", "Give one by `--of-version`");
        if (facts.Version is { } told && told != version && !version.StartsWith(told, StringComparison.Ordinal))
            _notes.Add($"The sources say version {told}, the archive {version}");
        _notes.AddRange(facts.Doubts);
        var needs = facts.Needs.Select(need => (need.Name, need.IsOptional, Recipe: RecipeNames.Find(workspace, need.Name))).Where(need => need.Recipe != name).ToList();
        foreach (var (need, _, _) in needs.Where(need => need.Recipe is null && !need.IsOptional))
            _notes.Add($"It needs `{need}`, which no recipe seems to have: write that recipe first, or switch the need off");
        if (needs.Where(need => need.IsOptional && need.Recipe is not null).Select(need => need.Recipe!).Distinct().ToList() is { Count: > 0 } optional)
            _optional = [.. optional];
        if (needs.Where(need => need.IsOptional && need.Recipe is null).Select(need => need.Name).ToList() is { Count: > 0 } unknown)
            _notes.Add($"It goes without [{string.Join(", ", unknown)}], for which there is no recipe");
        return new()
        {
            Name = name,
            Version = version,
            License = Unknown,
            Summary = facts.Summary ?? PkgConfigFiles.SummaryOf(sources, name) ?? ReadMe.SummaryOf(sources, name),
            Homepage = facts.Homepage ?? PkgConfigFiles.PageOf(sources, name) ?? order.Addresses.Select(ReadMe.PageOf).FirstOrDefault(page => page is not null) ?? ReadMe.PageIn(sources, name),
            Addresses = [.. order.Addresses.Select(address => File.Exists(address) ? $"file:{Path.GetFileName(address)}" : address)],
            Pin = sha256,
            Depends = [.. needs.Where(need => !need.IsOptional).Select(need => need.Recipe).OfType<string>().Distinct()],
            System = facts.System,
            Keys = facts.Keys,
            Packages = [new(name, ["/**"], [])],
        };
    }

    // Letters, digits and dashes, as recipes are named.
    private static string? Plain(string? name)
    {
        var plain = string.Concat((name ?? "").ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '.' ? c : '-')).Trim('-', '.');
        return plain.Length > 0 && !plain.Contains('$', StringComparison.Ordinal) ? plain : null;
    }

    private void Write(string file, RecipeDraft draft) =>
        AtomicFile.Write(file, draft.ToYaml($"../../{WorkspaceLayers.Prepare(session).Schemas}/recipe.schema.json"));

    private async Task<bool> BuildAsync(RecipeDraft draft, string file)
    {
        var built = await _trial.InstalledAsync(draft.Name).ConfigureAwait(false);
        // What was called optional is often needed by one of several names.
        if (built is null && !_optional.IsEmpty)
        {
            draft = draft with { Depends = [.. draft.Depends, .. _optional] };
            _used = _optional;
            session.Console.Out.WriteLine($"Once more, with [{string.Join(", ", _optional)}], which it can use");
            Write(file, draft);
            built = await _trial.InstalledAsync(draft.Name).ConfigureAwait(false);
        }

        if (built is null)
            return false;
        var missing = new List<string>();
        var packages = InstalledTree.Packages(draft.Name, built, RecipeTrial.OwnerOf(Composition.Load(session).Workspace, draft.Depends), missing);
        if (packages.IsEmpty)
            _notes.Add("Nothing was installed but what `-dev` and `-doc` get");
        foreach (var library in missing.Distinct())
            _notes.Add($"Its programs need `{library}`, and no package of its `depends` has it");
        var programs = built.Where(InstalledTree.IsProgram).Select(program => Path.GetFileName(program.Path)).Order(StringComparer.Ordinal).ToList();
        var final = draft with { Packages = packages.IsEmpty ? draft.Packages : packages, Program = programs.Contains(draft.Name) ? draft.Name : programs.FirstOrDefault() };
        if (final.Program is { } program)
            _notes.Add($"The check asks `{program} --version` on the board, which nobody has tried: put the package into an image and call `./build.sh check`");
        Write(file, final);
        return await _trial.InstalledAsync(draft.Name).ConfigureAwait(false) is not null;
    }

    private void Tell(RecipeDraft draft, string file, bool isBuilt, bool wasTried)
    {
        var console = session.Console.Out;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"`{Path.GetRelativePath(session.WorkspaceRoot, file)}`: {draft.Name} {draft.Version}, {draft.License}, built by {draft.System}"));
        if (draft.License == Unknown)
            _notes.Insert(0, "Write the license: nothing says it in a way that is known");
        if (draft.Summary is null)
            _notes.Add("Write a `summary:`");
        if (draft.Homepage is null)
            _notes.Add("Write the `homepage:`");
        if (_optional.Except(_used).ToList() is { Count: > 0 } unused)
            _notes.Add($"It can use [{string.Join(", ", unused)}], when they stand in `depends:`");
        foreach (var note in _notes.Distinct())
            console.WriteLine($"  - {note}");
        if (!wasTried)
            console.WriteLine($"Its packages are a guess until it was built: `./build.sh build {draft.Name}`");
        else if (!isBuilt)
            console.WriteLine($"It does not build yet; mend it, and call `./build.sh build {draft.Name}`");
        else
            console.WriteLine($"It builds. Images take it by `packages: [ {string.Join(", ", draft.Packages.Select(package => package.Name))} ]`, or whatever its packages are called there");
    }
}
