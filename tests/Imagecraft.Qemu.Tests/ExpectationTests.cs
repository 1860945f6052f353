// Checks that expect an end of their machine or words of the kernel, that are known to fail, and that are chosen by tags.

using System.Xml.Linq;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Qemu.Tests;

public class ExpectationTests
{
    private const string Panic = "printf '[    3.1] Kernel panic - not syncing: sysrq triggered crash\\r\\n[    3.2] ---[ end Kernel panic - not syncing: sysrq triggered crash ]---\\r\\n' >/dev/tty; kill -9 $$; sleep 9";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Check Check(string name, string run) => new() { Owner = "acme", Name = name, Run = run, Limit = TimeSpan.FromSeconds(20) };

    private static async Task<CheckReport> RunAsync(string kernelLog, params Check[] checks)
    {
        await using var machines = new FakeMachines(kernelLog: kernelLog);
        return await CheckRunner.RunAsync(new() { Name = "b/i", Checks = [.. checks] }, machines, null, null, Cancellation);
    }

    [Fact]
    public async Task A_panic_that_is_expected_passes_and_its_absence_fails()
    {
        CheckReport report = await RunAsync("",
            Check("panics", Panic) with { Expects = ExpectedEnd.Panic },
            Check("lives", "true") with { Expects = ExpectedEnd.Panic, Limit = TimeSpan.FromSeconds(2) },
            Check("stays", Panic) with { Expects = ExpectedEnd.Reboot });
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Failed, CheckOutcome.Failed], report.Results.Select(result => result.Outcome));
        Assert.Equal(["Kernel did not panic within 2 s"], report.Results[2].Problems);
        Assert.StartsWith("Machine did not reboot within 20 s: Kernel panic: ", Assert.Single(report.Results[3].Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_of_the_kernel_that_are_expected_must_come_and_are_no_fault()
    {
        static string Says(string line) => $"sed -i 's/^LOG$/[    3.0] {line}\\n[    3.0] Call trace:\\n&/' \"$HOME/dmesg\"";
        CheckReport report = await RunAsync("[    1.0] Booting Linux",
            Check("says", Says("WARNING: acme is hot")) with { KernelMessages = ["WARNING: acme is (hot|cold)"] },
            Check("silent", "true") with { KernelMessages = ["WARNING: acme"] },
            Check("other", Says("WARNING: other")) with { KernelMessages = ["WARNING: acme"] });
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Failed, CheckOutcome.Failed], report.Results.Select(result => result.Outcome));
        Assert.Equal(["Kernel says nothing that matches `WARNING: acme`"], report.Results[2].Problems);
        Assert.Equal(["Kernel says nothing that matches `WARNING: acme`", "Kernel complains: `WARNING: other`", "Kernel complains: `Call trace:`"], report.Results[3].Problems);
    }

    [Fact]
    public async Task A_known_failure_fails_nothing_and_is_told_when_it_passes()
    {
        CheckReport report = await RunAsync("",
            Check("fails", "false") with { KnownFailure = "Case 1234" },
            Check("passes", "true") with { KnownFailure = "Case 1235" },
            Check("needs-it", "true") with { Needs = ["acme/passes"] });
        Assert.True(report.Passed);
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.KnownFailure, CheckOutcome.UnexpectedPass, CheckOutcome.Passed], report.Results.Select(result => result.Outcome));
        Assert.Equal(["It is known to fail (Case 1235), and passed; remove its `known-failure`"], report.Results[2].Problems);
        XElement suite = XDocument.Parse(CheckFiles.JUnitXml([report])).Root!.Element("testsuite")!;
        Assert.Equal(("0", "1"), (suite.Attribute("failures")!.Value, suite.Attribute("skipped")!.Value));
        Assert.Equal("Known failure: Case 1234", suite.Elements("testcase").ElementAt(1).Element("skipped")!.Attribute("message")!.Value);
    }

    [Fact]
    public void Tags_choose_and_what_is_needed_comes_along()
    {
        Check[] checks = [Check("slow", "") with { Tags = ["slow", "net"], Needs = ["acme/base"] }, Check("quick", "") with { Tags = ["net"] }, Check("base", "")];
        Assert.Equal(["base", "slow"], CheckSelection.Of(checks, [], ["slow"]).Select(check => check.Name));
        Assert.Equal(["quick"], CheckSelection.Of(checks, [], ["net"], ["slow"]).Select(check => check.Name));
        Assert.Equal(["quick", "base"], CheckSelection.Of(checks, [], null, ["slow"]).Select(check => check.Name));
        Assert.Empty(CheckSelection.Of(checks, ["base"], ["net"]));
    }
}
