// Weights as integers or halves without data.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class DynamicQuantizerTests
{
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void Matrix_products_stay_near_float(bool turned, bool perChannel)
    {
        var net = new TestNetwork(3, 32);
        net.Node("MatMul", ["x", net.Weights("w", 32, 16)], "a");
        net.Node("Relu", ["a"], "r");
        net.Node("Gemm", ["r", turned ? net.Weights("v", 8, 16) : net.Weights("v", 16, 8), net.Weights("b", 8)], "y").With("transB", turned ? 1L : 0L);
        var model = net.Build("y");
        var quantized = DynamicQuantizer.Quantize(model, [], perChannel, reduceRange: false, "net");
        Assert.Equal(["DynamicQuantizeMatMul", "Relu", "DynamicQuantizeMatMul"], quantized.Graph.Node.Select(node => node.OpType));
        Assert.InRange(Quantizing.Decibels(model, quantized), 32, 70);
    }

    [Theory]
    [InlineData("forward", true)]
    [InlineData("forward", false)]
    [InlineData("bidirectional", true)]
    public void A_recurrent_layer_stays_near_float(string direction, bool perChannel)
    {
        var model = Recurrent("LSTM", 4, direction);
        var quantized = DynamicQuantizer.Quantize(model, [], perChannel, reduceRange: false, "net");
        Assert.Equal("DynamicQuantizeLSTM", quantized.Graph.Node[0].OpType);
        Assert.InRange(Quantizing.Decibels(model, quantized), 25, 70);
    }

    [Fact]
    public void A_reduced_range_leaves_weights_seven_bits_so_that_sums_of_two_products_fit_sixteen()
    {
        var net = new TestNetwork(3, 32);
        net.Node("MatMul", ["x", net.Weights("w", 32, 16)], "y");
        foreach (var (quantized, kind) in new[] { (DynamicQuantizer.Quantize(net.Build("y"), [], perChannel: true, reduceRange: true, "net"), "products"), (DynamicQuantizer.Quantize(Recurrent("LSTM", 4, "forward"), [], perChannel: true, reduceRange: true, "net"), "cells") })
            foreach (var weights in quantized.Graph.Initializer.Where(tensor => tensor.DataType == (int)Imagecraft.Onnx.Protos.TensorProto.Types.DataType.Int8 && tensor.Dims.Count > 1 && tensor.RawData.Span.ContainsAnyExcept((byte)0)))
                Assert.True(64 == weights.RawData.Max(value => Math.Abs((int)unchecked((sbyte)value))), $"Weights of {kind} in `{weights.Name}`");
    }

    [Fact]
    public void Static_quantization_leaves_recurrent_layers_to_the_dynamic_one()
    {
        var net = new TestNetwork(1, 8, 10);
        net.Convolve("x", "a", 8, 6);
        net.Node("Transpose", ["a"], "t").With("perm", 2L, 0L, 1L);
        net.Node("LSTM", ["t", net.Weights("w", 1, 32, 6), net.Weights("r", 1, 32, 8)], "y").With("hidden_size", 8L);
        var model = net.Build("y");
        var quantized = Quantizing.Quantize(model).Model;
        Assert.Contains(quantized.Graph.Node, node => node.OpType == "LSTM");
        var both = DynamicQuantizer.Quantize(quantized, [], perChannel: true, reduceRange: false, "net");
        Assert.Contains(both.Graph.Node, node => node.OpType == "DynamicQuantizeLSTM");
        Assert.InRange(Quantizing.Decibels(model, both), 20, 70);
    }

    [Fact]
    public void A_gated_unit_has_no_integer_form() =>
        Assert.Contains("Nothing of `net` can be quantized dynamically", Assert.Throws<OnnxException>(() => DynamicQuantizer.Quantize(Recurrent("GRU", 3, "forward"), [], perChannel: true, reduceRange: false, "net")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_excluded_stays_float()
    {
        var net = new TestNetwork(3, 32);
        net.Node("MatMul", ["x", net.Weights("w", 32, 16)], "a");
        net.Node("MatMul", ["a", net.Weights("v", 16, 8)], "y");
        var quantized = DynamicQuantizer.Quantize(net.Build("y"), ["y"], perChannel: true, reduceRange: false, "net");
        Assert.Equal(["DynamicQuantizeMatMul", "MatMul"], quantized.Graph.Node.Select(node => node.OpType));
    }

    [Fact]
    public void Halves_take_half_the_bytes_and_change_next_to_nothing()
    {
        var net = new TestNetwork(1, 256);
        net.Node("MatMul", ["x", net.Weights("w", 256, 64)], "a");
        net.Node("Add", ["a", net.Weights("b", 64)], "y");
        var model = net.Build("y");
        var halved = HalfWeights.Apply(model, "net");
        Assert.InRange((double)halved.CalculateSize() / model.CalculateSize(), 0.5, 0.51);
        Assert.InRange(Quantizing.Decibels(model, halved), 60, 100);
        Assert.All(halved.Graph.Initializer, tensor => Assert.Equal((int)ElementType.Float16, tensor.DataType));
        // ONNX Runtime folds the casts: what runs is the float network.
        Assert.DoesNotContain("Cast", Quantizing.RuntimeKinds(halved));
    }

    [Fact]
    public void A_constant_too_large_for_a_half_stays_float()
    {
        var net = new TestNetwork(1, 100);
        net.Node("Mul", ["x", net.Constant("k", [.. Enumerable.Repeat(1e6f, 100)], 100)], "y");
        Assert.Equal((int)ElementType.Float, HalfWeights.Apply(net.Build("y"), "net").Graph.Initializer[0].DataType);
    }

    static ModelProto Recurrent(string kind, int gates, string direction)
    {
        var directions = direction == "bidirectional" ? 2L : 1L;
        var net = new TestNetwork(5, 1, 16);
        float[] Scaled(int seed, long count) => new NoiseGenerator(seed).Take((int)count, 0.5f);
        net.Node(kind, ["x", net.Constant("w", Scaled(1, directions * gates * 12 * 16), directions, gates * 12, 16), net.Constant("r", Scaled(2, directions * gates * 12 * 12), directions, gates * 12, 12), net.Constant("b", Scaled(3, directions * gates * 24), directions, gates * 24)], "y")
            .With("hidden_size", 12L).With("direction", direction).With("layout", 0L);
        return net.Build("y");
    }
}
