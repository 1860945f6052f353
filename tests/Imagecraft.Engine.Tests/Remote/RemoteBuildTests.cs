// Builds that ask a cache elsewhere, and what happens when it does not do what it should.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Remote;
using Imagecraft.Engine.Store;
using Imagecraft.Engine.Tests.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Remote;

public sealed class RemoteBuildTests : IDisposable
{
    readonly MemoryServer server = new();
    readonly List<EngineBench> benches = [];

    public void Dispose() => benches.ForEach(bench => bench.Dispose());

    // Another machine: an empty cache and an empty workspace.
    EngineBench Machine(bool upload = true)
    {
        var bench = new EngineBench();
        bench.Options = bench.Options with { Remote = server.Options(upload) };
        bench.Functions = [.. bench.Functions, .. TreeFunctions];
        benches.Add(bench);
        return bench;
    }

    // Two packages, merged, and read; a chain of texts beside it.
    static ActionNode[] Graph(string version = "1") =>
    [
        TreeNode("first", "unpack", ("text", Text($"one {version}"))),
        TreeNode("second", "unpack", ("text", Text("two"))),
        TreeNode("both", "merge", ("a", TreeFrom("first")), ("b", TreeFrom("second"))),
        Node("words", "read", ("tree", TreeFrom("both"))),
        Node("size", "length", ("text", From("words"))),
    ];

    [Fact]
    public async Task What_one_machine_built_another_has_without_running_anything_and_without_the_bytes_between()
    {
        var first = Machine();
        var built = await first.BuildAsync(Graph(), "size");
        Assert.True(built.Succeeded);
        Assert.Equal(5, server.Results.Count);

        var second = Machine();
        var result = await second.BuildAsync(Graph(), "size");
        Assert.True(result.Succeeded);
        Assert.Empty(second.Ran);
        Assert.Equal(built.Output(Id("size"), "text"), result.Output(Id("size"), "text"));
        Assert.Equal(first.ReadText(built, "size"), second.ReadText(result, "size"));
        Assert.All(result.Outcomes.Values, outcome => Assert.Equal("memory:test", Assert.IsType<ActionOutcome.Cached>(outcome).From));
        // Nothing but the goal's content came.
        var brought = Directory.EnumerateFiles(Path.Combine(second.Cache, "objects"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file));
        Assert.Equal(built.Output(Id("size"), "text").Digest.Hash, Assert.Single(brought, server.Blobs.ContainsKey));
        var use = second.Events.OfType<BuildEvent.BuildEnded>().Single().Remote!;
        Assert.Equal((5, 5, 0), (use.Asked, use.Found, use.Stored));
    }

    [Fact]
    public async Task What_changed_runs_with_what_the_cache_elsewhere_has_of_the_rest()
    {
        await Machine().BuildAsync(Graph(), "size");
        var second = Machine();
        var result = await second.BuildAsync(Graph("2"), "size");
        Assert.True(result.Succeeded);
        Assert.Equal(["both", "first", "size", "words"], second.Ran.Order(StringComparer.Ordinal));
        // What was changed was given too.
        Assert.Equal(9, server.Results.Count);
    }

    [Fact]
    public async Task A_second_call_asks_nothing_and_a_later_change_still_brings_what_it_needs()
    {
        await Machine().BuildAsync(Graph(), "size");
        var second = Machine();
        await second.BuildAsync(Graph(), "size");
        server.Calls.Clear();
        var again = await second.BuildAsync(Graph(), "size");
        Assert.True(again.Succeeded);
        Assert.Empty(server.Calls);

        // The function that reads the tree is another one now: the tree has to come.
        var changed = Graph();
        changed[3] = changed[3] with { Work = new ActionWork.BuiltIn("read", ImmutableSortedDictionary<string, string>.Empty.Add("new", "1")) };
        var result = await second.BuildAsync(changed, "size");
        Assert.True(result.Succeeded);
        Assert.Equal(["words"], second.Ran);
    }

    [Fact]
    public async Task What_was_built_before_there_was_a_cache_elsewhere_is_given_when_it_is_asked_for_again()
    {
        var first = Machine();
        var remote = first.Options.Remote;
        first.Options = first.Options with { Remote = null };
        await first.BuildAsync(Graph(), "size");
        Directory.Delete(Path.Combine(first.Workspace, ".imagecraft"), recursive: true);
        first.Options = first.Options with { Remote = remote };
        await first.BuildAsync(Graph(), "size");
        Assert.Equal(5, server.Results.Count);
        var second = Machine();
        Assert.True((await second.BuildAsync(Graph(), "size")).Succeeded);
        Assert.Empty(second.Ran);
    }

    [Fact]
    public async Task Nothing_is_given_to_a_cache_that_is_only_to_be_read()
    {
        var bench = Machine(upload: false);
        Assert.True((await bench.BuildAsync(Graph(), "size")).Succeeded);
        Assert.Empty(server.Results);
        Assert.Empty(server.Blobs);
    }

    [Fact]
    public async Task A_cache_that_takes_nothing_is_told_once_and_harms_nothing()
    {
        server.IsWritable = false;
        var bench = Machine();
        Assert.True((await bench.BuildAsync(Graph(), "size")).Succeeded);
        Assert.Contains("Nothing is given to the cache `memory:test` for the rest of this build: it takes no results", Assert.Single(bench.Events.OfType<BuildEvent.Notice>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("words", "text")]
    [InlineData("size", "text")]
    [InlineData("both", "tree")]
    public async Task Content_that_is_gone_behind_a_result_is_made_again(string of, string output)
    {
        var built = await Machine().BuildAsync(Graph(), "size");
        var value = built.Output(Id(of), output);
        var digests = new List<Digest> { value.Digest };
        if (value.Kind == OutputKind.Tree)
        {
            using var store = new ContentStore(benches[0].Cache);
            digests = [.. NodeWalk.Below([value.Digest], store.GetDirectory).SelectMany(node => node.Node!.Files.Select(file => file.Digest.ToDigest()))];
        }

        foreach (var digest in digests)
            server.Lose(digest);
        // What reads it has to run, so that it is missed.
        var changed = Graph();
        changed[^1] = changed[^1] with { Work = new ActionWork.BuiltIn(of == "size" ? "length" : "join", ImmutableSortedDictionary<string, string>.Empty) };
        if (of == "both")
            changed[3] = changed[3] with { Work = new ActionWork.BuiltIn("read", ImmutableSortedDictionary<string, string>.Empty.Add("new", "1")) };
        var second = Machine();
        var result = await second.BuildAsync(changed, "size");
        Assert.True(result.Succeeded, string.Join('\n', second.Events));
        Assert.Contains(of == "both" ? "first" : of, second.Ran);
    }

    [Fact]
    public async Task A_cache_that_sends_other_bytes_is_named_and_not_asked_again_and_nothing_wrong_is_kept()
    {
        var built = await Machine().BuildAsync(Graph(), "size");
        server.Sent = (_, bytes) => [.. bytes.Select(b => (byte)(b ^ 1))];
        var second = Machine();
        var result = await second.BuildAsync(Graph(), "size");
        Assert.True(result.Succeeded);
        Assert.Equal(built.Output(Id("size"), "text"), result.Output(Id("size"), "text"));
        Assert.Contains(second.Events.OfType<BuildEvent.Notice>(), notice => notice.Message.Contains("is something else", StringComparison.Ordinal));
        AssertWhole(second);
    }

    [Fact]
    public async Task Large_content_that_is_something_else_is_not_kept_either()
    {
        var graph = new[] { Node("large", "join", ("text", Text(new string('x', 100_000)))) };
        await Machine().BuildAsync(graph, "large");
        server.Sent = (_, bytes) => [.. bytes.Select(b => (byte)(b ^ 1))];
        var second = Machine();
        Assert.True((await second.BuildAsync(graph, "large")).Succeeded);
        Assert.Equal(["large"], second.Ran);
        AssertWhole(second);
    }

    [Fact]
    public async Task A_result_of_another_action_is_not_taken()
    {
        await Machine().BuildAsync(Graph(), "size");
        var others = server.Results.ToArray();
        for (var i = 0; i < others.Length; i++)
            server.Results[others[i].Key] = others[(i + 1) % others.Length].Value;
        var second = Machine();
        var result = await second.BuildAsync(Graph(), "size");
        Assert.True(result.Succeeded);
        Assert.Equal(5, second.Ran.Count);
        Assert.Contains(second.Events.OfType<BuildEvent.Notice>(), notice => notice.Message.Contains("result of another action", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("ABCDEF")]
    [InlineData("")]
    public async Task A_digest_that_is_none_is_refused(string hash)
    {
        await Machine().BuildAsync(Graph(), "size");
        foreach (var key in server.Results.Keys)
        {
            var result = Reapi.ActionResult.Parser.ParseFrom(server.Results[key]);
            foreach (var file in result.OutputFiles)
                file.Digest = new Reapi.Digest { Hash = hash, SizeBytes = 3 };
            server.Results[key] = result.ToByteArray();
        }

        var second = Machine();
        Assert.True((await second.BuildAsync(Graph(), "size")).Succeeded);
        Assert.Contains(second.Events.OfType<BuildEvent.Notice>(), notice => notice.Message.Contains("digest that is none", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_that_a_server_keeps_is_no_answer()
    {
        await Machine().BuildAsync(Graph(), "size");
        foreach (var key in server.Results.Keys)
        {
            var result = Reapi.ActionResult.Parser.ParseFrom(server.Results[key]);
            result.ExitCode = 1;
            server.Results[key] = result.ToByteArray();
        }

        var second = Machine();
        Assert.True((await second.BuildAsync(Graph(), "size")).Succeeded);
        Assert.Equal(5, second.Ran.Count);
    }

    [Theory]
    [InlineData(RemoteFault.Unavailable)]
    [InlineData(RemoteFault.Refused)]
    [InlineData(RemoteFault.Exhausted)]
    public async Task A_cache_that_cannot_be_asked_costs_no_more_than_some_attempts(RemoteFault fault)
    {
        server.Before = (_, _) => throw new RemoteException(fault, "it is not well");
        var bench = Machine();
        var graph = Enumerable.Range(0, 200).Select(i => Node($"n{i}", "join", ("text", Text($"{i}")))).ToList();
        graph.Add(Node("all", "join", [.. graph.Select(node => (node.Id.Value, From(node.Id.Value)))]));
        Assert.True((await bench.BuildAsync(graph, "all")).Succeeded);
        Assert.Equal(201, bench.Ran.Count);
        Assert.Contains("Nothing is asked of the cache `memory:test` for the rest of this build: it is not well", bench.Events.OfType<BuildEvent.Notice>().Select(notice => notice.Message));
        Assert.InRange(bench.Events.OfType<BuildEvent.Notice>().Count(), 1, 2);
        Assert.InRange(server.Calls.Count, 1, 8);
    }

    [Fact]
    public async Task A_cache_that_hangs_is_left_alone()
    {
        server.Before = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var bench = Machine();
        Assert.True((await bench.BuildAsync(Graph(), "size")).Succeeded);
        Assert.Contains(bench.Events.OfType<BuildEvent.Notice>(), notice => notice.Message.Contains("no answer within 4 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hiccup_is_no_reason_to_leave_it_alone()
    {
        await Machine().BuildAsync(Graph(), "size");
        var calls = 0;
        server.Before = (_, _) => Interlocked.Increment(ref calls) % 2 == 1 ? throw new RemoteException(RemoteFault.Unavailable, "reset") : Task.CompletedTask;
        var second = Machine();
        Assert.True((await second.BuildAsync(Graph(), "size")).Succeeded);
        Assert.Empty(second.Ran);
        Assert.Empty(second.Events.OfType<BuildEvent.Notice>());
    }

    [Fact]
    public async Task A_blob_that_breaks_off_in_its_middle_is_gone_on_with()
    {
        var graph = new[] { Node("large", "join", ("text", Text(new string('x', 100_000)))) };
        await Machine().BuildAsync(graph, "large");
        var broken = false;
        server.Before = (call, _) => call == "read half" && !broken && (broken = true) ? throw new RemoteException(RemoteFault.Unavailable, "reset") : Task.CompletedTask;
        var second = Machine();
        Assert.True((await second.BuildAsync(graph, "large")).Succeeded);
        Assert.Empty(second.Ran);
        Assert.Contains("read 50000", server.Calls);
        AssertWhole(second);
    }

    [Fact]
    public async Task A_server_that_restarts_empty_in_the_middle_is_made_up_for()
    {
        await Machine().BuildAsync(Graph(), "size");
        var second = Machine();
        server.Before = (call, _) =>
        {
            if (call is "read-many")
            {
                server.Blobs.Clear();
                server.Results.Clear();
            }

            return Task.CompletedTask;
        };
        var result = await second.BuildAsync(Graph(), "size");
        Assert.True(result.Succeeded, string.Join('\n', second.Events));
        Assert.Equal(benches[0].ReadText(result, "size"), second.ReadText(result, "size"));
    }

    [Fact]
    public async Task Many_questions_are_open_at_once()
    {
        const int count = 500;
        var graph = Enumerable.Range(0, count).Select(i => Node($"n{i}", "join", ("text", Text($"{i}")))).ToArray();
        var goals = graph.Select(node => node.Id.Value).ToArray();
        var first = Machine();
        Assert.True((await first.BuildAsync(graph, goals)).Succeeded);
        // Nobody is answered before so many have asked.
        var asked = 0;
        var enough = new TaskCompletionSource();
        server.Before = async (call, cancel) =>
        {
            if (call != "find-result")
                return;
            if (Interlocked.Increment(ref asked) == 64)
                enough.SetResult();
            await enough.Task.WaitAsync(cancel);
        };
        var second = Machine();
        var result = await second.BuildAsync(graph, goals);
        Assert.True(result.Succeeded);
        Assert.Empty(second.Ran);
    }

    [Fact]
    public async Task A_build_that_is_stopped_does_not_wait_for_it()
    {
        using var stop = new CancellationTokenSource();
        server.Before = async (call, cancel) =>
        {
            if (call == "connect")
                return;
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancel);
        };
        var bench = Machine();
        using var engine = new BuildEngine(bench.Options, bench.Functions, bench.Fetcher);
        var result = await engine.RunAsync(Imagecraft.Engine.Graph.ActionGraph.Create(Graph()), [Id("size")], bench.Events.Add, stop.Token);
        Assert.True(result.Cancelled);
    }

    static void AssertWhole(EngineBench bench)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(bench.Cache, "objects"), "*", SearchOption.AllDirectories))
            Assert.Equal(Path.GetFileName(file)[..64], Digest.Of(File.ReadAllBytes(file)).Hash);
    }
}
