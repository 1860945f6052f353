// `update`: newer releases of recipes, as a table, and into the recipes. Unaware of how they are found and tried.

using System.Collections.Immutable;
using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Testing;
using Imagecraft.Cli.Updating;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Cli.Verbs;

/// <summary>Looks for newer releases, and takes them when asked to.</summary>
public static class UpdateVerb
{
    // A registry tells of all versions of a package at once.
    private const long LargestPage = 32L << 20;

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("update", "Show which recipes have newer releases; with --apply take them, try the patches and build", Build);

    private static void Build(Command command, Session session)
    {
        var recipes = new Argument<string[]>("recipe") { Description = "Recipes (default: all)", Arity = ArgumentArity.ZeroOrMore };
        var apply = new Option<bool>("--apply") { Description = "Write the newest release into the recipe, try its patches and build it; what fails is put back" };
        var to = new Option<string?>("--to") { Description = "With --apply and one recipe: take this version, without looking for others", HelpName = "version" };
        var noBuild = new Option<bool>("--no-build") { Description = "With --apply: try the patches only" };
        var keep = new Option<bool>("--keep") { Description = "With --apply: what fails stays in the recipe, to go on by hand" };
        var json = JsonOutput.Option();
        command.Arguments.Add(recipes);
        foreach (var option in new Option[] { apply, to, noBuild, keep, json })
            command.Options.Add(option);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            foreach (var option in new Option[] { to, noBuild, keep }.Where(option => !parsed.GetValue(apply) && parsed.GetResult(option) is { Implicit: false }))
                throw ProblemException.User($"`{option.Name}` belongs to `--apply`", "Add that, or leave it away");
            var names = parsed.GetValue(recipes) ?? [];
            if (parsed.GetValue(to) is not null && names.Length != 1)
                throw ProblemException.User("`--to` is a version of one recipe", "Name the recipe");
            session.Interrupts.Listen();
            // The table is the result; all else is progress.
            var progress = session with { Console = new DiagnosticsConsole(session.Console) };
            var reading = Composition.Load(session, options.Read(parsed).Offline);
            var asked = Asked(reading, names);
            var request = WithBoard(session, reading, options.Read(parsed));
            using var fetching = new Fetching(session, request.Offline, reading.Workspace);
            using var git = new GitAccess(progress, request, GitRecipe(asked));
            var rows = parsed.GetValue(to) is { } version ? [Given(asked[0], version)] : await LookAsync(session, reading, request, fetching, git, asked).ConfigureAwait(false);
            if (parsed.GetValue(apply))
                rows = await ApplyAsync(rows, new BumpTrial(progress, request, fetching, git, new(!parsed.GetValue(noBuild), parsed.GetValue(keep)))).ConfigureAwait(false);
            Print(session, rows, names.Length > 0, parsed.GetValue(json));
            Composition.TellOthers(session, reading.Reach());
            return ExitCode(rows);
        });
    }

    private static ImmutableArray<Recipe> Asked(WorkspaceReading reading, string[] names)
    {
        foreach (var name in names.Where(name => !reading.Workspace.Recipes.ContainsKey(name)))
        {
            Composition.RefuseBroken(reading, new(KindNames.Recipe, name));
            throw reading.NamesOf(KindNames.ToolRoot).Contains(name)
                ? ProblemException.User($"`{name}` is a tool root, made of packages of the feed", "`./build.sh lock --update` renews them")
                : ProblemException.Unknown("recipe", name, reading.NamesOf(KindNames.Recipe));
        }

        return names.Length == 0 ? [.. reading.Workspace.Recipes.Values] : [.. names.Distinct(StringComparer.Ordinal).Select(name => reading.Workspace.Recipes[name])];
    }

    // Where nobody says a board, whatever can be built for the usual one is.
    private static BuildRequest WithBoard(Session session, WorkspaceReading reading, BuildRequest request)
    {
        if (request.Board is not null || reading.Own?.Board is not null || LastChoice.Read(session) is not null)
            return request;
        var boards = reading.NamesOf(KindNames.Board);
        return request with { Board = boards.Contains(TestFixtures.UsualBoard) ? TestFixtures.UsualBoard : boards.FirstOrDefault() };
    }

    // Any that has sources will do, since git is all that is wanted of it.
    private static string GitRecipe(ImmutableArray<Recipe> asked) => (asked.FirstOrDefault(recipe => recipe.Sources.Any(source => source.Commit is not null)) ?? asked.FirstOrDefault(recipe => !recipe.Sources.IsEmpty) ?? asked.FirstOrDefault())?.Name.Value ?? "";

    private static UpdateRow Given(Recipe recipe, string version) => new(recipe.Name, recipe.Version, new Finding.Newer(new Release(version, "as it was said"), null));

    private static async Task<ImmutableArray<UpdateRow>> LookAsync(Session session, WorkspaceReading reading, BuildRequest request, Fetching fetching, GitAccess git, ImmutableArray<Recipe> asked)
    {
        var cancellation = session.Interrupts.Gentle;
        var searches = asked.Select(recipe => (Recipe: recipe, Search: ReleaseSearch.Of(recipe))).ToList();
        var names = searches.SelectMany(one => one.Search is ReleaseSearch.At at ? at.Places.OfType<ReleasePlace.Feed>() : []).Select(place => place.Source).ToImmutableHashSet(StringComparer.Ordinal);
        if (searches.Any(one => one.Search is ReleaseSearch.At at && at.Places.Any(place => place is ReleasePlace.GitTags)))
            await ReadyAsync(git).ConfigureAwait(false);
        // What does not answer at once is no reason to wait: a table is soon made again.
        using var fetcher = new Fetcher(fetching.Registries, new FetcherOptions { Offline = request.Offline, Attempts = 2, LargestIndex = LargestPage });
        using var lookups = new Lookups(LookupLimits.Usual, cancellation);
        var mirror = new DebianMirror(fetching.Fetcher, fetching.Registries, Path.Combine(session.CacheRoot, "indexes"), TimeProvider.System);
        // A vendor's packages say nothing of what upstream released.
        var feeds = new FeedReleases(mirror, [.. LockSets.Feeds(reading.Workspace, session.WorkspaceRoot).Where(feed => feed.Home is null)], names, cancellation);
        var finder = new ReleaseFinder(
            new ReleaseSources
            {
                Page = fetcher.PageAsync,
                Registry = fetcher.VersionsAsync,
                GitTags = async (address, ending) => await fetcher.TagsAsync(address, await git.CommandAsync().ConfigureAwait(false), ending).ConfigureAwait(false),
                Feed = feeds.OfAsync,
            },
            lookups);
        return [.. await Task.WhenAll(searches.Select(async one => new UpdateRow(one.Recipe.Name, one.Recipe.Version, await finder.FindAsync(one.Search, one.Recipe.Releases?.Series?.Value).ConfigureAwait(false)))).ConfigureAwait(false)];
    }

    // The first time, its packages are fetched, for which the limit of a question is too short.
    private static async Task ReadyAsync(GitAccess git)
    {
        try
        {
            await git.CommandAsync().ConfigureAwait(false);
        }
        catch (FeedException)
        {
            // Each row that needs it tells.
        }
    }

    private static async Task<ImmutableArray<UpdateRow>> ApplyAsync(ImmutableArray<UpdateRow> rows, BumpTrial trial)
    {
        var done = ImmutableArray.CreateBuilder<UpdateRow>();
        foreach (var row in rows)
            done.Add(row.Finding is Finding.Newer newer ? row with { Outcome = await trial.TryAsync(row.Recipe, newer.Newest).ConfigureAwait(false) } : row);
        return done.ToImmutable();
    }

    private static void Print(Session session, ImmutableArray<UpdateRow> rows, bool named, bool json)
    {
        if (json)
        {
            session.Console.WriteJson(UpdateTable.Json(rows));
            return;
        }

        foreach (var line in UpdateTable.Lines(rows, named))
            session.Console.Out.WriteLine(line);
    }

    // A table with a gap is a table; one of gaps alone, because nobody answered, is none.
    private static int ExitCode(ImmutableArray<UpdateRow> rows)
    {
        if (rows.Select(row => row.Outcome).OfType<BumpOutcome.Failed>().ToList() is { Count: > 0 } failed)
            return failed.Any(outcome => outcome.ExitCode == ExitCodes.User) ? ExitCodes.User : failed.Max(outcome => outcome.ExitCode);
        var looked = rows.Where(row => row.Finding is not Finding.LeftOut).ToList();
        return looked.Count > 0 && looked.All(row => row.Finding is Finding.Unknown { IsOfNetwork: true }) ? ExitCodes.Environment : ExitCodes.Done;
    }
}
