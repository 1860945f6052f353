// Which test executables run at the same time, and in which order their lines come. Shell scripts stand for them.

using Imagecraft.Cli.Testing;

namespace Imagecraft.Cli.Tests;

public sealed class TestRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("test-run-");
    private readonly TextConsole _console = new();

    private string Said => _console.Out.ToString()!;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_longest_runs_beside_the_others_whose_lines_stay_together()
    {
        // Each waits for what another writes: alone, none would end.
        Write("Imagecraft.EndToEnd.Tests", "echo first; touch started; until [ -e second ]; do sleep 0.05; done; echo last");
        Write("Imagecraft.A.Tests", "echo a one; until [ -e started ]; do sleep 0.05; done; echo a two >&2");
        Write("Imagecraft.B.Tests", "echo b; touch second; exit 1", failed: 1);

        var reports = await RunAsync("Imagecraft.A.Tests", "Imagecraft.B.Tests", "Imagecraft.EndToEnd.Tests");

        Assert.Equal([("Imagecraft.A.Tests", 0), ("Imagecraft.B.Tests", 1), ("Imagecraft.EndToEnd.Tests", 0)], reports.Select(report => (report.Project, report.Failed)));
        var lines = Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("Running Imagecraft.A.Tests\na one\na two\n", Said, StringComparison.Ordinal);
        Assert.Contains("Running Imagecraft.B.Tests\nb\n", Said, StringComparison.Ordinal);
        Assert.True(Array.IndexOf(lines, "Running Imagecraft.EndToEnd.Tests") < Array.IndexOf(lines, "first") && Array.IndexOf(lines, "first") < Array.IndexOf(lines, "last"), Said);
    }

    [Fact]
    public void Tests_of_the_wide_matrix_run_when_they_are_asked_for_or_named()
    {
        Assert.Equal(["-trait-", "Matrix=wide"], TestRun.Filter([], isWide: false));
        Assert.Empty(TestRun.Filter([], isWide: true));
        Assert.Equal(["-method", "*A*", "-method", "*B*"], TestRun.Filter(["*A*", "*B*"], isWide: false));
    }

    [Fact]
    public async Task Without_the_longest_one_follows_the_other()
    {
        Write("Imagecraft.A.Tests", "echo a; [ ! -e running ]; touch running; sleep 0.1; rm running");
        Write("Imagecraft.B.Tests", "echo b; [ ! -e running ]; touch running; sleep 0.1; rm running");

        Assert.All(await RunAsync("Imagecraft.A.Tests", "Imagecraft.B.Tests"), report => Assert.Equal((1, 0, null), (report.Passed, report.Failed, report.Remark)));
        Assert.Equal("Running Imagecraft.A.Tests\na\nRunning Imagecraft.B.Tests\nb\n", Said);
    }

    [Fact]
    public async Task What_was_not_built_or_leaves_no_report_is_a_failure_that_says_so()
    {
        Write("Imagecraft.A.Tests", "rm -f \"$report\"; exit 7");

        var reports = await RunAsync("Imagecraft.A.Tests", "Imagecraft.EndToEnd.Tests");

        Assert.Equal("ended with exit code 7 and without a report", reports[0].Remark);
        Assert.StartsWith("is no part of `Imagecraft.sln`: ", reports[1].Remark, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<TestReport>> RunAsync(params string[] projects) =>
        new TestRun(new Session(_console, _folder.FullName, _ => null)).RunAsync(projects, [], new Dictionary<string, string?>(), TestContext.Current.CancellationToken);

    // The report's path stands behind `-result-xml`.
    private void Write(string project, string script, int failed = 0)
    {
        var path = Path.Combine(_folder.FullName, "artifacts", "bin", project, "release", project);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\nset -e\nwhile [ \"$1\" != -result-xml ]; do shift; done\nreport=$2\necho '<assemblies><assembly passed=\"1\" failed=\"{failed}\" skipped=\"0\" errors=\"0\" /></assemblies>' > \"$report\"\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
