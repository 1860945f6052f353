// `check`: boots exactly the bits that would be flashed, and runs the declared checks. Unaware of how they are run.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.Checking;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Verbs;

/// <summary>Checks an image on its board's machine; the report lies in <c>out/BOARD/IMAGE/check</c>.</summary>
public static class CheckVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("check", "Boot the image in QEMU and run the declared checks", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command);
        var filter = new Option<string[]>("--filter", "-f") { Description = "Only checks whose OWNER/NAME, owner or name matches, with what they need, e.g. `busybox/*`" };
        var repeat = new Option<int>("--repeat") { Description = "Boot and check so many times", DefaultValueFactory = _ => 1 };
        var accept = new Option<bool>("--accept") { Description = "Take the outputs as the golden files of checks that have one" };
        var strict = new Option<bool>("--strict") { Description = "Fail when a boot is clearly slower than the last one or leaves less memory" };
        repeat.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
                result.AddError("`--repeat` must be at least 1");
        });
        foreach (var option in new Option[] { filter, repeat, accept, strict })
            command.Options.Add(option);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var demand = new CheckDemand([.. parsed.GetValue(filter) ?? []], parsed.GetValue(repeat), request.Jobs ?? 1, parsed.GetValue(accept), parsed.GetValue(strict));
            using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
            if (CheckPlanner.Malformed(workshop.Plan.Checks) is { IsEmpty: false } malformed)
                throw new DiagnosticsException(malformed);
            using var image = await BootableImage.MakeAsync(session, workshop).ConfigureAwait(false);
            if (image.Machine is null)
                return image.Result.ExitCode;
            var run = new CheckRun(session, $"{workshop.Selection.Board}/{workshop.Selection.Image}", image.Machine, DeclaredChecks.Of(workshop.Plan.Boot), [.. workshop.Plan.Checks.Select(c => DeclaredChecks.Of(c, session.WorkspaceRoot))]);
            return await run.RunAsync(demand, Path.Combine(workshop.OutputFolder, "check")).ConfigureAwait(false);
        });
    }
}
