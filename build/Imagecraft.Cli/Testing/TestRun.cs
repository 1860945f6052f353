// Builds the solution and runs its test executables. Unaware of what they test.

using System.Diagnostics;
using CliWrap;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Testing;

/// <summary>Runs <c>tests/*.Tests</c> and <c>tests/*.Sample</c>; reports lie in <c>artifacts/tests</c>.</summary>
public sealed class TestRun(Session session)
{
    private const string Longest = "Imagecraft.EndToEnd.Tests";

    // Ends what hangs; a machine with thirty times the work it can do takes hours for what else is done in minutes.
    private static readonly TimeSpan _longest = TimeSpan.FromHours(4);

    /// <summary>
    /// Whether a test that cannot run here may be left out. Some ask for another user, which only root can become, or for Debian's own tools: to a person they are skipped, and told.
    /// For root, and where the variable <c>CI</c> is set, a skipped test is a failed one, so that nothing stays unproven without a word.
    /// </summary>
    public static bool MaySkip => !Environment.IsPrivilegedProcess && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>What of xUnit's arguments chooses tests. Those with the trait <c>Matrix</c> of value <c>wide</c> run when they are asked for, or named.</summary>
    /// <param name="methods">Patterns of full names; none: all.</param>
    /// <param name="isWide">Whether they are asked for.</param>
    public static IReadOnlyList<string> Filter(IReadOnlyList<string> methods, bool isWide) =>
        methods.Count == 0 && !isWide ? ["-trait-", "Matrix=wide"] : [.. methods.SelectMany(method => new[] { "-method", method })];

    /// <summary>Whether a project has tests that only run when they are asked for.</summary>
    public static bool HasWide(string project) => project == Longest;

    /// <summary>The names of the test projects.</summary>
    public IReadOnlyList<string> Projects() =>
        [.. new[] { "*.Tests", "*.Sample" }.SelectMany(pattern => Directory.EnumerateDirectories(Path.Combine(session.WorkspaceRoot, "tests"), pattern)).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    /// <summary>Compiles everything; the compiler's errors are shown.</summary>
    /// <exception cref="ProblemException">It does not compile.</exception>
    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        var result = await CliWrap.Cli.Wrap(session.Dotnet)
            .WithArguments(["build", "Imagecraft.sln", "-c", "Release", "-v", "quiet", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
            .WithWorkingDirectory(session.WorkspaceRoot)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(lines.Add))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(lines.Add))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
            return;
        foreach (var line in lines.Distinct())
            session.Console.Out.WriteLine(line);
        throw ProblemException.User("The solution does not compile; the errors are above");
    }

    /// <summary>Runs the projects' executables one after the other. The one that takes as long as all others runs beside them, because it mostly waits for machines and compilers; its lines are passed on while it runs, those of the others together at their ends.</summary>
    /// <param name="projects">Their names.</param>
    /// <param name="filter">Arguments that choose tests.</param>
    /// <param name="environment">Variables that say where fixtures are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>In the order of <paramref name="projects"/>.</returns>
    public async Task<IReadOnlyList<TestReport>> RunAsync(IReadOnlyList<string> projects, IReadOnlyList<string> filter, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        var isBeside = projects.Count > 1 && projects.Contains(Longest);
        IReadOnlyList<string>[] lanes = isBeside ? [[Longest], [.. projects.Where(project => project != Longest)]] : [projects];
        var output = new Lock();
        var reports = await Task.WhenAll(lanes.Select(async (lane, number) =>
        {
            var ended = new List<TestReport>();
            foreach (var project in lane)
            {
                List<string> kept = [$"Running {project}"];
                var isKept = isBeside && number > 0;
                if (!isKept)
                    Write(kept);
                ended.Add(await RunAsync(project, filter, environment, isKept ? kept.Add : line => Write([line]), cancellationToken).ConfigureAwait(false));
                if (isKept)
                    Write(kept);
            }

            return ended;
        })).ConfigureAwait(false);
        return [.. projects.Select(project => reports.SelectMany(lane => lane).First(report => report.Project == project))];

        void Write(IEnumerable<string> lines)
        {
            lock (output)
                foreach (var line in lines)
                    session.Console.Out.WriteLine(line);
        }
    }

    /// <summary>Runs one project's executable.</summary>
    private async Task<TestReport> RunAsync(string project, IReadOnlyList<string> filter, IReadOnlyDictionary<string, string?> environment, Action<string> write, CancellationToken cancellationToken)
    {
        var reports = Path.Combine(session.WorkspaceRoot, "artifacts", "tests");
        Directory.CreateDirectory(reports);
        var xml = Path.Combine(reports, $"{project}.xml");
        File.Delete(xml);

        var executable = Path.Combine(session.WorkspaceRoot, "artifacts", "bin", project, "release", project);
        if (!File.Exists(executable))
            return TestReport.Broken(project, TimeSpan.Zero, $"is no part of `Imagecraft.sln`: `{executable}` was not built");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_longest);
        var clock = Stopwatch.StartNew();
        try
        {
            var result = await CliWrap.Cli.Wrap(executable)
                .WithArguments(["-noLogo", "-noColor", MaySkip ? "-failSkips-" : "-failSkips", "-result-xml", xml, "-result-jUnit", Path.Combine(reports, $"{project}.junit.xml"), .. filter])
                .WithWorkingDirectory(session.WorkspaceRoot)
                .WithEnvironmentVariables(environment)
                .WithStandardOutputPipe(PipeTarget.ToDelegate(Say))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(Say))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token).ConfigureAwait(false);
            if (!File.Exists(xml))
                return TestReport.Broken(project, clock.Elapsed, $"ended with exit code {result.ExitCode} and without a report");
            var report = TestReport.Read(project, await File.ReadAllTextAsync(xml, cancellationToken).ConfigureAwait(false), clock.Elapsed);
            return result.ExitCode != 0 && report.Failed == 0 ? TestReport.Broken(project, clock.Elapsed, $"reported no failure but ended with exit code {result.ExitCode}") : report;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return TestReport.Broken(project, clock.Elapsed, $"did not end within {_longest.TotalHours:0} hours and was killed");
        }

        // Its two streams are read by threads of their own.
        void Say(string line)
        {
            lock (clock)
                write(line);
        }
    }
}
