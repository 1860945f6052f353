// Every rebuild has a named reason, down to the file that caused it.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class WhyTests : IDisposable
{
    readonly EngineBench bench = new();

    public void Dispose() => bench.Dispose();

    static ActionNode[] Chain(string text = "-") =>
    [
        Node("a", "join", ("in", Local("in.txt"))),
        Node("b", "join", ("a", From("a")), ("t", Text(text))),
        Node("c", "join", ("b", From("b"))),
    ];

    IEnumerable<string> Forecasts(IEnumerable<ActionNode> nodes)
    {
        using var engine = new BuildEngine(bench.Options, bench.Functions, bench.Fetcher);
        return engine.Forecast(ActionGraph.Create(nodes)).Select(forecast => $"{forecast.Verdict} {forecast.Words}");
    }

    WhyAnswer Why(IEnumerable<ActionNode> nodes, string id)
    {
        using var engine = new BuildEngine(bench.Options, bench.Functions, bench.Fetcher);
        return engine.Explain(ActionGraph.Create(nodes), Id(id));
    }

    [Fact]
    public void Before_the_first_build_nothing_was_ever_built()
    {
        bench.Write("in.txt", "1");
        var answer = Why(Chain(), "c");
        Assert.Equal(WhyVerdict.Undecided, answer.Verdict);
        Assert.Equal(
            """
            `c` depends on `b`, which has to run first (c reads b)
              `b` depends on `a`, which has to run first (b reads a)
                `a` has to run: never built in this workspace
            """, answer.Text);
    }

    [Fact]
    public async Task A_forecast_says_of_each_action_what_the_next_build_does()
    {
        bench.Write("in.txt", "1");
        Assert.Equal(["Stale never built in this workspace", "Undecided after a", "Undecided after b"], Forecasts(Chain()));
        await bench.BuildAsync(Chain(), "c");
        Assert.Equal(["UpToDate ", "UpToDate ", "UpToDate "], Forecasts(Chain()));
        Assert.Equal(["UpToDate ", "Stale input /t from the plan changed (b reads t)", "Undecided after b"], Forecasts(Chain("other")));
        await bench.BuildAsync(Chain("other"), "c");
        Assert.Equal(["UpToDate ", "Cached ", "Cached "], Forecasts(Chain()));
    }

    [Fact]
    public async Task A_changed_file_is_found_before_the_build_and_after_it()
    {
        bench.Write("in.txt", "1");
        await bench.BuildAsync(Chain(), "c");
        Assert.Equal("`c` is up to date\n  `c` last ran because: never built in this workspace", Why(Chain(), "c").Text);
        bench.Write("in.txt", "2");
        Assert.EndsWith("`a` has to run: input /in from `in.txt` changed (a reads in)", Why(Chain(), "c").Text.Split('\n')[2], StringComparison.Ordinal);
        await bench.BuildAsync(Chain(), "c");
        Assert.Equal(
            """
            `c` is up to date
              `c` last ran because: input /b from `text` of `b` changed (c reads b)
                `b` last ran because: input /a from `text` of `a` changed (b reads a)
                  `a` last ran because: input /in from `in.txt` changed (a reads in)
            """, Why(Chain(), "c").Text);
    }

    [Fact]
    public async Task A_new_input_and_a_removed_one_are_named()
    {
        await bench.BuildAsync([Node("a", "join", ("x", Text("1")))], "a");
        ActionNode[] more = [Node("a", "join", ("x", Text("1")), ("y", Text("2")))];
        Assert.Equal("`a` has to run: input /y from the plan is new (a reads y)", Why(more, "a").Text.Split('\n')[0]);
        await bench.BuildAsync(more, "a");
        Assert.Equal("`a` has to run: input /x from the plan is gone (a reads x)", Why([Node("a", "join", ("y", Text("2")))], "a").Text.Split('\n')[0]);
    }

    [Fact]
    public async Task A_changed_order_is_named()
    {
        await bench.BuildAsync([Node("a", "join", ("x", Text("1")), ("y", Text("2")))], "a");
        Assert.Equal("`a` has to run: order changed: input /y from the plan is where input /x from the plan was", Why([Node("a", "join", ("y", Text("2")), ("x", Text("1")))], "a").Text.Split('\n')[0]);
    }

    [Fact]
    public async Task A_changed_parameter_shows_both_values()
    {
        ActionNode[] With(string value) => [Node("a", "join") with { Work = new ActionWork.BuiltIn("join", ImmutableSortedDictionary<string, string>.Empty.Add("text", value)) }];
        await bench.BuildAsync(With("one"), "a");
        Assert.Equal("`a` has to run: parameter `text` changed from `one` to `two`", Why(With("two"), "a").Text.Split('\n')[0]);
    }

    [Fact]
    public async Task A_result_that_the_cache_has_is_told_apart()
    {
        bench.Write("in.txt", "1");
        await bench.BuildAsync(Chain(), "c");
        bench.Write("in.txt", "2");
        await bench.BuildAsync(Chain(), "c");
        bench.Write("in.txt", "1");
        var answer = Why(Chain(), "a");
        Assert.Equal(WhyVerdict.Cached, answer.Verdict);
        Assert.StartsWith("`a` changed but the cache has its result: input /in from `in.txt` changed (a reads in)", answer.Text, StringComparison.Ordinal);
    }
}
