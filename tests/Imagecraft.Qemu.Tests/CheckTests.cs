// Judging results, surviving a machine's death, and the files that are written.

using System.Xml.Linq;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Qemu.Tests;

public class CheckTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Check Check(string name, string run) => new() { Owner = "busybox", Name = name, Run = run };

    private static Task<CheckReport> RunAsync(FakeMachines machines, params Check[] checks) =>
        CheckRunner.RunAsync(new() { Name = "board/image", Checks = [.. checks] }, machines, null, null, Cancellation);

    private static CheckOutcome[] Outcomes(CheckReport report) => [.. report.Results.Select(result => result.Outcome)];

    [Fact]
    public async Task A_check_after_a_reboot_gets_a_machine_of_its_own_that_has_rebooted()
    {
        await using var machines = new FakeMachines();
        CheckReport report = await CheckRunner.RunAsync(new() { Name = "b/i", Checks = [Check("plain", "true"), Check("again", "true") with { AfterReboot = true }] }, machines, null, null, Cancellation);
        Assert.All(report.Results, result => Assert.Equal(CheckOutcome.Passed, result.Outcome));
        Assert.Equal(1, machines.Reboots);
    }

    [Theory]
    [InlineData("EXT4-fs (vda1): recovery complete", true)]
    [InlineData("EXT4-fs (vda1): INFO: recovery required on readonly filesystem", true)]
    [InlineData("EXT4-fs (vda1): 2 orphan inodes deleted", true)]
    [InlineData("EXT4-fs (mmcblk0p2): warning: mounting unchecked fs, running e2fsck is recommended", true)]
    [InlineData("FAT-fs (vda1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.", true)]
    [InlineData("EXT4-fs (vda1): mounted filesystem 1234 r/w with ordered data mode. Quota mode: none.", false)]
    [InlineData("EXT4-fs (vda1): re-mounted 1234 ro.", false)]
    public void A_file_system_that_had_to_be_repaired_is_found(string line, bool isDirty) =>
        Assert.Equal(isDirty, StandardChecks.Reboot.MatchesNot.Any(pattern => System.Text.RegularExpressions.Regex.IsMatch($"[    1.0] {line}\n", pattern)));

    [Fact]
    public async Task Each_expectation_is_judged_and_every_difference_is_named()
    {
        await using var machines = new FakeMachines();
        CheckReport report = await RunAsync(machines,
            Check("good", "echo BusyBox v1.37.0; exit 4") with { Exit = 4, Contains = ["v1.37"], Matches = ["^BusyBox .*0$"], Output = "BusyBox v1.37.0" },
            Check("bad", "echo one; echo two") with { Exit = 1, Contains = ["three"], Matches = ["^wo$"], MatchesNot = ["t.o"], Output = "one\n2\n" },
            Check("broken-pattern", "echo") with { Matches = ["("] },
            Check("slow", "sleep 1000") with { Limit = TimeSpan.FromSeconds(1) });

        Assert.False(report.Passed);
        Assert.NotNull(report.Figures);
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Failed, CheckOutcome.Failed, CheckOutcome.Failed], Outcomes(report));
        Assert.Equal(
            [
                "Exit code is 0, expected 1", "Output differs from `output` in line 2: `two`, expected `2`", "Output does not contain `three`",
                "Output does not match `^wo$`", "Output matches `t.o`: `two`",
            ],
            report.Results[2].Problems);
        Assert.Equal(["Command did not end within 1 s"], report.Results[4].Problems);
    }

    [Fact]
    public async Task A_machines_death_breaks_the_check_at_hand_and_no_other()
    {
        await using var machines = new FakeMachines();
        CheckReport report = await RunAsync(machines, Check("good", "true"), Check("deadly", "echo last words; kill -9 $$; sleep 9"), Check("late", "true"));
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Broken, CheckOutcome.Passed], Outcomes(report));
        Assert.StartsWith("Machine ended", report.Results[2].Problems[0]);
        Assert.Contains("last words", report.Results[2].Problems[0]);
    }

    [Fact]
    public async Task A_death_in_the_checks_of_the_boot_breaks_all_that_follow()
    {
        await using var machines = new FakeMachines();
        CheckReport report = await CheckRunner.RunAsync(new() { Name = "b/i", Boot = [Check("deadly", "kill -9 $$; sleep 9"), Check("second", "true")], Checks = [Check("late", "true")] }, machines, null, null, Cancellation);
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Broken, CheckOutcome.Broken, CheckOutcome.Broken], Outcomes(report));
        Assert.Equal("Not run, because the machine died in the checks of its boot", report.Results[3].Problems[0]);
    }

    [Fact]
    public async Task A_machine_that_never_boots_gives_a_report_with_its_console()
    {
        await using var machines = new FakeMachines("echo 'no init found'; exit 1");
        CheckReport report = await RunAsync(machines, Check("any", "true"));
        Assert.Null(report.Figures);
        Assert.Contains("no init found", report.Results[0].Problems[0]);
        Assert.StartsWith("Not run, because the machine died before: Machine ended", report.Results[1].Problems[0]);
        Assert.False(report.Passed);
    }

    [Fact]
    public async Task A_check_whose_needs_do_not_hold_is_left_out_and_says_why()
    {
        await using var machines = new FakeMachines();
        CheckReport report = await RunAsync(machines,
            Check("first", "false"),
            Check("second", "true") with { Needs = ["busybox/first"] },
            Check("third", "true") with { Needs = ["busybox/second"] },
            Check("no-device", "true") with { Needs = ["/dev/no-such-*"] },
            Check("device", "true") with { Needs = ["/dev/nul*", "/"] });
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Failed, CheckOutcome.LeftOut, CheckOutcome.LeftOut, CheckOutcome.LeftOut, CheckOutcome.Passed], Outcomes(report));
        Assert.Equal(["Not run, because check `busybox/first`, which it needs, did not pass"], report.Results[2].Problems);
        Assert.Equal(["Not run, because the board has no `/dev/no-such-*`, which it needs"], report.Results[4].Problems);
    }

    [Fact]
    public async Task Several_machines_run_at_once_and_none_more_than_asked()
    {
        await using var machines = new FakeMachines();
        CheckReport report = await CheckRunner.RunAsync(
            new() { Name = "b/i", Jobs = 3, Checks = [.. Enumerable.Range(0, 6).Select(number => Check($"n{number}", "sleep 0.3"))] }, machines, null, null, Cancellation);
        Assert.True(report.Passed);
        Assert.InRange(machines.MostAtOnce, 2, 3);
    }

    [Fact]
    public async Task What_a_check_makes_the_kernel_complain_about_fails_it()
    {
        await using var machines = new FakeMachines(kernelLog: "[    1.0] Booting Linux\n[    2.0] WARNING: CPU: 0 PID: 1 at old.c:1");
        CheckReport report = await RunAsync(machines,
            Check("quiet", "true"),
            Check("noisy", "sed -i 's/^LOG$/[    3.0] BUG: scheduling while atomic\\n&/' \"$HOME/dmesg\""));
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Failed], Outcomes(report));
        Assert.Equal(["Kernel complains: `BUG: scheduling while atomic`"], report.Results[2].Problems);
    }

    [Fact]
    public async Task Golden_outputs_are_accepted_and_then_expected()
    {
        await using var machines = new FakeMachines();
        string file = Path.Combine(machines.Folder, "golden.txt");
        Check check = Check("list", "echo one; echo two") with { Golden = file };
        Check fails = Check("fails", "false") with { Golden = file + ".never" };

        CheckReport report = await RunAsync(machines, check);
        Assert.Equal([$"Golden file `{file}` does not exist; `./build.sh check --accept` writes it"], report.Results[1].Problems);
        report = await CheckRunner.RunAsync(new() { Name = "b/i", Checks = [check, fails], Accept = true }, machines, null, null, Cancellation);
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Failed], Outcomes(report));
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(file, Cancellation));
        Assert.False(File.Exists(file + ".never"));
        report = await RunAsync(machines, check, check with { Name = "other", Run = "echo one" });
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Failed], Outcomes(report));
        Assert.Equal([$"Output differs from golden file `{file}` in line 2: no such line, expected `two`; if that is right, `./build.sh check --accept` takes it"], report.Results[2].Problems);
    }

    [Fact]
    public void A_filter_takes_names_owners_and_globs_and_brings_what_is_needed_in_order()
    {
        Check[] checks = [Check("late", "") with { Needs = ["busybox/early"] }, Check("other", ""), Check("early", ""), new() { Owner = "htop", Name = "version", Run = "" }];
        Assert.Equal(["busybox/early", "busybox/late", "busybox/other", "htop/version"], Names(CheckSelection.Of(checks, [])));
        Assert.Equal(["busybox/early", "busybox/late"], Names(CheckSelection.Of(checks, ["busybox/la*"])));
        Assert.Equal(["htop/version"], Names(CheckSelection.Of(checks, ["htop"])));
        Assert.Equal(["busybox/other"], Names(CheckSelection.Of(checks, ["other"])));
        Assert.Empty(CheckSelection.Of(checks, ["nothing"]));

        static IEnumerable<string> Names(IEnumerable<Check> chosen) => chosen.Select(check => check.FullName);
    }

    [Fact]
    public void A_boot_that_is_clearly_worse_than_the_last_one_is_told()
    {
        BootHistory history = BootHistory.Empty.With(new(TimeSpan.FromSeconds(2), 400 << 20));
        Assert.Empty(BootHistory.Empty.Regressions(new(TimeSpan.FromSeconds(60), 1)));
        Assert.Empty(history.Regressions(new(TimeSpan.FromSeconds(2.9), 390 << 20)));
        Assert.Equal(["Boot time grew from 2.0 s to 3.5 s", "Free memory fell from 400.0 MiB to 350.0 MiB"], history.Regressions(new(TimeSpan.FromSeconds(3.5), 350 << 20)));
        Assert.Empty(history.With(new(TimeSpan.FromSeconds(1), null)).Regressions(new(TimeSpan.FromSeconds(1), 5)));

        BootHistory read = BootHistory.Parse(history.With(new(TimeSpan.FromSeconds(1), null)) + "nonsense\n7 x\n\n");
        Assert.Equal([new(TimeSpan.FromSeconds(2), 400 << 20), new(TimeSpan.FromSeconds(1), null)], read.Boots);
        Assert.Equal(50, Enumerable.Range(0, 60).Aggregate(history, (all, number) => all.With(new(TimeSpan.FromSeconds(number), null))).Boots.Length);
    }

    [Theory]
    [InlineData("[    1.0] WARNING: possible circular locking dependency detected", false)]
    [InlineData("[    1.0] rcu: INFO: rcu_sched self-detected stall on CPU", false)]
    [InlineData("[    1.0] INFO: task sh:12 blocked for more than 120 seconds.", false)]
    [InlineData("[    1.0] watchdog: BUG: soft lockup - CPU#0 stuck for 26s!", false)]
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

    [Theory]
    [InlineData(null, "", false)]
    [InlineData("memory", "", true)]
    [InlineData("partition", "", true)]
    [InlineData("partition", "state", false)]
    public void A_boot_is_asked_where_it_keeps_what_is_written_when_its_root_is_only_read(string? layer, string without, bool asked) =>
        Assert.Equal(asked, StandardChecks.Of(new() { Layer = layer, Without = [without] }, DateTimeOffset.UnixEpoch).Any(check => check.FullName == "boot/state"));

    [Fact]
    public async Task Junit_and_logs_are_written_even_for_output_that_xml_forbids()
    {
        await using var machines = new FakeMachines();
        CheckReport report = await RunAsync(machines, Check("control/characters", "printf '\\033[1m<&\\001\\n'"), Check("fails", "false"), Check("left-out", "true") with { Needs = ["busybox/fails"] });
        string folder = Path.Combine(machines.Folder, "check");
        await CheckFiles.WriteLogsAsync(report, folder, Cancellation);

        XElement suite = XDocument.Parse(CheckFiles.JUnitXml([report, report])).Root!.Elements("testsuite").Last();
        Assert.Equal(("4", "1", "0", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value, suite.Attribute("skipped")!.Value));
        Assert.Equal(["boot-time"], suite.Element("properties")!.Elements().Select(property => property.Attribute("name")!.Value).Where(name => name != "free-memory"));
        Assert.Contains("<&", suite.Elements("testcase").ElementAt(1).Element("system-out")!.Value);
        Assert.Equal("Exit code is 1, expected 0", suite.Elements("testcase").ElementAt(2).Element("failure")!.Attribute("message")!.Value);
        Assert.NotNull(suite.Elements("testcase").ElementAt(3).Element("skipped"));
        string log = await File.ReadAllTextAsync(Path.Combine(folder, "busybox.fails.log"), Cancellation);
        Assert.Equal("$ false\n", log[..8]);
        Assert.True(File.Exists(Path.Combine(folder, "busybox.control_characters.log")));
    }
}
