// What a graph refuses, and in which order it has its actions.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Graph;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Graph;

public sealed class ActionGraphTests
{
    [Fact]
    public void Each_action_comes_after_all_it_reads()
    {
        var graph = ActionGraph.Create([Node("c", "join", ("a", From("a")), ("b", From("b"))), Node("b", "join", ("a", From("a"))), Node("a", "join")]);
        Assert.Equal(["a", "b", "c"], graph.Order.Select(id => id.Value));
    }

    [Fact]
    public void A_cycle_is_named_in_full()
    {
        var problem = Assert.Throws<GraphException>(() => ActionGraph.Create([Node("x", "join", ("a", From("a"))), Node("a", "join", ("b", From("b"))), Node("b", "join", ("c", From("c"))), Node("c", "join", ("a", From("a")))]));
        Assert.Equal("Actions depend on each other in a cycle: `a` -> `b` -> `c` -> `a`", problem.Message);
    }

    [Fact]
    public void A_reference_to_nothing_is_named()
    {
        Assert.Equal("`a` reads `b`, which no action is named", Assert.Throws<GraphException>(() => ActionGraph.Create([Node("a", "join", ("b", From("b")))])).Message);
        var output = new InputSource.OutputOf(Id("b"), "tree");
        Assert.Equal("`a` reads output `tree` of `b`, which has only [text]", Assert.Throws<GraphException>(() => ActionGraph.Create([Node("a", "join", ("b", output)), Node("b", "join")])).Message);
    }

    [Fact]
    public void Two_actions_of_one_name_are_refused()
    {
        Assert.Equal("Two actions are named `a`", Assert.Throws<GraphException>(() => ActionGraph.Create([Node("a", "join"), Node("a", "length")])).Message);
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_actions_is_taken()
    {
        var graph = ActionGraph.Create(Enumerable.Range(0, 100_000).Select(i => i == 0 ? Node("n0", "join") : Node($"n{i}", "join", ("x", From($"n{i - 1}")))).Reverse());
        Assert.Equal("n99999", graph.Order[^1].Value);
    }
}
