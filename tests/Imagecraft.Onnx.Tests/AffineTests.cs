// Batch normalization and per-channel arithmetic disappear in weights, where they can.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes.Affine;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests;

public sealed class AffineTests
{
    static TensorProto[] Statistics(long channels) => [Weights("factor", channels), Weights("bias", channels), Weights("mean", channels), Positive("variance", channels)];

    static NodeProto Normalize(string input, string output) => Node("BatchNormalization", [input, "factor", "bias", "mean", "variance"], output);

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(4, true)]
    public void Batch_normalization_disappears_in_a_convolution(long group, bool withBias)
    {
        var conv = Node("Conv", withBias ? ["x", "w", "b"] : ["x", "w"], "c").With("group", group).With("pads", [1L, 1, 1, 1]);
        var model = Chain([1, 4, 5, 5], [conv, Normalize("c", "n")], [Weights("w", 8, 4 / group, 3, 3), .. withBias ? [Weights("b", 8)] : Array.Empty<TensorProto>(), .. Statistics(8)]);
        Assert.Equal(["Conv"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Fact]
    public void Batch_normalization_disappears_in_a_convolution_of_one_dimension()
    {
        var model = Chain([1, 4, 9], [Node("Conv", ["x", "w"], "c").With("strides", [2L]), Normalize("c", "n")], [Weights("w", 6, 4, 3), .. Statistics(6)]);
        Assert.Equal(["Conv"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Batch_normalization_disappears_in_a_transposed_convolution(long group)
    {
        var conv = Node("ConvTranspose", ["x", "w"], "c").With("group", group).With("strides", [2L, 2]);
        var model = Chain([1, 4, 5, 5], [conv, Normalize("c", "n")], [Weights("w", 4, 3, 3, 3), .. Statistics(3 * group)]);
        Assert.Equal(["ConvTranspose"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Batch_normalization_disappears_in_a_general_product_with_its_factors(long transposed)
    {
        var gemm = Node("Gemm", ["x", "w", "b"], "g").With("transB", transposed).With("alpha", 0.5f).With("beta", 3f);
        var model = Chain([2, 4], [gemm, Normalize("g", "n")], [transposed == 1 ? Weights("w", 6, 4) : Weights("w", 4, 6), Weights("b", 1, 6), .. Statistics(6)]);
        Assert.Equal(["Gemm"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Fact]
    public void Batch_normalization_disappears_in_a_matrix_product_with_a_bias()
    {
        var model = Chain([2, 4], [Node("MatMul", ["x", "w"], "p"), Node("Add", ["b", "p"], "a"), Normalize("a", "n")], [Weights("w", 4, 6), Weights("b", 6), .. Statistics(6)]);
        Assert.Equal(["MatMul", "Add"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Fact]
    public void A_value_that_is_read_elsewhere_keeps_its_batch_normalization()
    {
        var model = Chain([1, 4, 5, 5], [Node("Conv", ["x", "w"], "c"), Normalize("c", "n"), Node("Add", ["n", "c"], "y")], [Weights("w", 4, 4, 1, 1), .. Statistics(4)]);
        Assert.Equal(["Conv", "BatchNormalization", "Add"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Fact]
    public void A_negative_variance_and_training_are_left_alone()
    {
        NodeProto[] nodes = [Node("Conv", ["x", "w"], "c"), Normalize("c", "n")];
        var model = Chain([1, 4, 5, 5], nodes, [Weights("w", 4, 4, 1, 1), .. Statistics(4)[..3], TensorData.Make<float>("variance", [1, 1, -1, 1], 4)]);
        Assert.Equal(2, new FoldAffine().Apply(model, "m").Graph.Node.Count);
        var training = Chain([1, 4, 5, 5], [nodes[0], nodes[1].Clone().With("training_mode", 1)], [Weights("w", 4, 4, 1, 1), .. Statistics(4)]);
        Assert.Equal(2, new FoldAffine().Apply(training, "m").Graph.Node.Count);
    }

    [Theory]
    [InlineData("Mul", true)]
    [InlineData("Mul", false)]
    [InlineData("Div", true)]
    [InlineData("Add", true)]
    [InlineData("Add", false)]
    [InlineData("Sub", true)]
    [InlineData("Sub", false)]
    public void Arithmetic_with_a_constant_for_each_channel_disappears(string type, bool constantBehind)
    {
        var model = Chain([1, 4, 5, 5], [Node("Conv", ["x", "w", "b"], "c"), Node(type, constantBehind ? ["c", "k"] : ["k", "c"], "y")], Weights("w", 6, 4, 3, 3), Weights("b", 6), Positive("k", 6, 1, 1));
        Assert.Equal(["Conv"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Fact]
    public void A_chain_of_arithmetic_disappears_down_to_the_name_of_the_output()
    {
        var model = Chain([1, 4, 5, 5], [Node("Conv", ["x", "w"], "c"), Node("Mul", ["c", "k"], "m"), Node("Add", ["m", "k"], "a"), Node("Div", ["a", "two"], "y")], Weights("w", 6, 4, 3, 3), Positive("k", 1, 6, 1, 1), TensorData.Make("two", [2f]));
        var folded = Harmless.ApplyInferred(model, new FoldAffine());
        Assert.Equal(["Conv"], folded.Types());
        Assert.Equal("y", folded.Graph.Node[0].Output[0]);
    }

    [Fact]
    public void Batch_normalization_between_arithmetic_disappears_with_it()
    {
        var model = Chain([1, 4, 5, 5], [Node("ConvTranspose", ["x", "w"], "c"), Node("Add", ["c", "k"], "a"), Normalize("a", "n"), Node("Mul", ["n", "k"], "y")], [Weights("w", 4, 8, 3, 3), Positive("k", 8, 1, 1), .. Statistics(8)]);
        Assert.Equal(["ConvTranspose"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Fact]
    public void A_matrix_product_takes_up_factors_and_its_bias_summands()
    {
        var model = Chain([2, 3, 4], [Node("MatMul", ["x", "w"], "p"), Node("Mul", ["p", "k"], "m"), Node("Add", ["m", "b"], "a"), Node("Sub", ["a", "k"], "s"), Node("Mul", ["s", "k"], "y")], Weights("w", 4, 6), Weights("b", 6), Positive("k", 6));
        Assert.Equal(["MatMul", "Add"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Theory]
    [InlineData("constant / value", "Div", new[] { "k", "c" }, new long[] { 6, 1, 1 })]
    [InlineData("along the width", "Mul", new[] { "c", "k" }, new long[] { 3 })]
    [InlineData("more dimensions", "Mul", new[] { "c", "k" }, new long[] { 1, 1, 6, 1, 1 })]
    public void Arithmetic_that_is_not_for_each_channel_stays(string why, string type, string[] inputs, long[] shape)
    {
        var model = Chain([1, 4, 5, 5], [Node("Conv", ["x", "w"], "c"), Node(type, inputs, "y")], Weights("w", 6, 4, 3, 3), Positive("k", shape));
        Assert.True(Harmless.ApplyInferred(model, new FoldAffine()).Graph.Node.Count == 2, why);
    }

    [Fact]
    public void A_constant_that_widens_a_single_channel_stays()
    {
        var model = Chain([1, 4, 5, 5], [Node("Conv", ["x", "w"], "c"), Node("Mul", ["c", "k"], "y")], Weights("w", 1, 4, 3, 3), Positive("k", 6, 1, 1));
        Assert.Equal(["Conv", "Mul"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }

    [Fact]
    public void Weights_that_two_nodes_share_are_changed_for_one_alone()
    {
        var model = Chain([1, 4, 5, 5], [Node("Conv", ["x", "w"], "c"), Node("Conv", ["x", "w"], "d"), Node("Mul", ["c", "k"], "m"), Node("Add", ["m", "d"], "y")], Weights("w", 6, 4, 3, 3), Positive("k", 6, 1, 1));
        Assert.Equal(["Conv", "Conv", "Add"], Harmless.ApplyInferred(model, new FoldAffine()).Types());
    }
}
