// An image from its plan to its report: built, booted, checked. Unaware of verbs and of other images.

using System.Collections.Immutable;
using Imagecraft.Cli.Boards;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Cli.Checking;

/// <summary>The one way to run an image's checks. The report lies in <c>out/BOARD/IMAGE/check</c>.</summary>
public static class ImageCheck
{
    /// <summary>Builds the image that <paramref name="workshop"/> has planned, boots it and runs the standard and the declared checks.</summary>
    /// <returns>The build's exit code, and what came of the checks; null when the build failed.</returns>
    /// <exception cref="ProblemException">QEMU has no machine for the board, or no check matches the filter.</exception>
    public static async Task<(int ExitCode, CheckedImage? Checked)> RunAsync(Session session, Workshop workshop, CheckDemand demand)
    {
        // What nobody can run is told before anything is built.
        _ = ChosenChecks.Of(DeclaredChecks.Of(workshop.Plan.Boot), Declared(session, workshop), demand, DateTimeOffset.UtcNow);
        using var image = await BootableImage.MakeAsync(session, workshop).ConfigureAwait(false);
        if (image.Machine is null)
            return (image.Result.ExitCode, null);
        return (ExitCodes.Done, await RunAsync(session, workshop, CheckSubject.InQemu(session, workshop, image.Machine), demand, CheckRecord.Folder).ConfigureAwait(false));
    }

    /// <summary>Runs the standard and the declared checks on a board, which has the image already. Nothing is built. The report lies in <c>out/BOARD/IMAGE/check-on-board</c>.</summary>
    /// <exception cref="ProblemException">Nobody says how to log in, or no check matches the filter.</exception>
    public static Task<CheckedImage> RunOnBoardAsync(Session session, Workshop workshop, CheckDemand demand, BoardDemand board) =>
        RunAsync(session, workshop, CheckSubject.OnBoard(session, workshop, board), demand, CheckRecord.BoardFolder);

    private static Task<CheckedImage> RunAsync(Session session, Workshop workshop, CheckSubject subject, CheckDemand demand, string folder) =>
        new CheckRun(session, subject, DeclaredChecks.Of(workshop.Plan.Boot), Declared(session, workshop))
            .RunAsync(demand, Path.Combine(workshop.OutputFolder, folder));

    private static ImmutableArray<Check> Declared(Session session, Workshop workshop) => [.. workshop.Plan.Checks.Select(c => DeclaredChecks.Of(c, session.WorkspaceRoot))];
}
