// `check`: boots exactly the bits that would be flashed, or finds them on a board, and runs the declared checks. Unaware of how they are run.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.Checking;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Checks an image on QEMU's machine of its board, or on the board itself; the report lies in <c>out/BOARD/IMAGE/check</c> or <c>check-on-board</c>.</summary>
public static class CheckVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("check", "Boot the image in QEMU and run the declared checks, or run them on a board", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command);
        var checks = new CheckOptions(command);
        var boards = new BoardOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var demand = boards.Read(parsed);
            var request = options.Read(parsed) with { OnBoard = demand is not null };
            using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
            LastChoice.Keep(session, request);
            var (code, outcome) = demand is null
                ? await ImageCheck.RunAsync(session, workshop, checks.Read(parsed, request.Jobs)).ConfigureAwait(false)
                : (ExitCodes.Done, await ImageCheck.RunOnBoardAsync(session, workshop, checks.Read(parsed, request.Jobs), demand).ConfigureAwait(false));
            return outcome is null ? code : outcome.Passed ? ExitCodes.Done : ExitCodes.User;
        });
    }
}
