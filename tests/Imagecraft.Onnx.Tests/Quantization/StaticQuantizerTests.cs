// Which values get pairs, which parameters they share, and what bad input gets.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class StaticQuantizerTests
{
    [Fact]
    public void The_same_arguments_give_the_same_bytes() =>
        Assert.Equal(Quantizing.Quantize(Chain()).Model.ToByteArray(), Quantizing.Quantize(Chain()).Model.ToByteArray());

    [Fact]
    public void The_float_network_is_not_changed()
    {
        var model = Chain();
        Quantizing.Quantize(model);
        Assert.Equal(Chain(), model);
    }

    [Fact]
    public void Operators_that_move_values_share_scale_and_zero_point()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("DepthToSpace", ["a"], "p").With("blocksize", 2L);
        net.Node("Reshape", ["p", net.Integers("shape", 1, 64, 4)], "r");
        net.Node("Transpose", ["r"], "t").With("perm", 0L, 2L, 1L);
        net.Node("Conv", ["t", net.Weights("w", 2, 4, 1)], "y");
        var quantized = Quantizing.Quantize(net.Build("y")).Model;
        Assert.Single(new[] { "a", "p", "r", "t" }.Select(value => Parameters(quantized, value)).Distinct());
        Assert.NotEqual(Parameters(quantized, "a"), Parameters(quantized, "y"));
    }

    [Theory]
    [InlineData(1, 16, 0.3f)]
    [InlineData(1, 64, 0.9f)]
    [InlineData(3, 16, 0.3f)]
    public void Each_output_channel_has_a_scale_of_its_own_however_few_its_weights_and_like_its_range(int kernel, int channels, float smallest)
    {
        var net = new TestNetwork(1, 8, 8, 8);
        var size = 8 * kernel * kernel;
        net.Node("Conv", ["x", net.Constant("w", [.. Enumerable.Range(0, channels * size).Select(i => MathF.Sin(i + 1) * (i < size ? smallest : 1))], channels, 8, kernel, kernel), net.Weights("b", channels)], "y");
        var model = net.Build("y");
        var (whole, byChannel) = (Quantizing.Quantize(model, new() { PerChannel = false }).Model, Quantizing.Quantize(model).Model);
        Assert.Equal((1, channels), (Scales(whole), Scales(byChannel)));
        Assert.True(Quantizing.Decibels(model, byChannel) >= Quantizing.Decibels(model, whole));

        static long Scales(ModelProto quantized)
        {
            var weights = quantized.Graph.Initializer.Single(tensor => tensor.Dims.Count == 4);
            return TensorData.Count(Quantizing.Constant(quantized, quantized.Graph.Node.Single(node => node.Input[0] == weights.Name).Input[1]));
        }
    }

    [Fact]
    public void A_concatenation_covers_the_widest_of_its_inputs()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 2);
        net.Node("Conv", ["x", net.Constant("w", [100, 0, 0], 1, 3, 1, 1)], "b");
        net.Node("Concat", ["a", "b"], "c").With("axis", 1L);
        net.Convolve("c", "y", 3, 2);
        var quantized = Quantizing.Quantize(net.Build("y")).Model;
        Assert.Single(new[] { "a", "b", "c" }.Select(value => Parameters(quantized, value)).Distinct());
        Assert.True(Scale(quantized, "a") > 100f / 255);
    }

    [Theory]
    [InlineData(QuantizationTarget.OnnxRuntime, false)]
    [InlineData(QuantizationTarget.Accelerator, true)]
    public void Clamped_and_free_values_share_only_where_a_concatenation_demands_it(QuantizationTarget target, bool shared)
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 2);
        net.Convolve("x", "b", 3, 2);
        net.Node("Relu", ["b"], "r");
        net.Node("Concat", ["a", "r"], "c").With("axis", 1L);
        net.Convolve("c", "y", 4, 2);
        var quantized = Quantizing.Quantize(net.Build("y"), new() { Target = target }).Model;
        Assert.Equal(shared, Parameters(quantized, "a") == Parameters(quantized, "r"));
        // Where the integers reach below zero, the clamp has to stay.
        Assert.Equal(shared, quantized.Graph.Node.Any(node => node.OpType == "Relu"));
    }

    [Fact]
    public void A_constant_factor_only_changes_the_scale()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Mul", [net.Constant("half", [0.5f], 1), "a"], "m");
        net.Node("Div", ["m", net.Constant("four", [4])], "d");
        net.Convolve("d", "y", 4, 2);
        var quantized = Quantizing.Quantize(net.Build("y", "a")).Model;
        Assert.DoesNotContain(quantized.Graph.Node, node => node.OpType is "Mul" or "Div");
        Assert.Equal(Scale(quantized, "a") / 8, Scale(quantized, "d"), 1e-6);
        Assert.Equal(Quantizing.Producer(quantized, "a").Input[0], Quantizing.Producer(quantized, "d").Input[0]);
    }

    [Theory]
    [InlineData(0.7f, false)]
    [InlineData(-1.3f, false)]
    [InlineData(0.001f, true)]
    public void A_constant_summand_only_moves_the_zero_point_unless_it_is_less_than_a_few_steps(float summand, bool computed)
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Convolve("x", "b", 3, 4);
        net.Node("Add", ["a", net.Constant("k", [summand], 1)], "s");
        // A product takes no constant into a bias, so the summand must be a whole number of steps.
        net.Node("Mul", ["s", "b"], "m");
        net.Convolve("m", "y", 4, 2);
        var model = net.Build("y", "a");
        var quantized = Quantizing.Quantize(model).Model;
        Assert.Equal(computed, quantized.Graph.Node.Any(node => node.OpType == "Add"));
        Assert.InRange(Quantizing.Decibels(model, quantized), 28, 70);
        if (computed)
            return;
        // The integer of zero in the sum stands for minus the summand before it.
        var (before, after) = (Parameters(quantized, "a"), Parameters(quantized, "s"));
        Assert.Equal(before.Scale, after.Scale);
        Assert.Equal(-summand, before.Scale * (after.ZeroPoint - before.ZeroPoint), 1e-4f);
    }

    [Theory]
    [InlineData("Conv", false)]
    [InlineData("Mul", true)]
    [InlineData("output", true)]
    public void What_rounding_a_summand_to_whole_steps_leaves_is_part_of_the_bias_of_all_readers_or_it_is_computed(string reader, bool computed)
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Add", ["a", net.Constant("k", [0.013f], 1)], "s");
        net.Node("Conv", ["s", net.Weights("w", 2, 4, 1, 1), net.Constant("bias", [0.25f, -0.5f], 2)], "y");
        if (reader == "Mul")
            net.Convolve(net.Node("Mul", ["s", "a"], "m").Output[0], "z", 4, 2);
        var model = net.Build([.. reader == "Mul" ? ["y", "z"] : reader == "output" ? ["y", "s"] : new[] { "y" }]);
        var quantized = Quantizing.Quantize(model, new() { BiasCorrection = false }).Model;
        Assert.Equal(computed, quantized.Graph.Node.Any(node => node.OpType == "Add"));
        if (computed)
            return;
        var step = Parameters(quantized, "s").Scale;
        var bias = Quantizing.Producer(quantized, Quantizing.Producer(quantized, quantized.Graph.Node.Single(node => node.OpType == "QuantizeLinear" && node.Output[0].StartsWith("y.", StringComparison.Ordinal)).Input[0]).Input[2]);
        var integers = TensorData.Read<int>(Quantizing.Constant(quantized, bias.Input[0]));
        var scales = TensorData.Read<float>(Quantizing.Constant(quantized, bias.Input[1]));
        var weights = TensorData.Read<float>(Quantizing.Constant(model, "w"));
        var sum = Quantizing.Producer(quantized, "s");
        var steps = Zero(Quantizing.Producer(quantized, sum.Input[0])) - Zero(sum);
        var remainder = 0.013f - (steps * step);
        Assert.InRange(Math.Abs(remainder), 1e-6, step / 2);
        Assert.Equal(0.25f + (remainder * weights[..4].Sum()), integers[0] * scales[0], 1e-4f);
        Assert.Equal(-0.5f + (remainder * weights[4..].Sum()), integers[1] * scales[1], 1e-4f);

        int Zero(NodeProto pair) => Quantizing.Constant(quantized, pair.Input[2]).RawData[0];
    }

    [Fact]
    public void A_summand_before_a_clamp_is_computed_and_the_clamp_is_its_saturation()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Add", ["a", net.Constant("three", [3])], "s");
        net.Node("Clip", ["s", net.Constant("low", [0]), net.Constant("high", [6])], "c");
        net.Convolve("c", "y", 4, 2);
        var quantized = Quantizing.Quantize(net.Build("y")).Model;
        Assert.Contains(quantized.Graph.Node, node => node.OpType == "Add");
        Assert.DoesNotContain(quantized.Graph.Node, node => node.OpType == "Clip");
    }

    [Fact]
    public void A_concatenation_of_a_value_and_a_multiple_of_it_is_not_cut_off()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Mul", ["a", net.Constant("five", [5])], "m");
        net.Node("Concat", ["a", "m"], "c").With("axis", 1L);
        net.Convolve("c", "y", 8, 2);
        var model = net.Build("y");
        Assert.InRange(Quantizing.Decibels(model, Quantizing.Quantize(model).Model), 20, 70);
    }

    [Fact]
    public void A_bias_has_32_bits_and_the_scale_of_the_products()
    {
        var quantized = Quantizing.Quantize(Chain()).Model;
        var conv = quantized.Graph.Node.First(node => node.Name == "b");
        var bias = Quantizing.Producer(quantized, conv.Input[2]);
        Assert.Equal((int)TensorProto.Types.DataType.Int32, Quantizing.Constant(quantized, bias.Input[0]).DataType);
        var weightScales = TensorData.ReadFloats(Quantizing.Constant(quantized, Quantizing.Producer(quantized, conv.Input[1]).Input[1]));
        Assert.Equal(weightScales.Select(scale => scale * Scale(quantized, "r")), TensorData.ReadFloats(Quantizing.Constant(quantized, bias.Input[1])));
    }

    [Fact]
    public void A_clamp_is_the_saturation_of_the_integers_before_it()
    {
        var quantized = Quantizing.Quantize(Chain()).Model;
        Assert.DoesNotContain(quantized.Graph.Node, node => node.OpType == "Relu");
        Assert.Equal("a", quantized.Graph.Node.Single(node => node.Output.Contains(Quantizing.Producer(quantized, Quantizing.Producer(quantized, "r").Input[0]).Input[0])).Name);
        Assert.Equal(0, TensorData.ReadIntegers(Quantizing.Constant(quantized, Quantizing.Producer(quantized, "r").Input[2]))[0]);
    }

    [Fact]
    public void A_last_softmax_stays_float()
    {
        var net = new TestNetwork(1, 16);
        net.Node("Gemm", ["x", net.Weights("w", 16, 4)], "a");
        net.Node("Softmax", ["a"], "y");
        var quantized = Quantizing.Quantize(net.Build("y")).Model;
        Assert.Equal("a", Quantizing.Find(quantized, "Softmax").Input[0]);
        Assert.Equal("Gemm", Quantizing.Producer(quantized, "a").OpType);
    }

    [Fact]
    public void A_sigmoid_that_only_float_nodes_read_stays_float()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Sigmoid", ["a"], "s");
        net.Node("Flatten", ["s"], "f");
        net.Node("Exp", ["f"], "y");
        var quantized = Quantizing.Quantize(net.Build("y")).Model;
        Assert.Equal("Sigmoid", Quantizing.Producer(quantized, "s").OpType);
        Assert.Equal("Flatten", Quantizing.Producer(quantized, "f").OpType);
    }

    [Theory]
    [InlineData("b")]
    [InlineData("Conv")]
    public void What_is_excluded_keeps_its_float_weights(string exclude)
    {
        var net = new TestNetwork(1, 16, 4, 4);
        net.Convolve("x", "a", 16, 4);
        net.Convolve("a", "b", 4, 4);
        net.Node("Flatten", ["b"], "f");
        net.Node("Gemm", ["f", net.Weights("w", 64, 4)], "y");
        var quantized = Quantizing.Quantize(net.Build("y"), new() { Exclude = [exclude] });
        Assert.Equal("b.w", quantized.Model.Graph.Node.Single(node => node.Name == "b").Input[1]);
        Assert.DoesNotContain(quantized.Layers, layer => layer.Name == "b");
        Assert.Equal(exclude == "b", quantized.Layers.Any(layer => layer.Name == "a"));
        Assert.Contains(quantized.Layers, layer => layer.Name == "y");
    }

    [Fact]
    public void An_unknown_exclusion_names_the_nearest()
    {
        var problem = Assert.Throws<OnnxException>(() => Quantizing.Quantize(Chain(), new() { Exclude = ["Covn", "rr"] }));
        Assert.Equal("`exclude` of `net` names neither nodes nor kinds of nodes: [`Covn` (did you mean `Conv`?), `rr` (did you mean `r`?)]", problem.Message);
    }

    [Fact]
    public void An_unlisted_operator_stays_float()
    {
        var quantized = Quantizing.Quantize(Chain(), new() { Operators = ["Conv"] });
        Assert.Equal(["a", "b"], quantized.Layers.Select(layer => layer.Name));
        Assert.Contains(quantized.Model.Graph.Node, node => node.OpType == "Relu");
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_named_with_their_node()
    {
        var net = new TestNetwork(1, 2);
        net.Node("Gemm", ["x", net.Constant("w", [1, float.NaN], 2, 1)], "y");
        // The data are measured before the weights are read.
        net.Node("Gemm", ["x", net.Weights("v", 2, 1)], "z");
        var problem = Assert.Throws<OnnxException>(() => Quantizing.Quantize(net.Build("y", "z")));
        Assert.Contains("The weights `w` of the node `y` (Gemm) of `net` have NaN at position 1", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constant_activations_are_quantized_all_the_same()
    {
        var net = new TestNetwork(1, 4, 4, 4);
        net.Node("Conv", ["x", net.Constant("w", new float[8], 2, 4, 1, 1)], "a");
        net.Convolve("a", "y", 2, 2);
        var model = net.Build("y");
        var quantized = Quantizing.Quantize(model).Model;
        Assert.All(Quantizing.Run(quantized, TestNetwork.Frames(model))["y"].Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_free_shape_is_an_error_with_the_remedy()
    {
        var model = Chain();
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam = "batch";
        using var folder = new TemporaryFolder();
        var quantizer = new StaticQuantizer(model, [TestNetwork.Frames(Chain())], Quantizing.NoCarry, new(), "net");
        Assert.Equal("Input `x` of `net` has a free shape; fix it in `shapes`", Assert.Throws<OnnxException>(() => quantizer.Quantize([], TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void An_old_operator_set_is_an_error_with_the_remedy()
    {
        var model = Chain();
        model.OpsetImport[0].Version = 11;
        Assert.Equal("`net` has operator set 11, but quantization needs 13 or later; let the pass `upgrade-opset` run, or export the network with a later one", Assert.Throws<OnnxException>(() => Quantizing.Quantize(model)).Message);
    }

    [Fact]
    public void A_network_without_weights_says_that_there_is_nothing_to_do()
    {
        var net = new TestNetwork(1, 4);
        net.Node("Relu", ["x"], "y");
        Assert.Contains("Nothing of `net` can be quantized", Assert.Throws<OnnxException>(() => Quantizing.Quantize(net.Build("y"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_within_and_a_result_keep_their_names()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Relu", ["a"], "r");
        net.Convolve("r", "y", 4, 4);
        var model = net.Build("y", "r");
        var quantized = Quantizing.Quantize(model).Model;
        var (left, right) = (Quantizing.Run(model, TestNetwork.Frames(model)), Quantizing.Run(quantized, TestNetwork.Frames(model)));
        Assert.All(new[] { "y", "r" }, name => Assert.InRange(right[name].Deviation(left[name]), 0, 0.1));
    }

    /// <summary>Two convolutions with a rectifier between.</summary>
    internal static ModelProto Chain()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Relu", ["a"], "r");
        net.Convolve("r", "b", 4, 4);
        return net.Build("b");
    }

    static (float Scale, long ZeroPoint) Parameters(ModelProto model, string value) =>
        (Scale(model, value), TensorData.ReadIntegers(Quantizing.Constant(model, Quantizing.Producer(model, value).Input[2]))[0]);

    static float Scale(ModelProto model, string value) => TensorData.ReadFloats(Quantizing.Constant(model, Quantizing.Producer(model, value).Input[1]))[0];
}
