// What runs, what the cache answers, and why.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class BuildTests : IDisposable
{
    readonly EngineBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task A_goal_is_made_from_the_outputs_of_others()
    {
        var result = await bench.BuildAsync([Node("a", "join", ("x", Text("one "))), Node("b", "join", ("a", From("a")), ("y", Text("two")))], "b");
        Assert.True(result.Succeeded);
        Assert.Equal("one two", bench.ReadText(result, "b"));
        Assert.Equal("never built in this workspace", ReasonOf(result, "b"));
    }

    [Fact]
    public async Task Nothing_runs_when_nothing_changed_and_no_scratch_folder_is_made()
    {
        ActionNode[] nodes = [Node("a", "join", ("x", Text("one"))), Node("b", "length", ("a", From("a")))];
        await bench.BuildAsync(nodes, "b");
        Directory.Delete(Path.Combine(bench.Cache, "scratch"), recursive: true);
        var again = await bench.BuildAsync(nodes, "b");
        Assert.Empty(bench.Ran);
        Assert.All(again.Outcomes.Values, o => Assert.IsType<ActionOutcome.Cached>(o));
        Assert.False(Directory.Exists(Path.Combine(bench.Cache, "scratch")));
    }

    [Fact]
    public async Task An_unchanged_output_stops_the_rebuild()
    {
        bench.Write("in", "abc");
        ActionNode[] nodes = [Node("a", "length", ("in", Local("in"))), Node("b", "join", ("a", From("a")))];
        await bench.BuildAsync(nodes, "b");
        bench.Write("in", "xyz");
        var result = await bench.BuildAsync(nodes, "b");
        Assert.Equal(["a"], bench.Ran);
        Assert.Equal("input /in from `in` changed (a reads in)", ReasonOf(result, "a"));
        Assert.IsType<ActionOutcome.Cached>(result.Outcomes[Id("b")]);
    }

    [Fact]
    public async Task A_change_back_is_answered_by_the_cache()
    {
        ActionNode[] With(string text) => [Node("a", "join", ("x", Text(text)))];
        await bench.BuildAsync(With("one"), "a");
        await bench.BuildAsync(With("two"), "a");
        var result = await bench.BuildAsync(With("one"), "a");
        Assert.Empty(bench.Ran);
        Assert.Equal("one", bench.ReadText(result, "a"));
    }

    [Fact]
    public async Task Another_workspace_with_the_same_cache_runs_nothing()
    {
        ActionNode[] nodes = [Node("a", "join", ("x", Text("one"))), Node("b", "length", ("a", From("a")))];
        await bench.BuildAsync(nodes, "b");
        bench.Options = bench.Options with { WorkspaceRoot = Directory.CreateDirectory(bench.Workspace + "2").FullName };
        var result = await bench.BuildAsync(nodes, "b");
        Assert.Empty(bench.Ran);
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task An_emptied_cache_is_filled_again_with_the_reason_named()
    {
        ActionNode[] nodes = [Node("a", "join", ("x", Text("one"))), Node("b", "length", ("a", From("a")))];
        await bench.BuildAsync(nodes, "b");
        Directory.Delete(bench.Cache, recursive: true);
        var result = await bench.BuildAsync(nodes, "b");
        Assert.Equal(["a", "b"], bench.Ran);
        Assert.Equal("its result is no longer in the cache", ReasonOf(result, "b"));
    }

    [Fact]
    public async Task A_new_identity_of_a_function_runs_it_again_and_names_the_property()
    {
        ActionNode[] nodes = [Node("a", "nothing") with { Outputs = [] }];
        await bench.BuildAsync(nodes, "a");
        bench.Functions = [new TestFunction("nothing", (_, _) => Task.CompletedTask, "2")];
        var result = await bench.BuildAsync(nodes, "a");
        Assert.Equal("property `identity` changed from `1` to `2`", ReasonOf(result, "a"));
    }

    [Fact]
    public async Task Only_what_the_goals_need_is_built()
    {
        await bench.BuildAsync([Node("a", "join"), Node("b", "join", ("t", Text("b")))], "b");
        Assert.Equal(["b"], bench.Ran);
    }

    [Fact]
    public async Task Two_actions_with_one_key_run_once()
    {
        var result = await bench.BuildAsync([Node("a", "join", ("x", Text("same"))), Node("b", "join", ("x", Text("same"))), Node("c", "join", ("a", From("a")), ("b", From("b")))], "c");
        Assert.True(result.Succeeded);
        Assert.Equal("samesame", bench.ReadText(result, "c"));
        Assert.Equal(2, bench.Ran.Count);
    }

    [Fact]
    public async Task A_local_folder_counts_by_its_content_without_the_excluded()
    {
        bench.Write("src/a.c", "int a;");
        bench.Write("src/a.o", "1");
        ActionNode[] nodes = [Node("a", "join", ("src", new InputSource.Local("src", ["*.o"])))];
        await bench.BuildAsync(nodes, "a");
        bench.Write("src/a.o", "2");
        await bench.BuildAsync(nodes, "a");
        Assert.Empty(bench.Ran);
        bench.Write("src/b.c", "int b;");
        await bench.BuildAsync(nodes, "a");
        Assert.Equal(["a"], bench.Ran);
    }

    [Fact]
    public async Task Two_thousand_actions_are_built_and_then_answered()
    {
        var nodes = new List<ActionNode>();
        for (var i = 0; i < 2_000; i++)
            nodes.Add(Node($"n{i}", "nothing", i < 100 ? [] : [("a", From($"n{i - 100}")), ("b", From($"n{i / 2}"))]));
        bench.Functions = [new TestFunction("nothing", (context, _) =>
        {
            context.Output("text", new OutputValue(context.Inputs.Length == 0 ? context.Store.Put("seed"u8) : context.Inputs[0].Value.Digest, OutputKind.File));
            return Task.CompletedTask;
        })];
        string[] goals = [.. nodes.TakeLast(100).Select(n => n.Id.Value)];
        var first = await bench.BuildAsync(nodes, goals);
        Assert.True(first.Succeeded);
        var second = await bench.BuildAsync(nodes, goals);
        Assert.Empty(bench.Ran);
        Assert.Equal(2_000, second.Outcomes.Count);
    }
}
