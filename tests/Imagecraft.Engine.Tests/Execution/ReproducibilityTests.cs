// Actions that are run twice: what leaves something to chance is named with both forms, the rest is only counted.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Reproducibility;
using Imagecraft.Engine.Tests.Sandbox;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class ReproducibilityTests : IDisposable
{
    readonly EngineBench bench = new();
    int runs;

    public ReproducibilityTests()
    {
        bench.Options = bench.Options with { VerifiedShare = 1 };
        Add("counts", (folder, run) => File.WriteAllText($"{folder}/tree/usr/value", $"first line\nrun {run}\nlast line\n"));
        Add("binary", (folder, run) => File.WriteAllBytes($"{folder}/tree/usr/value", [.. new byte[100], (byte)run, 7]));
        Add("once", (folder, run) => File.WriteAllText($"{folder}/tree/usr/{(run == 1 ? "a" : "value")}", "same"));
        Add("linked", (folder, run) => File.CreateSymbolicLink($"{folder}/tree/usr/value", $"target{run}"));
        Add("mode", (folder, run) =>
        {
            File.WriteAllText($"{folder}/tree/usr/value", "same");
            if (run == 2)
                File.SetUnixFileMode($"{folder}/tree/usr/value", (UnixFileMode)0x1ed);
        });
        Add("same", (folder, _) => File.WriteAllText($"{folder}/tree/usr/value", "same"));
    }

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("counts", "in `usr/value` of its output `tree` the first different line is 2:\n first line\n-run 1\n-last line\n-\n+run 2\n+last line\n+\n")]
    [InlineData("binary", "in `usr/value` of its output `tree` the first different byte is 100 of 102 and 102:\n-00000000000000000000000000000000")]
    [InlineData("once", "in `usr/a` of its output `tree` only the first run made it")]
    [InlineData("linked", "in `usr/value` of its output `tree` it leads to `target1` after the first run and to `target2` after the second")]
    [InlineData("mode", "in `usr/value` of its output `tree` it is not executable after the first run and executable after the second")]
    public async Task What_differs_first_is_named(string function, string words)
    {
        var result = await BuildAsync(function);
        var failure = Assert.Single(result.Failures).Failure;
        Assert.Equal(FailureKind.User, failure.Kind);
        Assert.StartsWith($"`x` gave something else when it was run a second time: {words}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, result.ExitCode);
    }

    [Fact]
    public async Task Both_forms_are_kept_and_the_result_is_not()
    {
        var failure = Assert.Single((await BuildAsync("counts")).Failures).Failure;
        var files = failure.Message.Split('\n')[^1].Split('`').Where(part => part.StartsWith('/')).ToList();
        Assert.Equal(["first line\nrun 1\nlast line\n", "first line\nrun 2\nlast line\n"], files.Select(File.ReadAllText));
        Assert.Single((await BuildAsync("counts")).Failures);
    }

    [Fact]
    public async Task What_is_the_same_succeeds_is_counted_and_not_run_again()
    {
        Assert.True((await BuildAsync("same")).Succeeded);
        Assert.Equal(2, runs);
        Assert.Equal("1 of 1 actions were run twice and gave the same", Assert.Single(bench.Events.OfType<BuildEvent.Notice>()).Message);
        Assert.True((await BuildAsync("same")).Succeeded);
        Assert.Equal(2, runs);
    }

    [Fact]
    public void A_share_is_a_share_and_always_the_same()
    {
        using var store = new Engine.Store.ContentStore(bench.Cache);
        var work = new ActionWork.BuiltIn("x", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        bool Chosen(int i) => new SecondRun(store, 0.25, "").Chooses(work, Digest.Of(BitConverter.GetBytes(i)));
        Assert.InRange(Enumerable.Range(0, 1000).Count(Chosen), 200, 300);
        Assert.Equal(Enumerable.Range(0, 100).Select(Chosen), Enumerable.Range(0, 100).Select(Chosen));
        Assert.False(new SecondRun(store, 1, "").Chooses(new ActionWork.Fetch("", "", []), Digest.Empty));
    }

    [Fact]
    public void Texts_of_different_length_are_shown_to_their_ends() =>
        Assert.Equal("the first different line is 2:\n a\n-b\n+", ContentDifference.Describe("a\nb"u8, "a\n"u8));

    [Fact]
    public void Binary_contents_are_shown_around_their_first_difference() =>
        Assert.Equal("the first different byte is 2 of 3 and 4:\n-000162  ..b\n+00016364  ..cd", ContentDifference.Describe([0, 1, (byte)'b'], [0, 1, (byte)'c', (byte)'d']));

    // An action that makes a tree whose content depends on the number of the run.
    void Add(string name, Action<string, int> make) => bench.Functions.Add(new TestFunction(name, async (context, token) =>
    {
        var folder = context.Scratch;
        Directory.CreateDirectory($"{folder}/tree/usr");
        make(folder, ++runs);
        await context.OutputTreeAsync("tree", $"{folder}/tree", token);
    }));

    Task<Engine.Execution.BuildResult> BuildAsync(string function)
    {
        runs = runs == 2 && function != "same" ? 0 : runs;
        return bench.BuildAsync([Node("x", function) with { Outputs = [new OutputSpec("tree", "tree", OutputKind.Tree)] }], "x");
    }
}

public sealed class ReproducibleProcessTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task The_clock_of_a_process_is_found_out()
    {
        var twice = sandbox.With(options => options with { VerifiedShare = 1 });
        var failure = Assert.Single((await twice.BuildAsync(Shell("clock", "date +%s.%N > /out/text"))).Failures).Failure;
        Assert.Contains("`clock` gave something else when it was run a second time: in its output `text` the first different line is 1:\n-", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compilers_word_on_dates_reaches_the_user()
    {
        var result = await sandbox.BuildAsync(Shell("dates", """echo gcc -Wdate-time -c main.c; echo "main.c:3:8: warning: macro \"__DATE__\" might prevent reproducible builds [-Wdate-time]"; echo > /out/text"""));
        Assert.True(result.Succeeded);
        Assert.Equal("`dates` may not be reproducible: main.c:3:8: warning: macro \"__DATE__\" might prevent reproducible builds [-Wdate-time]", Assert.Single(sandbox.Bench.Events.OfType<BuildEvent.Notice>()).Message);
    }
}
