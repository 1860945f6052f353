// Judging results, surviving a machine's death, and the files that are written.

using System.Xml.Linq;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Qemu.Tests;

public class CheckTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Check Check(string name, string run) => new() { Owner = "busybox", Name = name, Run = run };

    private static async Task<CheckReport> RunAsync(FakeMachine machine, params Check[] checks) =>
        await CheckRunner.RunAsync("board/image", machine.Console, FakeMachine.Login(), checks, null, Cancellation);

    [Fact]
    public async Task Each_expectation_is_judged_and_every_difference_is_named()
    {
        await using var machine = FakeMachine.Start("login; shell");
        CheckReport report = await RunAsync(machine,
            Check("good", "echo BusyBox v1.37.0; exit 4") with { Exit = 4, Contains = ["v1.37"], Matches = ["^BusyBox .*0$"] },
            Check("bad", "echo one; echo two") with { Exit = 1, Contains = ["three"], Matches = ["^wo$"], MatchesNot = ["t.o"] },
            Check("broken-pattern", "echo") with { Matches = ["("] },
            Check("slow", "sleep 1000") with { Limit = TimeSpan.FromSeconds(1) });

        Assert.False(report.Passed);
        Assert.NotNull(report.BootTime);
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Failed, CheckOutcome.Failed, CheckOutcome.Failed], report.Results.Select(result => result.Outcome));
        Assert.Equal(
            ["Exit code is 0, expected 1", "Output does not contain `three`", "Output does not match `^wo$`", "Output matches `t.o`: `two`"],
            report.Results[2].Problems);
        Assert.Equal(["Command did not end within 1 s"], report.Results[4].Problems);
    }

    [Fact]
    public async Task After_the_machines_death_the_remaining_checks_are_broken_and_say_why()
    {
        await using var machine = FakeMachine.Start("login; shell");
        CheckReport report = await RunAsync(machine, Check("good", "true"), Check("deadly", "kill -9 $$; sleep 9"), Check("late", "true"));
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Broken, CheckOutcome.Broken], report.Results.Select(result => result.Outcome));
        Assert.StartsWith("Not run, because the machine died before: Machine ended", report.Results[3].Problems[0]);
    }

    [Fact]
    public async Task A_machine_that_never_boots_gives_a_report_with_its_console()
    {
        await using var machine = FakeMachine.Start("echo 'no init found'; exit 1");
        CheckReport report = await RunAsync(machine, Check("any", "true"));
        Assert.Null(report.BootTime);
        Assert.Contains("no init found", report.Results[0].Problems[0]);
        Assert.False(report.Passed);
    }

    [Theory]
    [InlineData("[    1.0] WARNING: CPU: 0 PID: 1 at kernel/x.c:1", false)]
    [InlineData("[    1.0] BUG: scheduling while atomic", false)]
    [InlineData("[    1.0] Internal error: Oops: 96000045", false)]
    [InlineData("[    1.0] debug: all is well", true)]
    public async Task The_kernels_log_must_not_tell_of_faults(string line, bool passes)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(kernelLog: line);
        CheckResult result = await CheckRunner.RunOneAsync(machine.Console, StandardChecks.KernelLog, Cancellation);
        Assert.Equal(passes, result.Outcome == CheckOutcome.Passed);
        Assert.Equal(passes, !string.Join('\n', result.Problems).Contains(line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_module_is_looked_up_by_the_name_the_kernel_gives_it() =>
        Assert.Equal("modprobe 'hello-accel' && grep '^hello_accel ' /proc/modules", StandardChecks.Module("hello", "hello-accel").Run);

    [Fact]
    public async Task Junit_and_logs_are_written_even_for_output_that_xml_forbids()
    {
        await using var machine = FakeMachine.Start("login; shell");
        CheckReport report = await RunAsync(machine, Check("control/characters", "printf '\\033[1m<&\\001\\n'"), Check("fails", "false"));
        string path = await CheckFiles.WriteAsync(report, Path.Combine(machine.Folder, "check"), Cancellation);

        XElement suite = XDocument.Load(path).Root!.Element("testsuite")!;
        Assert.Equal(("3", "1", "0"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value));
        Assert.Contains("<&", suite.Elements("testcase").ElementAt(1).Element("system-out")!.Value);
        Assert.Equal("Exit code is 1, expected 0", suite.Elements("testcase").ElementAt(2).Element("failure")!.Attribute("message")!.Value);
        string log = await File.ReadAllTextAsync(Path.Combine(machine.Folder, "check", "busybox.fails.log"), Cancellation);
        Assert.Equal("$ false\n", log[..8]);
        Assert.True(File.Exists(Path.Combine(machine.Folder, "check", "busybox.control_characters.log")));
    }
}
