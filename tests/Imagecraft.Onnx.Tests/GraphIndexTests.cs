// What the index of a graph knows, and that it stays right while the graph is changed.

using System.Diagnostics;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests;

public sealed class GraphIndexTests
{
    static GraphIndex Counter() => new(TestModels.Counter().Graph, "m");

    [Fact]
    public void Producers_consumers_constants_types_and_shapes_are_found()
    {
        var index = Counter();
        Assert.Equal("Abs", index.Producer("loudness")!.OpType);
        Assert.Null(index.Producer("x"));
        Assert.Equal(["level", "next"], index.Consumers("state").Select(node => node.Name));
        Assert.Equal([1f], TensorData.Read<float>(index.Constant("gain")!));
        Assert.Null(index.Constant("loud"));
        Assert.Equal(ElementType.Float, index.TypeOf("x"));
        Assert.Null(index.TypeOf("loud"));
        Assert.Equal([-1, -1], index.ShapeOf("x")!);
        Assert.Equal([1, 1], index.ShapeOf("state")!);
        Assert.False(index.TryStaticShape("x", out _));
    }

    [Fact]
    public void A_value_that_a_branch_takes_from_outside_has_the_conditional_as_consumer()
    {
        var index = new GraphIndex(TestModels.Conditional().Graph, "m");
        Assert.Equal(["choice"], index.Consumers("x").Select(node => node.Name));
        Assert.Empty(index.Consumers("shape"));
        index.ReplaceUses("x", "other");
        Assert.Equal(["choice"], index.Consumers("other").Select(node => node.Name));
        Assert.Empty(index.Consumers("x"));
        Assert.Equal("other", index.Producer("y")!.Attribute[1].G.Node[0].Input[0]);
    }

    [Fact]
    public void Added_nodes_end_up_where_their_values_are_needed()
    {
        var index = Counter();
        index.ReplaceUses("loudness", "louder");
        index.Add(TestModels.Node("Neg", ["loudness"], "louder"));
        index.Finish();
        Assert.Equal(["loudness", "louder", "loud", "level", "next"], index.Graph.Node.Select(node => node.Name));
    }

    [Fact]
    public void What_nothing_uses_any_more_is_dropped()
    {
        var index = Counter();
        index.Describe("loud", ElementType.Float, [1, 4]);
        index.SetInput(index.Producer("level")!, 0, "x");
        index.Remove(index.Producer("loud")!);
        index.Finish();
        Assert.Equal(["one"], index.Graph.Initializer.Select(tensor => tensor.Name));
        Assert.Empty(index.Graph.ValueInfo);
    }

    [Fact]
    public void A_bypassed_node_hands_its_output_name_to_the_producer_before_it()
    {
        var index = Counter();
        var last = index.Producer("level")!;
        index.Remove(last);
        var identity = index.Add(TestModels.Node("Identity", ["loud"], "level"));
        Assert.True(index.TryBypass(identity, "loud"));
        Assert.Equal("Mul", index.Producer("level")!.OpType);
        Assert.Null(index.Producer("loud"));
    }

    [Fact]
    public void An_output_cannot_become_an_input_or_a_constant_or_another_output()
    {
        var graph = TestModels.Counter().Graph;
        graph.Output.Add(new[] { "a", "b", "c" }.Select(name => new ValueInfoProto { Name = name }));
        graph.Node.Add([TestModels.Node("Identity", ["x"], "a"), TestModels.Node("Identity", ["one"], "b"), TestModels.Node("Identity", ["next"], "c")]);
        var index = new GraphIndex(graph, "m");
        Assert.All(new[] { "a", "b", "c" }, name => Assert.False(index.TryBypass(index.Producer(name)!, index.Producer(name)!.Input[0])));
        index.Finish();
        Assert.Equal(7, index.Graph.Node.Count);
    }

    [Fact]
    public void A_cycle_and_a_value_with_two_producers_are_named()
    {
        var index = Counter();
        index.SetInput(index.Producer("loudness")!, 0, "level");
        Assert.Contains("The graph of `m` has a cycle through the node `loudness` (Abs)", Assert.Throws<OnnxException>(index.Finish).Message, StringComparison.Ordinal);
        var problem = Assert.Throws<OnnxException>(() => index.Add(TestModels.Node("Neg", ["x"], "loud")));
        Assert.Equal("The value `loud` of `m` is made by two nodes, `loud` (Mul) and `loud` (Neg)", problem.Message);
    }

    [Fact]
    public void Fresh_names_are_new_to_values_nodes_and_branches()
    {
        var index = new GraphIndex(TestModels.Conditional().Graph, "m");
        Assert.Equal("fresh", index.FreshName("fresh"));
        Assert.Equal("fresh_2", index.FreshName("fresh"));
        Assert.Equal("fresh_3", index.FreshName("fresh"));
        Assert.Equal("choice_2", index.FreshName("choice"));
        Assert.Equal("flat-y_2", index.FreshName("flat-y"));
    }

    [Fact]
    public void Changing_each_of_many_nodes_takes_no_quadratic_time()
    {
        const int Count = 20_000;
        var graph = new GraphProto { Input = { new ValueInfoProto { Name = "v0" } }, Output = { new ValueInfoProto { Name = $"v{Count}" } } };
        for (var i = 0; i < Count; i++)
            graph.Node.Add(TestModels.Node("Neg", [$"v{i}"], $"v{i + 1}"));
        var clock = Stopwatch.StartNew();
        var index = new GraphIndex(graph, "m");
        foreach (var node in index.Nodes)
        {
            var wrapped = index.FreshName("wrapped");
            var input = node.Input[0];
            index.SetInput(node, 0, wrapped);
            index.Add(TestModels.Node("Abs", [input], wrapped));
        }
        index.Finish();
        Assert.Equal(2 * Count, graph.Node.Count);
        Assert.Equal("Abs", graph.Node[0].OpType);
        Assert.Equal($"v{Count}", graph.Node[^1].Output[0]);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}");
    }
}
