// `check`: boots exactly the bits that would be flashed, and runs the declared checks. Unaware of how they are run.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.Checking;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Checks an image on its board's machine; the report lies in <c>out/BOARD/IMAGE/check</c>.</summary>
public static class CheckVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("check", "Boot the image in QEMU and run the declared checks", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command);
        var checks = new CheckOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
            var (code, outcome) = await ImageCheck.RunAsync(session, workshop, checks.Read(parsed, request.Jobs)).ConfigureAwait(false);
            return outcome is null ? code : outcome.Passed ? ExitCodes.Done : ExitCodes.User;
        });
    }
}
