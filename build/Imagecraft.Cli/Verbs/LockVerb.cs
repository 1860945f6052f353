// `lock`: imagecraft.lock in step with the workspace, or with the suites' present state. Unaware of builds.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Resolves packages and pins them.</summary>
public static class LockVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("lock", "Pin all packages in imagecraft.lock; with --update at their current versions", Build);

    private static void Build(Command command, Session session)
    {
        var update = new Option<bool>("--update") { Description = "Take the feeds' current versions of everything" };
        command.Options.Add(update);
        command.SetAction(async (parsed, _) =>
        {
            var reading = Composition.Load(session);
            using var fetching = new Fetching(session, offline: false, reading.Workspace);
            Composition.TellOthers(session, reading.Reach(), "; what is locked for them stays as it is");
            var keeper = new LockKeeper(session, reading, fetching, await LockKeeper.ReadAsync(session).ConfigureAwait(false));
            var file = await keeper.UpdateAsync(parsed.GetValue(update), session.Interrupts.Listen().Gentle).ConfigureAwait(false);
            session.Console.Out.WriteLine($"{file.Sets.Sum(s => s.Packages.Length)} packages in {file.Sets.Length} sets and {file.Projects.Sum(p => p.Packages.Length)} NuGet packages in {file.Projects.Length} projects are locked");
            return ExitCodes.Done;
        });
    }
}
