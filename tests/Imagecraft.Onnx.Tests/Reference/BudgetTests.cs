// Networks that a few numbers make endless or huge are refused by the node that would be.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests.Reference;

public sealed class BudgetTests
{
    static TensorProto Long(string name, params long[] values) => TensorData.Make<long>(name, values, values.Length);

    static string Refusal(ModelProto model) => Assert.Throws<OnnxException>(() =>
        new ReferenceNetwork(model, "net").Run(new Dictionary<string, TensorProto> { ["x"] = Weights("x", 1, 4) }, TestContext.Current.CancellationToken)).Message;

    [Fact]
    public void A_value_that_one_number_makes_huge_is_refused_before_it_is_made() => Assert.Equal(
        "The node `e` (Expand) cannot be computed: a value of the shape [65536, 65536, 4] needs 65536 MiB, more than the 256 that one may have; give its inputs smaller `shapes`",
        Refusal(Chain([1, 4], [Node("Expand", ["x", "huge"], "e"), Node("ReduceMax", ["e"], "y")], Long("huge", 65536, 65536, 4))));

    [Fact]
    public void Values_that_are_huge_together_are_refused()
    {
        var doubled = Enumerable.Range(0, 30).Select(i => Node("Expand", ["x", "large"], $"e{i}")).ToArray();
        var message = Refusal(Chain([1, 4], [.. doubled, Node("Sum", [.. doubled.Select(node => node.Output[0])], "y")], Long("large", 1 << 22, 4)));
        Assert.Equal("When the node `e24` (Expand) is computed, 1600 MiB of values are needed at one time, more than the 1536 that may be; give the network's inputs smaller `shapes`", message);
    }

    [Fact]
    public void Constants_that_one_number_makes_huge_are_not_kept_all()
    {
        // Each of them alone is allowed, and none is needed when the next is made.
        var nodes = Enumerable.Range(0, 24).SelectMany(i => new[] { Node("ConstantOfShape", ["large"], $"c{i}"), Node("ReduceMax", [$"c{i}"], $"m{i}").With("keepdims", 0L), Node("Add", [i == 0 ? "x" : $"a{i - 1}", $"m{i}"], $"a{i}") }).ToArray();
        var model = Chain([1, 4], nodes, Long("large", 1 << 23));
        var outputs = new ReferenceNetwork(model, "net").Run(new Dictionary<string, TensorProto> { ["x"] = Weights("x", 1, 4) }, TestContext.Current.CancellationToken);
        Assert.Equal(TensorData.ReadFloats(Weights("x", 1, 4)), TensorData.ReadFloats(outputs[0]));
    }

    [Fact]
    public void A_loop_without_an_end_is_refused()
    {
        var body = new GraphProto
        {
            Name = "body",
            Input = { Value("i", (int)TensorProto.Types.DataType.Int64), Value("more", (int)TensorProto.Types.DataType.Bool), Value("state", (int)TensorProto.Types.DataType.Float, 1L, 4L) },
            Output = { Value("goes", (int)TensorProto.Types.DataType.Bool), Value("next", (int)TensorProto.Types.DataType.Float, 1L, 4L) },
            Node = { Node("Identity", ["more"], "goes"), Node("Neg", ["state"], "next") },
        };
        var loop = Node("Loop", ["", "", "x"], "y");
        loop.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body });
        Assert.Equal("The node `y` (Loop) cannot be computed: its graphs were run 1048576 times; limit the steps of the network's loops", Refusal(Chain([1, 4], [loop])));
    }

    [Fact]
    public void Windows_that_nobody_computes_are_refused() => Assert.Contains(
        "`y` (MaxPool) cannot be computed: its windows",
        Refusal(Chain([1, 1, 1, 4], [Node("Reshape", ["x", "four"], "r"), Node("MaxPool", ["r"], "y").With("kernel_shape", [60000L, 60000]).With("pads", [50000L, 50000, 50000, 50000])], Long("four", 1, 1, 2, 2))),
        StringComparison.Ordinal);
}
