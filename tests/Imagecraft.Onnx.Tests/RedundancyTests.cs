// Nodes that change nothing disappear, and stay where they do something.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests;

public sealed class RedundancyTests
{
    static NodeProto Cast(string input, ElementType to, string output) => Node("Cast", [input], output).With("to", (long)to);

    static NodeProto Transpose(string input, long[] order, string output) => Node("Transpose", [input], output).With("perm", order);

    static TensorProto Integers(string name, params long[] values) => TensorData.Make<long>(name, values, values.Length);

    [Fact]
    public void Nodes_that_pass_their_input_on_disappear()
    {
        var model = Chain(
            [1, 2, 3],
            [
                Node("Abs", ["x"], "a"),
                Node("Identity", ["a"], "b"),
                Node("Dropout", ["b"], "c"),
                Cast("c", ElementType.Float, "d"),
                Node("Concat", ["d"], "e").With("axis", 1),
                Transpose("e", [0, 1, 2], "f"),
                Node("Pad", ["f", "zeros"], "g"),
                Node("Reshape", ["g", "shape"], "h"),
                Node("Expand", ["h", "ones"], "i"),
                Node("Neg", ["i"], "y"),
            ],
            Integers("zeros", 0, 0, 0, 0, 0, 0), Integers("shape", 1, -1, 3), Integers("ones", 1, 1, 1));
        Assert.Equal(["Abs", "Neg"], Harmless.ApplyInferred(model, new RemoveIdentities()).Types());
    }

    [Fact]
    public void Nodes_of_the_same_kinds_that_do_something_stay()
    {
        var model = Chain(
            [1, 2, 3],
            [
                Cast("x", ElementType.Double, "a"),
                Node("Concat", ["a", "a"], "b").With("axis", 1),
                Transpose("b", [0, 2, 1], "c"),
                Node("Pad", ["c", "some"], "d"),
                Node("Reshape", ["d", "shape"], "e"),
                Node("Expand", ["e", "more"], "f"),
                Cast("f", ElementType.Float, "y"),
            ],
            Integers("some", 0, 1, 0, 0, 0, 0), Integers("shape", 1, 2, 8), Integers("more", 2, 1, 1));
        Assert.Equal(7, Harmless.ApplyInferred(model, new RemoveIdentities()).Graph.Node.Count);
    }

    [Fact]
    public void A_free_dimension_passes_where_the_others_are_the_same()
    {
        var model = Chain([1, 2, 3], [Node("Reshape", ["x", "shape"], "a"), Node("Neg", ["a"], "y")], Integers("shape", -1, 2, 3));
        foreach (var (free, expected) in new[] { (1, 1), (2, 2) })
        {
            var index = new GraphIndex(model.Clone().Graph, "m");
            foreach (var value in new[] { "x", "a" })
                index.Describe(value, ElementType.Float, free == 1 ? [-1, 2, 3] : [-1, -1, 3]);
            index.Finish();
            Assert.Equal(expected, new RemoveIdentities().Apply(new() { Graph = index.Graph }, "m").Graph.Node.Count);
        }
    }

    [Fact]
    public void An_identity_between_an_input_and_an_output_stays() =>
        Assert.Equal(["Identity"], Harmless.ApplyInferred(Chain([1, 2], [Node("Identity", ["x"], "y")]), new RemoveIdentities()).Types());

    [Fact]
    public void A_dropout_in_training_and_one_whose_mask_is_read_stay()
    {
        var training = Chain([1, 2], [Node("Dropout", ["x", "", "yes"], "a"), Node("Neg", ["a"], "y")], TensorData.Make("yes", [true]));
        Assert.Equal(2, new RemoveIdentities().Apply(training, "m").Graph.Node.Count);
        var dropout = Node("Dropout", ["x"], "a");
        dropout.Output.Add("mask");
        var masked = Chain([1, 2], [dropout, Node("Where", ["mask", "a", "x"], "y")]);
        Assert.Equal(2, new RemoveIdentities().Apply(masked, "m").Graph.Node.Count);
    }

    [Fact]
    public void Transposes_that_cancel_disappear()
    {
        var model = Chain([1, 2, 3, 4], [Node("Abs", ["x"], "a"), Transpose("a", [0, 2, 3, 1], "b"), Transpose("b", [0, 3, 1, 2], "c"), Node("Neg", ["c"], "y")]);
        Assert.Equal(["Abs", "Neg"], Harmless.ApplyInferred(model, new MergeTransposes()).Types());
    }

    [Fact]
    public void Three_transposes_become_one_and_default_orders_are_understood()
    {
        var model = Chain([1, 2, 3, 4], [Transpose("x", [0, 2, 3, 1], "a"), Node("Transpose", ["a"], "b"), Transpose("b", [1, 0, 2, 3], "y")]);
        var merged = Harmless.ApplyInferred(model, new MergeTransposes());
        Assert.Equal(["Transpose"], merged.Types());
        Assert.Equal([3, 1, 2, 0], merged.Graph.Node[0].GetIntegers("perm")!);
    }

    [Fact]
    public void A_transpose_that_others_read_stays_for_them()
    {
        var model = Chain([1, 2, 3], [Transpose("x", [0, 2, 1], "a"), Transpose("a", [0, 2, 1], "b"), Node("Neg", ["b"], "c"), Node("ReduceMax", ["a"], "d"), Node("Add", ["c", "d"], "y")]);
        Assert.Equal(["Transpose", "Neg", "ReduceMax", "Add"], Harmless.ApplyInferred(model, new MergeTransposes()).Types());
    }

    [Fact]
    public void A_chain_of_reshapes_becomes_one()
    {
        var model = Chain([2, 3, 4], [Node("Flatten", ["x"], "a"), Node("Unsqueeze", ["a", "axes"], "b"), Node("Reshape", ["b", "shape"], "c"), Node("Squeeze", ["c"], "y")], Integers("axes", 0), Integers("shape", 0, 1, 6, -1));
        var merged = Harmless.ApplyInferred(model, new MergeReshapes());
        Assert.Equal(["Reshape"], merged.Types());
        Assert.Equal([6, 4], TensorData.ReadIntegers(merged.Graph.Initializer.Single()));
    }

    [Fact]
    public void Reshapes_of_free_results_stay()
    {
        var model = Chain([2, 3, 4], [Node("Flatten", ["x"], "a"), Node("Reshape", ["a", "shape"], "y")], Integers("shape", -1));
        Assert.Equal(2, new MergeReshapes().Apply(model, "m").Graph.Node.Count);
    }

    [Fact]
    public void A_cast_that_loses_nothing_is_skipped_and_one_that_does_stays()
    {
        var harmless = Chain([1, 2], [Node("Abs", ["x"], "v"), Cast("v", ElementType.Double, "a"), Cast("a", ElementType.Float, "b"), Node("Neg", ["b"], "y")]);
        Assert.Equal(["Abs", "Neg"], Harmless.ApplyInferred(harmless, new MergeCasts()).Types());
        var harmful = Chain([1, 2], [Cast("x", ElementType.Int32, "a"), Cast("a", ElementType.Float, "y")]);
        Assert.Equal(["Cast", "Cast"], Harmless.ApplyInferred(harmful, new MergeCasts()).Types());
    }
}
