// Takes a release into a recipe: writes it, tries the patches, builds, and puts all back when that fails. Unaware of how releases are found.

using System.Collections.Immutable;
using System.Security.Cryptography;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Editing;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Files;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Cli.Updating;

/// <summary>What is wanted of bumps.</summary>
/// <param name="Builds">Build the recipe; else only its patches are tried.</param>
/// <param name="Keeps">What fails stays in the recipe, for somebody who goes on by hand.</param>
public sealed record BumpWishes(bool Builds, bool Keeps);

/// <summary>Bumps recipes, one after the other.</summary>
/// <param name="session">The call; progress goes to its console.</param>
/// <param name="request">Board and options.</param>
/// <param name="fetching">Brings files.</param>
/// <param name="git">Asks repositories.</param>
/// <param name="wishes">What is wanted.</param>
public sealed class BumpTrial(Session session, BuildRequest request, Fetching fetching, GitAccess git, BumpWishes wishes)
{
    // A failed download says in its second line why.
    private const int WordyLines = 2;

    private CancellationToken Cancellation => session.Interrupts.Gentle;

    /// <summary>Tries a release.</summary>
    /// <exception cref="OperationCanceledException">Somebody stopped it; the recipe is as it was.</exception>
    public async Task<BumpOutcome> TryAsync(string name, Release release)
    {
        using var files = new PutBack(session.WorkspaceRoot);
        BumpOutcome outcome;
        try
        {
            outcome = await ChangedAsync(name, release, files).ConfigureAwait(false);
        }
        catch (DiagnosticsException problems)
        {
            // Told before the lines that they show are put back.
            Composition.Report(session, problems.Diagnostics, problems.Texts);
            outcome = new BumpOutcome.Failed(release.Version, $"the workspace has errors with it: {problems.Diagnostics[0].Message}", ExitCodes.User, wishes.Keeps);
        }
        catch (Exception known) when (known is not OperationCanceledException && Faults.Of(known, session.CacheRoot) is { } problem)
        {
            outcome = new BumpOutcome.Failed(release.Version, string.Join("; ", new[] { problem.Message.ReplaceLineEndings(" "), problem.Hint }.OfType<string>()), problem.ExitCode, wishes.Keeps);
        }

        if (outcome is BumpOutcome.Bumped || wishes.Keeps)
            files.Keep();
        files.Dispose();
        return outcome is BumpOutcome.Failed failed && files.Foreign.Count > 0 ? failed with { Why = $"{failed.Why}; [{string.Join(", ", files.Foreign)}] was changed by somebody else meanwhile, so it stays", IsKept = true } : outcome;
    }

    private async Task<BumpOutcome> ChangedAsync(string name, Release release, PutBack files)
    {
        var recipe = RecipeOf(name);
        Refuse(recipe, release);
        var old = recipe.Version.Value;
        session.Console.Out.WriteLine($"{name}: {old} -> {release.Version}");
        Write(files, RecipeBump.OfVersion(recipe, release));
        var versioned = RecipeBump.Versioned(recipe);
        recipe = RecipeOf(name);
        Write(files, versioned.SelectMany(index => RecipeBump.OfArchive(recipe.Sources[index], release)));
        recipe = RecipeOf(name);
        var hashes = new List<TextChange>();
        foreach (var source in versioned.Select(index => recipe.Sources[index]).Where(source => source.Sha256 is not null))
        {
            var hash = await HashOfAsync(source, recipe, release).ConfigureAwait(false);
            if (hash == source.Sha256!.Value)
                throw ProblemException.User($"`{source.FileName}` is the same file as before", $"See whether its address has the version in it: {source.Url.Value}");
            hashes.Add(new(source.Sha256!.Span, _ => hash));
        }

        Write(files, hashes);
        var documents = new[] { recipe.Version.Span.File }.Concat(hashes.Select(change => change.Place.File)).Distinct().ToList();
        return await BuildAsync(name, release, () => [.. versioned.SelectMany(index => RecipeBump.Unseen(recipe.Sources[index], release)), .. documents.SelectMany(document => RecipeBump.Leftovers(document, Read(document), old))]).ConfigureAwait(false);
    }

    private async Task<BumpOutcome> BuildAsync(string name, Release release, Func<ImmutableArray<string>> remarks)
    {
        using var result = wishes.Builds ? await WholeAsync(name).ConfigureAwait(false) : await PatchedAsync(name).ConfigureAwait(false);
        var build = result.Result;
        if (build.Cancelled)
            throw new OperationCanceledException(Cancellation);
        if (build.Succeeded)
            return new BumpOutcome.Bumped(release.Version, wishes.Builds, remarks());
        var (id, failure) = build.Failures[0];
        var patch = failure.LogPath is { } log && id.Value.EndsWith(":patch", StringComparison.Ordinal) ? PatchFailure.Of(File.ReadLines(log)) : null;
        return new BumpOutcome.Failed(release.Version, patch?.ToString() ?? $"`{id}` failed: {string.Join(' ', failure.Message.Split('\n').Take(WordyLines).Select(line => line.Trim()))}", build.ExitCode, wishes.Keeps) { Log = failure.LogPath };
    }

    private async Task<Built> WholeAsync(string name)
    {
        var asked = new AskedNames([$"recipe:{name}"]);
        var workshop = await Workshop.OpenAsync(session, request, asked.Extras).ConfigureAwait(false);
        return new(workshop, await workshop.BuildAsync(asked.Goals, null).ConfigureAwait(false));
    }

    private async Task<Built> PatchedAsync(string name)
    {
        var workshop = await Workshop.OpenAsync(session, request, _ => [new Extra.SourcesOf(name)]).ConfigureAwait(false);
        return new(workshop, await workshop.BuildAsync(plan => [plan.Extras[0].Outputs[0].Action], null).ConfigureAwait(false));
    }

    private sealed record Built(Workshop Workshop, BuildResult Result) : IDisposable
    {
        public void Dispose() => Workshop.Dispose();
    }

    private void Refuse(Recipe recipe, Release release)
    {
        if (new Edits(session).Find(recipe.Name) is { } edit)
            throw ProblemException.User($"`{recipe.Name}` is worked on in `{edit.Folder}`, and would be built from there", $"`./build.sh edit {recipe.Name} --finish` or `--discard` ends that");
        if (RecipeBump.OfVersion(recipe, release).FirstOrDefault(change => LayerFolders.LinkOf(change.Place.File) is not null) is { } elsewhere)
            throw ProblemException.User($"`{elsewhere.Place.File}` is of a layer that lies outside of this workspace", "Bump it where the layer is, or give it another version by an append");
        if (recipe.Sources.Any(source => source.Commit is not null) && release.Commit is null)
            throw ProblemException.User("its source is a git repository, and no tag of it was seen", "Wait until the repository answers");
    }

    // What the feed signs need not be fetched twice: the build holds it against this hash.
    private async Task<string> HashOfAsync(SourceSpec source, Recipe recipe, Release release)
    {
        if (release.Archive is { } archive && ReleaseSearch.Addresses(source).Any(address => ReleaseSearch.FeedSource(address) is not null && SourceSpec.FileNameOf(address) == archive.Name))
            return archive.Sha256;
        var scratch = Directory.CreateTempSubdirectory("imagecraft-bump-").FullName;
        try
        {
            var file = Path.Combine(scratch, "file");
            if (source.Commit is { } commit)
                await fetching.Fetcher.FetchCommitAsync($"{recipe.Name}-{commit.Value}.tar", [.. ReleaseSearch.Addresses(source).Select(address => $"{address}#{commit.Value}")], await git.CommandAsync().ConfigureAwait(false), file, null, Cancellation).ConfigureAwait(false);
            else
                await fetching.Fetcher.FetchAsync(new ContentPin.FirstSight(), null, source.FileName, SourcePlanner.Places(source, Path.Combine(session.WorkspaceRoot, recipe.Folder)), file, null, Cancellation).ConfigureAwait(false);
            await using var stream = File.OpenRead(file);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, Cancellation).ConfigureAwait(false));
        }
        finally
        {
            FolderRemoval.Remove(scratch);
        }
    }

    private Recipe RecipeOf(string name)
    {
        var reading = Composition.Load(session);
        Composition.RefuseBroken(reading, new(KindNames.Recipe, name));
        return reading.Workspace.Recipes[name];
    }

    private void Write(PutBack files, IEnumerable<TextChange> changes) => files.Write(RecipeBump.Apply(Read, changes));

    private string Read(string document) => File.ReadAllText(Path.Combine(session.WorkspaceRoot, document));
}
