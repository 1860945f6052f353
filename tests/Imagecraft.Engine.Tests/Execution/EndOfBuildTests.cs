// How a build ends when several things happen at once: every action has an end that names its cause, and nothing escapes as an exception.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class EndOfBuildTests : IDisposable
{
    readonly EngineBench bench = new();

    public EndOfBuildTests() => bench.Functions.AddRange(TreeFunctions);

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task What_reads_an_action_whose_sandbox_failed_ends_too_and_names_it()
    {
        bench.Options = bench.Options with { KeepGoing = true, SandboxRoot = new InputSource.OutputOf(Id("root"), "tree") };
        var result = await bench.BuildAsync([Failing("root"), Fetch("fetch"), Node("reader", "join", ("f", File("fetch"))), Node("last", "join", ("r", From("reader")))], "last");
        AssertSkipped(result, ("fetch", "root"), ("reader", "root"), ("last", "root"));
    }

    [Fact]
    public async Task A_sandbox_of_what_failed_before_it_was_wanted_is_not_waited_for()
    {
        bench.Options = bench.Options with { KeepGoing = true, Cpus = 1, SandboxRoot = new InputSource.OutputOf(Id("root"), "tree") };
        // `late` gets ready only after `source` has failed.
        bench.Functions.Add(new TestFunction("slow", async (context, token) =>
        {
            while (!bench.Events.ToArray().OfType<BuildEvent.ActionEnded>().Any(e => e.Id == Id("source")))
                await Task.Delay(5, token);
            context.Output("tree", new OutputValue(context.Store.PutDirectory(new Reapi.Directory()), OutputKind.Tree));
        }));
        bench.Options = bench.Options with { Cpus = 2 };
        var result = await bench.BuildAsync(
            [Failing("source"), TreeNode("root", "merge", ("s", TreeFrom("source"))), TreeNode("late", "slow"), Fetch("fetch", TreeFrom("late")), Node("reader", "join", ("f", File("fetch"))), Node("other", "read", ("s", TreeFrom("source")))],
            "reader",
            "other");
        AssertSkipped(result, ("root", "source"), ("fetch", "source"), ("reader", "source"), ("other", "source"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_while_lost_goals_are_looked_for_ends_as_a_stop(bool meanwhile)
    {
        ActionNode[] nodes = [Node("a", "join", ("x", Text("one")))];
        var digest = (await bench.BuildAsync(nodes, "a")).Output(Id("a"), "text").Digest;
        using var stop = new CancellationTokenSource();
        using var engine = new BuildEngine(
            bench.Options with
            {
                Deliver = async (_, _) =>
                {
                    if (!meanwhile)
                        await stop.CancelAsync();
                    throw new ContentMissingException(digest);
                },
            },
            bench.Functions,
            bench.Fetcher);
        var result = await engine.RunAsync(ActionGraph.Create(nodes), [Id("a")], Tell, stop.Token);
        Assert.Equal((true, 130), (result.Cancelled, result.ExitCode));

        void Tell(BuildEvent told)
        {
            // That it is looked for is told once it was: the next round meets the stop.
            if (meanwhile && told is BuildEvent.Notice)
                stop.Cancel();
        }
    }

    [Fact]
    public async Task What_was_sent_back_is_skipped_when_a_producer_fails_meanwhile()
    {
        // `reader` runs into lost content of `lost` while `fails`, which it reads too, was sent back by `other` and fails.
        bench.Options = bench.Options with { KeepGoing = true, Cpus = 4 };
        var broken = false;
        bench.Functions.Add(new TestFunction("once", (context, _) =>
        {
            if (broken)
                throw new ActionFailedException("no longer");
            context.Output("text", new OutputValue(context.Store.Put(System.Text.Encoding.UTF8.GetBytes(context.Inputs[0].Name)), OutputKind.File));
            return Task.CompletedTask;
        }));
        bench.Functions.Add(new TestFunction("late", async (context, token) =>
        {
            while (!bench.Events.ToArray().OfType<BuildEvent.ActionEnded>().Any(e => e is { Outcome: ActionOutcome.Failed }))
                await Task.Delay(5, token);
            foreach (var input in context.Inputs)
                context.Store.Read(input.Value.Digest);
            context.Output("text", context.Inputs[0].Value);
        }));
        ActionNode[] Nodes(string extra) =>
        [
            Node("fails", "once", ("one", Text("1"))),
            Node("lost", "join", ("two", Text("2"))),
            Node("other", "join", ("f", From("fails")), ("x", Text(extra))),
            Node("reader", "late", ("l", From("lost")), ("f", From("fails")), ("x", Text(extra))),
            Node("last", "join", ("r", From("reader"))),
        ];
        var first = await bench.BuildAsync([.. Nodes("1").Take(3)], "other", "lost");
        bench.Lose(first.Output(Id("fails"), "text").Digest);
        bench.Lose(first.Output(Id("lost"), "text").Digest);
        broken = true;
        var result = await bench.BuildAsync(Nodes("2"), "other", "last");
        Assert.Equal("fails", Assert.Single(result.Failures).Id.Value);
        AssertSkipped(result, ("reader", "fails"), ("last", "fails"), ("other", "fails"));
    }

    [Fact]
    public async Task A_reason_that_is_cut_within_a_character_of_two_words_is_remembered()
    {
        ActionNode Sized(string text) => Node("a", "join", ("x", Text("one"))) with { Work = new ActionWork.BuiltIn("join", ImmutableSortedDictionary<string, string>.Empty.Add("text", text)) };
        await bench.BuildAsync([Sized("short")], "a");
        var second = await bench.BuildAsync([Sized(new string('x', 119) + "\U0001F680 and more")], "a");
        Assert.Equal($"parameter `text` changed from `short` to `{new string('x', 119)}...`", ReasonOf(second, "a"));
        await bench.BuildAsync([Sized(new string('x', 119) + "\U0001F680 and more")], "a");
        Assert.Empty(bench.Ran);
    }

    [Fact]
    public async Task A_sandbox_that_is_made_in_a_sandbox_is_an_error_that_names_both()
    {
        bench.Options = bench.Options with { KeepGoing = true, SandboxRoot = new InputSource.OutputOf(Id("root"), "tree") };
        var result = await bench.BuildAsync(
            [Node("first", "join", ("x", Text("1"))), Fetch("fetch"), TreeNode("root", "unpack", ("f", File("fetch")), ("first", From("first"))), Node("other", "join", ("x", Text("2"))), Node("last", "join", ("f", File("fetch")), ("o", From("other")))],
            "last");
        var failure = Assert.Single(result.Failures);
        Assert.Equal(("fetch", FailureKind.User), (failure.Id.Value, failure.Failure.Kind));
        Assert.StartsWith("`fetch` runs in a sandbox and `root`, the tree with bubblewrap, is made of it", failure.Failure.Message, StringComparison.Ordinal);
        AssertSkipped(result, ("last", "fetch"), ("root", "fetch"));
    }

    void AssertSkipped(BuildResult result, params (string Id, string Because)[] expected)
    {
        foreach (var (id, because) in expected)
        {
            Assert.Equal(because, Assert.IsType<ActionOutcome.Skipped>(result.Outcomes[Id(id)]).Because?.Value);
            Assert.Equal(result.Outcomes[Id(id)], bench.Events.OfType<BuildEvent.ActionEnded>().Last(e => e.Id == Id(id)).Outcome);
        }
    }

    static ActionNode Failing(string id) => TreeNode(id, "fail") with { Work = new ActionWork.BuiltIn("fail", ImmutableSortedDictionary<string, string>.Empty.Add("message", "no")) };

    static InputSource.OutputOf File(string id) => new(Id(id), "file");

    static ActionNode Fetch(string id, params InputSource[] trees) => new()
    {
        Id = Id(id),
        Work = new ActionWork.FetchCommit(new string('1', 40), null, id, ["git:https://example.org/a"]),
        Inputs = [.. trees.Select(t => new InputEdge("/", t, "git"))],
        Outputs = [new OutputSpec("file", "file", OutputKind.File)],
    };
}
