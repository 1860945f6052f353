// What people see of checks, and how declared checks reach the runner.

using System.Collections.Immutable;
using Imagecraft.Cli.Checking;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.VirtualNpu;
using Imagecraft.Planning;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Cli.Tests;

public sealed class CheckTextTests
{
    private static readonly SourceSpan _span = new("recipes/tool.yaml", 1, 1, 0);

    private static readonly Check _check = new() { Owner = "tool", Name = "help", Run = "tool --help\nsecond" };

    private static Sited<string> At(string text) => new(text, _span);

    [Fact]
    public void A_failed_check_shows_command_problems_and_output()
    {
        var result = new CheckResult(_check, CheckOutcome.Failed, ["Exit code is 1, expected 0"], "one\n\ntwo\n", TimeSpan.FromSeconds(1.5));

        Assert.Equal(
            ["FAILED  tool: help  1.5 s", "  $ tool --help", "  $ second", "  Exit code is 1, expected 0", "  | one", "  | two"],
            CheckText.Lines(result));
        Assert.Equal(["passed  tool: help  1.5 s"], CheckText.Lines(result with { Outcome = CheckOutcome.Passed }));
        Assert.Equal(
            ["left out  tool: help  0.0 s", "  Not run, because the board has no `/dev/x`, which it needs"],
            CheckText.Lines(new(_check, CheckOutcome.LeftOut, ["Not run, because the board has no `/dev/x`, which it needs"], "", TimeSpan.Zero)));
    }

    [Fact]
    public void Summaries_count_checks_and_boots()
    {
        ImmutableArray<CheckResult> results =
        [
            new(_check, CheckOutcome.Passed, [], "", TimeSpan.Zero),
            new(_check, CheckOutcome.LeftOut, ["x"], "", TimeSpan.Zero),
        ];
        var good = new CheckReport("b/i", results, new(TimeSpan.FromSeconds(2), 3 << 20));
        var bad = new CheckReport("b/i", [results[0] with { Outcome = CheckOutcome.Broken }], null);

        Assert.Equal("1 checks passed, 0 failed, 1 left out; login after 2.0 s, 3.0 MiB free", CheckText.Summary(good));
        Assert.Equal("0 checks passed, 1 failed; no login", CheckText.Summary(bad));
        Assert.Equal("2 of 3 boots passed; login after 2.0 s to 4.0 s, median 4.0 s", CheckText.Summary([good, bad, good with { Figures = new(TimeSpan.FromSeconds(4), null) }]));
        Assert.Equal("0 of 1 boots passed; no login", CheckText.Summary([bad]));
    }

    [Theory]
    [InlineData("stall", false)]
    [InlineData("firmware-version", true)]
    [InlineData("firmware-version:2", true)]
    public void Faults_go_to_the_server_and_one_of_them_keeps_the_driver_from_starting(string fault, bool prevents)
    {
        var check = DeclaredChecks.Of(new PlannedCheck("npu", new() { Name = At("x"), Run = At("true"), Faults = [At(fault)] }) { Accelerators = ["npu"] }, "/somewhere");
        Assert.Equal((fault, prevents), (Assert.Single(check.Faults), check.FaultsPreventStart));
    }

    // YAML and the server have the same words.
    [Fact]
    public void The_faults_that_checks_may_have_are_those_of_the_server() => Assert.Equal(
        Enum.GetNames<Fault>().Order(StringComparer.Ordinal),
        FaultNames.All.Select(name => string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))).Order(StringComparer.Ordinal));

    [Fact]
    public void A_declared_check_keeps_all_that_it_says()
    {
        var spec = new CheckSpec
        {
            Name = At("help"),
            Run = At("tool"),
            Exit = 2,
            Golden = At("recipes/help.txt"),
            Contains = [At("a")],
            Matches = [At("b")],
            TimeoutSeconds = 7,
            Needs = [At("other"), At("busybox/version"), At("/dev/null"), At("package:tool")],
        };

        var check = DeclaredChecks.Of(new PlannedCheck("tool", spec), "/somewhere");

        Assert.Equal(("tool/help", "tool", 2, "/somewhere/recipes/help.txt", TimeSpan.FromSeconds(7)), (check.FullName, check.Run, check.Exit, check.Golden, check.Limit));
        Assert.Equal(["tool/other", "busybox/version", "/dev/null"], check.Needs);
        Assert.Equal(["a", "b"], [.. check.Contains, .. check.Matches]);
        Assert.Equal("out", DeclaredChecks.Of(new PlannedCheck("tool", spec with { Golden = null, Output = At("out") }), "/somewhere").Output);
    }
}
