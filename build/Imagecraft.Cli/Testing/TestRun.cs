// Builds the solution and runs its test executables one after the other. Unaware of what they test.

using System.Diagnostics;
using CliWrap;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Testing;

/// <summary>Runs <c>tests/*.Tests</c> and <c>tests/*.Sample</c>; reports lie in <c>artifacts/tests</c>.</summary>
public sealed class TestRun(Session session)
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(60);

    /// <summary>
    /// Whether a test that cannot run here may be left out. Some ask for another user, which only root can become, or for Debian's own tools: to a person they are skipped, and told.
    /// For root, and where the variable <c>CI</c> is set, a skipped test is a failed one, so that nothing stays unproven without a word.
    /// </summary>
    public static bool MaySkip => !Environment.IsPrivilegedProcess && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>The names of the test projects, in the order in which they run.</summary>
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

    /// <summary>Runs one project's executable and passes its lines on while it runs.</summary>
    /// <param name="project">Its name.</param>
    /// <param name="filter">Arguments that choose tests.</param>
    /// <param name="environment">Variables that say where fixtures are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TestReport> RunAsync(string project, IReadOnlyList<string> filter, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
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
                .WithStandardOutputPipe(PipeTarget.ToDelegate(session.Console.Out.WriteLine))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(session.Console.Out.WriteLine))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token).ConfigureAwait(false);
            if (!File.Exists(xml))
                return TestReport.Broken(project, clock.Elapsed, $"ended with exit code {result.ExitCode} and without a report");
            var report = TestReport.Read(project, await File.ReadAllTextAsync(xml, cancellationToken).ConfigureAwait(false), clock.Elapsed);
            return result.ExitCode != 0 && report.Failed == 0 ? TestReport.Broken(project, clock.Elapsed, $"reported no failure but ended with exit code {result.ExitCode}") : report;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return TestReport.Broken(project, clock.Elapsed, $"did not end within {_longest.TotalMinutes:0} minutes and was killed");
        }
    }
}
