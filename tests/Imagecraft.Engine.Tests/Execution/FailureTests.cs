// What happens when something goes wrong: whose fault it is, what is still run, what the user reads.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class FailureTests : IDisposable
{
    readonly EngineBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task A_failure_is_the_users_and_skips_what_depends_on_it()
    {
        var result = await bench.BuildAsync([Failing("a", "It is wrong"), Node("b", "join", ("a", From("a")))], "b");
        var (id, failure) = Assert.Single(result.Failures);
        Assert.Equal(("a", FailureKind.User, "It is wrong"), (id.Value, failure.Kind, failure.Message));
        Assert.Equal(["about to fail"], failure.LastLines);
        Assert.Equal("about to fail\n", File.ReadAllText(failure.LogPath!));
        Assert.Equal(Id("a"), Assert.IsType<ActionOutcome.Skipped>(result.Outcomes[Id("b")]).Because);
        Assert.Equal(3, result.ExitCode);
    }

    [Fact]
    public async Task With_keep_going_the_others_are_built()
    {
        ActionNode[] nodes = [Failing("a", "no"), Node("b", "length", ("x", Text("b"))), Node("c", "join", ("b", From("b"))), Node("d", "join", ("a", From("a")), ("c", From("c")))];
        bench.Options = bench.Options with { KeepGoing = true };
        var result = await bench.BuildAsync(nodes, "d");
        Assert.IsType<ActionOutcome.Executed>(result.Outcomes[Id("c")]);
        Assert.IsType<ActionOutcome.Skipped>(result.Outcomes[Id("d")]);
        Assert.False(result.Succeeded);
    }

    [Fact]
    public async Task After_a_failure_the_next_correct_build_succeeds()
    {
        await bench.BuildAsync([Failing("a", "no")], "a");
        var result = await bench.BuildAsync([Node("a", "join", ("x", Text("right")))], "a");
        Assert.Equal("right", bench.ReadText(result, "a"));
    }

    [Fact]
    public async Task An_exception_nobody_expected_is_a_bug_with_its_stack()
    {
        var result = await bench.BuildAsync([Node("a", "break")], "a");
        Assert.Equal(FailureKind.Bug, result.Failures[0].Failure.Kind);
        Assert.Contains("InvalidOperationException: a bug", result.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task A_declared_output_that_is_not_made_is_named()
    {
        var result = await bench.BuildAsync([Node("a", "nothing")], "a");
        Assert.Equal("`a` succeeded but did not make its declared outputs [`text` (text)]", result.Failures[0].Failure.Message);
    }

    [Fact]
    public async Task A_missing_local_input_is_named()
    {
        var result = await bench.BuildAsync([Node("a", "join", ("in", Local("recipes/none.patch")))], "a");
        Assert.Equal(FailureKind.User, result.Failures[0].Failure.Kind);
        Assert.Contains("`recipes/none.patch`, which `a` reads, does not exist", result.Failures[0].Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_function_is_answered_with_the_known_ones()
    {
        var result = await bench.BuildAsync([Node("a", "jion")], "a");
        Assert.Contains("`a` wants the built-in `jion`, which is none of [break, fail, join, length, nothing, sleep]", result.Failures[0].Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_takes_too_long_is_ended()
    {
        var result = await bench.BuildAsync([Node("a", "sleep") with { Timeout = TimeSpan.FromMilliseconds(50) }], "a");
        Assert.Equal("`a` took longer than its limit of 0.1 s", result.Failures[0].Failure.Message);
    }

    [Fact]
    public async Task A_stop_ends_what_runs_and_starts_nothing_more()
    {
        using var stop = new CancellationTokenSource();
        using var engine = new BuildEngine(bench.Options, bench.Functions, bench.Fetcher);
        var graph = ActionGraph.Create([Node("a", "sleep"), Node("b", "join", ("a", From("a")))]);
        var result = await engine.RunAsync(graph, [Id("b")], e =>
        {
            if (e is BuildEvent.ActionStarted)
                stop.Cancel();
        }, stop.Token);
        Assert.True(result.Cancelled);
        Assert.Equal(130, result.ExitCode);
        Assert.Equal(FailureKind.Cancelled, result.Failures[0].Failure.Kind);
    }

    [Fact]
    public async Task A_fetch_is_known_by_its_hash_alone_and_is_not_repeated()
    {
        bench.Fetcher.Content["https://example.org/a"] = "content";
        var sha256 = Digest.Of("content"u8).Hash;
        Assert.Equal("content", bench.ReadText(await bench.BuildAsync([.. Fetch(sha256, "https://example.org/a")], "b"), "b"));
        Assert.Equal("content", bench.ReadText(await bench.BuildAsync([.. Fetch(sha256, "https://example.com/elsewhere")], "b"), "b"));
        Assert.Single(bench.Fetcher.Fetched);
    }

    [Fact]
    public async Task A_fetch_with_other_content_fails_with_both_hashes()
    {
        bench.Fetcher.Content["https://example.org/a"] = "changed";
        var result = await bench.BuildAsync([.. Fetch(Digest.Of("content"u8).Hash, "https://example.org/a")], "b");
        var failure = result.Failures[0].Failure;
        Assert.Equal(FailureKind.User, failure.Kind);
        Assert.Contains(Digest.Of("content"u8).Hash, failure.Message, StringComparison.Ordinal);
        Assert.Contains(Digest.Of("changed"u8).Hash, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_that_does_not_answer_is_the_environments_fault()
    {
        var result = await bench.BuildAsync([.. Fetch(Digest.Of("content"u8).Hash, "https://example.org/a")], "b");
        Assert.Equal(2, result.ExitCode);
    }

    [Fact]
    public async Task Offline_nothing_is_fetched_and_the_remedy_is_named()
    {
        bench.Options = bench.Options with { Offline = true };
        var result = await bench.BuildAsync([.. Fetch(Digest.Of("content"u8).Hash, "https://example.org/a")], "b");
        Assert.Empty(bench.Fetcher.Fetched);
        Assert.Contains("`./build.sh fetch`", result.Failures[0].Failure.Message, StringComparison.Ordinal);
    }

    static ActionNode Failing(string id, string message) => Node(id, "fail") with
    {
        Work = new ActionWork.BuiltIn("fail", ImmutableSortedDictionary<string, string>.Empty.Add("message", message)),
    };

    static IEnumerable<ActionNode> Fetch(string sha256, string place) =>
    [
        new ActionNode { Id = Id("a"), Work = new ActionWork.Fetch(sha256, "a.tar", [place]), Outputs = [new OutputSpec("file", "file", OutputKind.File)] },
        Node("b", "join", ("a", new InputSource.OutputOf(Id("a"), "file"))),
    ];
}
