// `check`: boots exactly the bits that would be flashed, and runs the declared checks. Unaware of how they are run.

using System.CommandLine;
using System.Collections.Immutable;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Planning;
using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Verbs;

/// <summary>Checks an image on its board's machine; the report lies in <c>out/BOARD/IMAGE/check</c>.</summary>
public static class CheckVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("check", "Boot the image in QEMU and run the declared checks", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed)).ConfigureAwait(false);
            using var image = await BootableImage.MakeAsync(session, workshop).ConfigureAwait(false);
            return image.Machine is null ? image.Result.ExitCode : await RunAsync(session, workshop, image.Machine).ConfigureAwait(false);
        });
    }

    private static async Task<int> RunAsync(Session session, Workshop workshop, MachineDescription machine)
    {
        var cancellation = session.Interrupts.Listen().Gentle;
        var folder = Path.Combine(workshop.OutputFolder, "check");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        CheckReport report;
        var booted = await QemuMachine.StartAsync(machine, Path.Combine(folder, "console.log"), cancellation).ConfigureAwait(false);
        await using (booted.ConfigureAwait(false))
        {
            var name = $"{workshop.Selection.Board}/{workshop.Selection.Image}";
            report = await CheckRunner.RunAsync(name, booted.Console, LoginOptions.Root, [.. workshop.Plan.Checks.Select(Translated), StandardChecks.KernelLog], new Progress(session.Console), cancellation).ConfigureAwait(false);
        }

        var file = await CheckFiles.WriteAsync(report, folder, cancellation).ConfigureAwait(false);
        session.Console.Out.WriteLine(Summary(report));
        session.Console.Out.WriteLine($"Report: {file}");
        return report.Passed ? ExitCodes.Done : ExitCodes.User;
    }

    /// <summary>A declared check in the runner's terms.</summary>
    public static Check Translated(PlannedCheck planned) => new()
    {
        Owner = planned.Owner,
        Name = planned.Check.Name,
        Run = planned.Check.Run,
        Exit = planned.Check.Exit,
        Contains = [.. planned.Check.Contains.Select(c => c.Value)],
        Matches = [.. planned.Check.Matches.Select(m => m.Value)],
        Limit = TimeSpan.FromSeconds(planned.Check.TimeoutSeconds),
    };

    /// <summary>The lines that tell of one check: one when it passed; problems and the last lines of its output when not.</summary>
    public static IEnumerable<string> Lines(CheckResult result)
    {
        var word = result.Outcome switch
        {
            CheckOutcome.Passed => "passed",
            CheckOutcome.Failed => "FAILED",
            _ => "BROKEN",
        };
        yield return $"{word}  {result.Check.Owner}: {result.Check.Name}  {Quantities.Duration(result.Duration)}";
        if (result.Outcome == CheckOutcome.Passed)
            yield break;
        yield return $"  $ {result.Check.Run}";
        foreach (var problem in result.Problems.SelectMany(p => p.Split('\n')))
            yield return $"  {problem}";
        foreach (var line in result.Output.TrimEnd('\n').Split('\n').TakeLast(20).Where(l => l.Length > 0))
            yield return $"  | {line}";
    }

    /// <summary><c>21 checks passed, 0 failed; login after 2.4 s</c>.</summary>
    public static string Summary(CheckReport report)
    {
        var passed = report.Results.Count(r => r.Outcome == CheckOutcome.Passed);
        var boot = report.BootTime is { } time ? $"login after {Quantities.Duration(time)}" : "no login";
        return $"{passed} checks passed, {report.Results.Length - passed} failed; {boot}";
    }

    private sealed class Progress(IConsole console) : IProgress<CheckResult>
    {
        public void Report(CheckResult value)
        {
            foreach (var line in Lines(value))
                console.Out.WriteLine(line);
        }
    }
}
