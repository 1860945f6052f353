// `validate`: everything that is wrong with the workspace, needed or not. Builds nothing and needs no network.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Verbs;

/// <summary>Reads all documents, holds the lock against them, and plans every board with each of its images; exit code 3 when anything is wrong.</summary>
public static class ValidateVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("validate", "Say all that is wrong with the workspace: documents, lock and the plan of every board", (command, session) =>
        command.SetAction((_, _) => RunAsync(session)));

    private static async Task<int> RunAsync(Session session)
    {
        var present = LockKeeper.ReadAsync(session);
        var reading = Composition.Load(session);
        var lockFile = await present.ConfigureAwait(false);
        using var fetching = new Fetching(session, offline: true, reading.Workspace);
        var problems = reading.Diagnostics.ToList();
        var planned = 0;
        var options = Composition.PlanOptions(session);
        foreach (var (board, image) in Pairs(reading))
        {
            // What cannot be relied on was told already.
            if (!Needs.Of(reading.Workspace, board, image, [], []).All(reading.IsSound))
                continue;
            var theirs = reading.For(board, image, options.HostArchitecture);
            problems.AddRange(theirs.Diagnostics);
            if (!Needs.Of(theirs.Workspace, board, image, [], []).All(theirs.IsSound))
                continue;
            problems.AddRange(Planner.Plan(theirs.Workspace, lockFile, options, board, image).Diagnostics.Where(d => d.Code != SourcePlanner.SuppliedFileMissing));
            planned++;
        }

        var misfit = new LockKeeper(session, reading, fetching, lockFile).Problem();
        Composition.Report(session, [.. problems.DistinctBy(d => (d.Code, d.Message, d.Span))]);
        if (misfit is not null)
            session.Console.WriteError(misfit, $"Run `./build.sh lock` and commit `{LockFile.FileName}`");
        session.Console.Out.WriteLine($"{reading.DocumentCount} documents were read and {planned} images of {reading.Workspace.Boards.Count} boards planned");
        return misfit is null && problems.TrueForAll(d => d.Severity != Severity.Error) ? ExitCodes.Done : ExitCodes.User;
    }

    /// <summary>Each board with its default image and those of the test matrix.</summary>
    private static IEnumerable<(string Board, string Image)> Pairs(WorkspaceReading reading) => Own(reading).Concat(
        reading.Workspace.Boards.Values.SelectMany(b => b.Images.Prepend(b.DefaultImage).Select(i => i.Value).Distinct(StringComparer.Ordinal).Select(i => (b.Name.Value, i)))).Distinct();

    /// <summary>What the workspace builds by default.</summary>
    private static IEnumerable<(string Board, string Image)> Own(WorkspaceReading reading) =>
        reading.Own?.Board is { } board && reading.Workspace.Boards.TryGetValue(board, out var known) && (reading.Own.Image ?? known.DefaultImage) is var image && reading.Workspace.Images.ContainsKey(image) ? [(board.Value, image.Value)] : [];
}
