// Finer integers at no cost: channels of like ranges, and no integers for what makes no difference.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class BalanceTests
{
    static readonly float[] Uneven = [1, 0.1f, 5, 0.3f];

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    public void Channels_between_convolutions_get_like_ranges_and_the_float_network_computes_the_same(int groups, bool rectified)
    {
        var model = TwoConvolutions(groups, rectified);
        var quantized = Quantizing.Quantize(model);
        var value = rectified ? "r" : "a";
        Assert.InRange(Quantizing.Decibels(model, quantized.Reference), 90, 200);
        Assert.InRange(Spread(quantized.Reference, value), 0.9f, groups == 4 ? 1.1f : 15);
        Assert.True(Spread(model, value) > 30);
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), 30, 70);
    }

    [Fact]
    public void With_one_scale_for_all_weights_they_stay_as_they_are()
    {
        var model = TwoConvolutions(4, false);
        Assert.Equal(model.Graph.Initializer, Quantizing.Quantize(model, new() { PerChannel = false }).Reference.Graph.Initializer);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("y")]
    public void Next_to_an_excluded_convolution_weights_stay_as_they_are(string excluded)
    {
        var model = TwoConvolutions(4, false);
        Assert.Equal(model.Graph.Initializer, Quantizing.Quantize(model, new() { Exclude = [excluded] }).Reference.Graph.Initializer);
    }

    [Fact]
    public void A_value_with_another_reader_stays_as_it_is()
    {
        var model = TwoConvolutions(4, false);
        model.Graph.Node.Add(TestModels.Node("Neg", ["a"], "other"));
        model.Graph.Output.Add(new ValueInfoProto { Name = "other", Type = model.Graph.Output[0].Type.Clone() });
        Assert.Equal(model.Graph.Initializer, Quantizing.Quantize(model).Reference.Graph.Initializer);
    }

    [Fact]
    public void A_channel_that_is_always_zero_breaks_nothing()
    {
        var model = TwoConvolutions(4, false, [1, 0, 5, 0.3f]);
        var quantized = Quantizing.Quantize(model);
        Assert.InRange(Quantizing.Decibels(model, quantized.Reference), 90, 200);
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), 25, 70);
    }

    [Theory]
    [InlineData("HardSwish")]
    [InlineData("HardSigmoid")]
    [InlineData("written out")]
    public void What_a_hard_activation_does_not_tell_apart_gets_no_integers(string kind)
    {
        var net = new TestNetwork(1, 3, 8, 8);
        // Many values lie far below -3.
        net.Node("Conv", ["x", net.Weights("w", 4, 3, 1, 1), net.Constant("bias", [-20, -9, 2, 1], 4)], "a");
        Activate(net, kind);
        net.Convolve("h", "y", 4, 2);
        var model = net.Build("y");
        var quantized = Quantizing.Quantize(model).Model;
        var read = quantized.Graph.Node.First(node => node.OpType == "DequantizeLinear" && node.Output[0] == "a");
        var scale = TensorData.Read<float>(Quantizing.Constant(quantized, read.Input[1]))[0];
        var zero = Quantizing.Constant(quantized, read.Input[2]).RawData[0];
        Assert.InRange(scale * -zero, -3.05f, -2.95f);
        Assert.InRange(Quantizing.Decibels(model, quantized), 28, 70);
    }

    [Fact]
    public void Effects_are_followed_through_constant_factors_and_summands_to_the_nearest_limits()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Mul", ["a", net.Constant("two", [2])], "m");
        net.Node("Add", [net.Constant("one", [1], 1), "m"], "s");
        net.Node("Clip", ["s", net.Constant("low", [-3]), net.Constant("high", [5])], "c");
        net.Node("Neg", ["x"], "n");
        net.Node("Relu", ["n"], "r");
        net.Node("Abs", ["n"], "b");
        var index = new GraphIndex(net.Build("c", "r", "b").Graph, "net");
        Assert.Equal(new ValueRange(-2, 2), EffectiveRange.Of(index, "a"));
        // Two readers: what either tells apart counts. An output shows everything.
        Assert.Equal(new ValueRange(float.NegativeInfinity, float.PositiveInfinity), EffectiveRange.Of(index, "n"));
        Assert.Equal(new ValueRange(float.NegativeInfinity, float.PositiveInfinity), EffectiveRange.Of(index, "c"));
    }

    [Fact]
    public void A_product_with_another_values_activation_needs_all_values()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Convolve("x", "b", 3, 4);
        net.Node("HardSigmoid", ["b"], "g");
        net.Node("Mul", ["a", "g"], "m");
        var index = new GraphIndex(net.Build("m").Graph, "net");
        Assert.Equal(float.NegativeInfinity, EffectiveRange.Of(index, "a").Least);
        Assert.Equal(-2.5f, EffectiveRange.Of(index, "b").Least);
    }

    static void Activate(TestNetwork net, string kind)
    {
        if (kind == "HardSwish")
            net.Node(kind, ["a"], "h");
        else if (kind == "HardSigmoid")
        {
            net.Node(kind, ["a"], "g").With("alpha", 1 / 6f).With("beta", 0.5f);
            net.Node("Mul", ["g", "a"], "h");
        }
        else
        {
            net.Node("Add", ["a", net.Constant("three", [3])], "s");
            net.Node("Clip", ["s", net.Constant("low", [0]), net.Constant("high", [6])], "c");
            net.Node("Mul", ["a", "c"], "h");
        }
    }

    /// <summary>x, Conv a, perhaps Relu r, Conv y; the channels of a differ much.</summary>
    static ModelProto TwoConvolutions(int groups, bool rectified, float[]? sizes = null)
    {
        sizes ??= Uneven;
        var net = new TestNetwork(1, 3, 8, 8);
        net.Node("Conv", ["x", net.Constant("a.w", [.. sizes.SelectMany(size => new[] { size, -0.5f * size, 0.75f * size })], 4, 3, 1, 1), net.Constant("a.b", [.. sizes.Select(size => size / 10)], 4)], "a");
        if (rectified)
            net.Node("Relu", ["a"], "r");
        net.Node("Conv", [rectified ? "r" : "a", net.Constant("y.w", [.. Enumerable.Range(0, 4 * (4 / groups) * 9).Select(i => MathF.Sin(i + 1))], 4, 4 / groups, 3, 3), net.Weights("y.b", 4)], "y")
            .With("pads", 1L, 1L, 1L, 1L).With("group", (long)groups);
        return net.Build("y");
    }

    /// <summary>The widest channel of a value, in units of the narrowest.</summary>
    static float Spread(ModelProto model, string value)
    {
        var shown = model.Clone();
        shown.Graph.Output.Clear();
        shown.Graph.Output.Add(new ValueInfoProto { Name = value, Type = model.Graph.Output[0].Type.Clone() });
        new RemoveDeadNodes().Apply(shown, "net");
        var output = Quantizing.Run(shown, TestNetwork.Frames(model))[value];
        var peaks = new float[4];
        for (var i = 0; i < output.Values.Length; i++)
            peaks[i / 64 % 4] = Math.Max(peaks[i / 64 % 4], Math.Abs(output.Values[i]));
        return peaks.Max() / peaks.Min();
    }
}
