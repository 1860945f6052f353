// The largest of integers is computed as floats, with the same bits, whoever quantized the network and whoever optimizes it again.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Reference;
using Imagecraft.Onnx.Tests.Quantization;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Tests;

public sealed class FloatMaximaTests
{
    static readonly string[] Expected = ["QuantizeLinear", "QLinearConv", "DequantizeLinear", "MaxPool", "QuantizeLinear", "QLinearConv", "DequantizeLinear"];

    [Theory]
    [InlineData(QuantizedType.UInt8)]
    [InlineData(QuantizedType.Int8)]
    public void Float_maxima_have_the_bits_of_integer_maxima(QuantizedType type)
    {
        using var folder = new TemporaryFolder();
        var model = Pooled();
        var quantized = Quantizing.Quantize(model, new() { ReduceRange = true, ActivationType = type, WeightType = type }).Model;
        var integer = OptimizeGraph.Save(quantized.Clone(), GraphOptimizationLevel.ORT_ENABLE_EXTENDED, keepsFloats: true, folder.Root, "net");
        var floating = new FloatMaxima().Apply(integer.Clone(), "net");
        Assert.DoesNotContain("DequantizeLinear", integer.Types()[..3]);
        Assert.Equal(Expected, floating.Types());
        var frames = TestNetwork.Frames(model, 1, seed: 9);
        var inputs = new Dictionary<string, FloatTensor> { ["x"] = new([.. frames.Shape[1..]], frames.Values) };
        Assert.Equal(RuntimeRun.Run(integer, inputs)["y"].Values, RuntimeRun.Run(floating, inputs)["y"].Values);
        Assert.Equal(new ReferenceNetwork(integer, "net").Run(inputs, TestContext.Current.CancellationToken)["y"].Values, new ReferenceNetwork(floating, "net").Run(inputs, TestContext.Current.CancellationToken)["y"].Values);
    }

    [Fact]
    public void A_pool_between_equal_ranges_stays_float_when_the_network_is_optimized_again()
    {
        using var folder = new TemporaryFolder();
        var once = new OptimizeGraph(OptimizationLevel.Extended, folder.Root) { KeepsFloats = true }.Apply(Quantizing.Quantize(Pooled()).Model, "net");
        Assert.Equal(Expected, once.Types());
        Assert.Equal(Expected, OptimizeGraph.Save(once, GraphOptimizationLevel.ORT_ENABLE_EXTENDED, keepsFloats: true, folder.Root, "net").Types());
    }

    [Fact]
    public void Values_of_a_pool_keep_their_integers()
    {
        var quantized = Quantizing.Quantize(Pooled()).Model;
        var pool = Quantizing.Find(quantized, "MaxPool");
        var (before, behind) = (Quantizing.Producer(quantized, pool.Input[0]), quantized.Graph.Node.Single(node => node.Input.Contains(pool.Output[0])));
        Assert.Equal((before.Input[1], before.Input[2]), (behind.Input[1], behind.Input[2]));
    }

    [Theory]
    [InlineData(TensorProto.Types.DataType.Int8, true)]
    [InlineData(TensorProto.Types.DataType.Int16, false)]
    public void Integers_whose_type_an_attribute_tells_keep_it(TensorProto.Types.DataType type, bool isFloat)
    {
        var net = new TestNetwork(1, 1, 4, 4);
        net.Model.OpsetImport[0].Version = 21;
        net.Node("QuantizeLinear", ["x", net.Constant("s", [0.02f])], "q").With("output_dtype", (long)type);
        net.Node("MaxPool", ["q"], "m").With("kernel_shape", 2L, 2L);
        net.Node("DequantizeLinear", ["m", "s"], "y");
        var model = net.Build("y");
        var floating = new FloatMaxima().Apply(model.Clone(), "net");
        Assert.Equal(isFloat ? 5 : 3, floating.Graph.Node.Count);
        var frames = TestNetwork.Frames(model, 1);
        if (isFloat)
            Assert.Equal(Quantizing.Run(model, frames)["y"].Values, Quantizing.Run(floating, frames)["y"].Values);
    }

    static ModelProto Pooled()
    {
        var net = new TestNetwork(1, 3, 9, 9);
        net.Node("Relu", [net.Convolve("x", "a", 3, 4)], "r");
        net.Node("MaxPool", ["r"], "m").With("kernel_shape", 3L, 3L).With("strides", 2L, 2L).With("pads", 1L, 1L, 1L, 1L);
        net.Convolve("m", "y", 4, 2);
        return net.Build("y");
    }
}
