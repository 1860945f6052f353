// Boots an image once or several times, runs its checks, keeps reports and history. Unaware of how the image was built.

using System.Collections.Immutable;
using Imagecraft.Cli.Boards;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Cli.Checking;

/// <summary>What came of it.</summary>
/// <param name="Boots">A report each.</param>
/// <param name="IsWorse">A boot was clearly worse than the one before, and the demand was strict.</param>
public sealed record CheckedImage(ImmutableArray<CheckReport> Boots, bool IsWorse)
{
    /// <summary>All is as expected.</summary>
    public bool Passed => Boots.All(boot => boot.Passed) && !IsWorse;
}

/// <summary>Checks one image.</summary>
/// <param name="session">The call.</param>
/// <param name="subject">What is checked.</param>
/// <param name="expectations">What every boot must show.</param>
/// <param name="declared">The declared checks.</param>
public sealed class CheckRun(Session session, CheckSubject subject, BootExpectations expectations, ImmutableArray<Check> declared)
{
    /// <summary>Runs and reports.</summary>
    /// <param name="demand">What to run.</param>
    /// <param name="folder">Gets <c>junit.xml</c>, the console's log and a log of each check; with several boots in a folder each. Its old content is removed.</param>
    /// <exception cref="ProblemException">No check matches the filter.</exception>
    public async Task<CheckedImage> RunAsync(CheckDemand demand, string folder)
    {
        var cancellation = session.Interrupts.Listen().Gentle;
        Select(demand);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var reports = new List<CheckReport>();
        var worse = false;
        for (var number = 1; number <= demand.Repeat; number++)
        {
            var (logs, title) = demand.Repeat == 1 ? (folder, subject.Name) : (Path.Combine(folder, $"{number}"), $"{subject.Name}#{number}");
            if (demand.Repeat > 1)
                session.Console.Out.WriteLine($"Boot {number} of {demand.Repeat}");
            Directory.CreateDirectory(logs);
            // Anew for each boot, because the clock's check knows the host's time.
            var (boot, checks) = Select(demand);
            var machines = subject.Machines(logs);
            await using (machines.ConfigureAwait(false))
            {
                var request = new CheckRequest { Name = title, Boot = boot, Checks = checks, Jobs = subject.IsOne ? 1 : demand.Jobs, Accept = demand.Accept, Processor = subject.Processor };
                reports.Add(await CheckRunner.RunAsync(request, machines, Show, session.Console.Diagnostics.WriteLine, cancellation).ConfigureAwait(false));
            }

            await CheckFiles.WriteLogsAsync(reports[^1], logs, cancellation).ConfigureAwait(false);
            session.Console.Out.WriteLine(CheckText.Summary(reports[^1]));
            worse |= Remember(reports[^1].Figures);
        }

        var file = Path.Combine(folder, CheckRecord.FileName);
        await File.WriteAllTextAsync(file, CheckFiles.JUnitXml(reports), cancellation).ConfigureAwait(false);
        if (demand.Repeat > 1)
            session.Console.Out.WriteLine(CheckText.Summary(reports));
        session.Console.Out.WriteLine($"Report: {file}");
        return new([.. reports], demand.Strict && worse);
    }

    private ChosenChecks Select(CheckDemand demand) => ChosenChecks.Of(expectations, declared, demand, DateTimeOffset.UtcNow);

    private void Show(CheckResult result)
    {
        foreach (var line in CheckText.Lines(result))
            session.Console.Out.WriteLine(line);
    }

    private bool Remember(BootFigures? figures)
    {
        if (figures is null)
            return false;
        var path = Path.Combine(session.WorkspaceRoot, ".imagecraft", "boots", subject.Name.Replace('/', '.'));
        var history = File.Exists(path) ? BootHistory.Parse(File.ReadAllText(path)) : BootHistory.Empty;
        var regressions = history.Regressions(figures).ToList();
        foreach (var regression in regressions)
            session.Console.Out.WriteLine($"WORSE  {regression}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, history.With(figures).ToString());
        return regressions.Count > 0;
    }
}
