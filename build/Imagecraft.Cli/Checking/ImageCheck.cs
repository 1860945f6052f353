// An image from its plan to its report: built, booted, checked. Unaware of verbs and of other images.

using Imagecraft.Cli.Boards;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Checking;

/// <summary>The one way to run an image's checks. The report lies in <c>out/BOARD/IMAGE/check</c>.</summary>
public static class ImageCheck
{
    /// <summary>Builds the image that <paramref name="workshop"/> has planned, boots it and runs the standard and the declared checks.</summary>
    /// <returns>The build's exit code, and what came of the checks; null when the build failed.</returns>
    /// <exception cref="ProblemException">QEMU has no machine for the board, or no check matches the filter.</exception>
    public static async Task<(int ExitCode, CheckedImage? Checked)> RunAsync(Session session, Workshop workshop, CheckDemand demand)
    {
        using var image = await BootableImage.MakeAsync(session, workshop).ConfigureAwait(false);
        if (image.Machine is null)
            return (image.Result.ExitCode, null);
        var run = new CheckRun(
            session,
            $"{workshop.Selection.Board}/{workshop.Selection.Image}",
            image.Machine,
            DeclaredChecks.Of(workshop.Plan.Boot),
            [.. workshop.Plan.Checks.Select(c => DeclaredChecks.Of(c, session.WorkspaceRoot))]);
        return (ExitCodes.Done, await run.RunAsync(demand, Path.Combine(workshop.OutputFolder, CheckRecord.Folder)).ConfigureAwait(false));
    }
}
