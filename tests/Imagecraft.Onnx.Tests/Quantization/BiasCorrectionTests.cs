// Rounded weights shift no channel: the bias takes their mean error back.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Operators;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class BiasCorrectionTests
{
    // What reads the value `a`, which is never negative and has four channels; all give five or six.
    static readonly Dictionary<string, Func<TestNetwork, NodeProto>> Layers = new()
    {
        ["Conv"] = net => net.Node("Conv", ["a", net.Weights("w", 5, 4, 1, 1), net.Weights("b", 5)], "y"),
        ["Conv without a bias"] = net => net.Node("Conv", ["a", net.Weights("w", 5, 4, 1, 1)], "y"),
        ["Conv of two groups"] = net => net.Node("Conv", ["a", net.Weights("w", 6, 2, 3, 3), net.Weights("b", 6)], "y").With("group", 2L),
        ["Conv by channel"] = net => net.Node("Conv", ["a", net.Weights("w", 4, 1, 3, 3), net.Weights("b", 4)], "y").With("group", 4L),
        ["ConvTranspose"] = net => net.Node("ConvTranspose", ["a", net.Weights("w", 4, 5, 6, 6), net.Weights("b", 5)], "y").With("strides", 2L, 2L).With("pads", 2L, 2L, 2L, 2L),
        ["ConvTranspose of two groups"] = net => net.Node("ConvTranspose", ["a", net.Weights("w", 4, 3, 6, 6), net.Weights("b", 6)], "y").With("strides", 2L, 2L).With("pads", 2L, 2L, 2L, 2L).With("group", 2L),
        ["Gemm"] = net => net.Node("Gemm", ["a", net.Weights("w", 4, 5), net.Weights("b", 5)], "y"),
        ["Gemm turned"] = net => net.Node("Gemm", ["a", net.Weights("w", 5, 4), net.Weights("b", 5)], "y").With("transB", 1L),
    };

    public static TheoryData<string> AllLayers() => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(AllLayers))]
    public void Channels_are_not_shifted_by_rounded_weights(string layer)
    {
        var net = layer.StartsWith("Gemm", StringComparison.Ordinal) ? new TestNetwork(64, 4) : new TestNetwork(1, 4, 12, 12);
        net.Node("Relu", ["x"], "a");
        Layers[layer](net);
        var model = net.Build("y");
        // One scale for all channels, and seven bits: rounding errs by much.
        var options = new QuantizationOptions { Target = QuantizationTarget.Accelerator, PerChannel = false, ReduceRange = true };
        var (with, without) = (Shift(model, options), Shift(model, options with { BiasCorrection = false }));
        Assert.True(with < without / 4, FormattableString.Invariant($"{with} with, {without} without"));
    }

    [Fact]
    public void The_gain_is_the_error_of_the_weights_times_the_means()
    {
        var quantized = new QuantizedWeights([1, 2, 3, 4], [1, 2], ZeroPoint: 0);
        Assert.Equal([(0.5f * 10) + (0.25f * 100), (-1 * 10) + (2 * 100)], BiasCorrection.Of([1.5f, 2.25f, 5, 10], quantized, WeightLayout.OfProduct(new NodeProto { OpType = "Gemm" }.With("transB", 1L), [2, 2]), [10, 100]));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0x80 }, 0, -1, -128)]
    [InlineData(new byte[] { 0x00, 0xff }, 128, -128, 127)]
    public void An_integer_of_either_type_stands_for_its_distance_from_zero(byte[] integers, int zeroPoint, double first, double second)
    {
        var quantized = new QuantizedWeights(integers, [2], zeroPoint);
        Assert.Equal([2 * first, 2 * second], [quantized.Value(0, 3), quantized.Value(1, 4)]);
    }

    [Fact]
    public void Each_weight_knows_its_channels()
    {
        var conv = WeightLayout.OfConvolution(new NodeProto { OpType = "Conv" }.With("group", 2L), [4, 3, 1, 2]);
        Assert.Equal((6, 4), (conv.Inputs, conv.Outputs));
        Assert.Equal([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 3, 3, 4, 4, 5, 5], Enumerable.Range(0, 24).Select(conv.Input));
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3], Enumerable.Range(0, 24).Select(conv.Output));
        var transposed = WeightLayout.OfTransposedConvolution(new NodeProto { OpType = "ConvTranspose" }.With("group", 2L).With("strides", 2L, 3L), [4, 3, 2]);
        Assert.Equal((4, 6, 6), (transposed.Inputs, transposed.Outputs, transposed.Strides));
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3], Enumerable.Range(0, 24).Select(transposed.Input));
        Assert.Equal([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 3, 3, 4, 4, 5, 5], Enumerable.Range(0, 24).Select(transposed.Output));
    }

    [Fact]
    public void A_bias_that_is_not_asked_for_is_not_added()
    {
        var net = new TestNetwork(1, 4, 12, 12);
        net.Node("Conv", ["x", net.Weights("w", 5, 4, 1, 1)], "y");
        var model = net.Build("y");
        Assert.Equal(2, Quantizing.Find(Quantizing.Quantize(model, new() { BiasCorrection = false }).Model, "Conv").Input.Count);
        Assert.Equal(3, Quantizing.Find(Quantizing.Quantize(model).Model, "Conv").Input.Count);
    }

    /// <summary>How far the means of channels lie from those of the float network, on the data of the calibration.</summary>
    static double Shift(ModelProto model, QuantizationOptions options)
    {
        var frames = TestNetwork.Frames(model);
        var (left, right) = (Quantizing.Run(model, frames)["y"], Quantizing.Run(Quantizing.Quantize(model, options).Model, frames)["y"]);
        // Of stacked frames the channels are the third axis.
        var (channels, inner) = ((int)left.Shape[2], (int)left.Shape[3..].Aggregate(1L, (product, size) => product * size));
        var sums = new double[channels];
        for (var i = 0; i < left.Values.Length; i++)
            sums[i / inner % channels] += right.Values[i] - left.Values[i];
        return sums.Sum(Math.Abs) / (left.Values.Length / channels);
    }
}
