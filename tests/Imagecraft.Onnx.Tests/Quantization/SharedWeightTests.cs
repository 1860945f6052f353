// Weights that layers share, as the heads of detectors do, are stored once in the quantized file.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class SharedWeightTests
{
    [Theory]
    [InlineData(QuantizationMethod.Static)]
    [InlineData(QuantizationMethod.Dynamic)]
    public void Weights_that_several_layers_read_are_stored_once_and_the_file_is_a_quarter(QuantizationMethod method)
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(Net(), folder["float.onnx"]);
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Extended };
        ModelBuilder.Quantize(folder["float.onnx"], folder["small.onnx"], _ => [new("noise", TestNetwork.Frames(Net()), [])], null, new(method, new(), 0), options, folder.Root, TestContext.Current.CancellationToken);
        var small = OnnxFile.Read(folder["small.onnx"], "net");
        Assert.Single(small.Graph.Initializer, tensor => TensorData.Count(tensor) == 64 * 64 && tensor.DataType == (int)TensorProto.Types.DataType.Int8);
        Assert.InRange((double)new FileInfo(folder["small.onnx"]).Length / new FileInfo(folder["float.onnx"]).Length, 0.25, 0.4);
    }

    [Fact]
    public void Channels_before_shared_weights_are_not_balanced_which_would_make_them_several()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        var w = net.Weights("w", 8, 8, 3, 3);
        foreach (var branch in new[] { "a", "b" })
        {
            net.Node("Relu", [net.Convolve("x", branch, 3, 8)], branch + ".r");
            net.Node("Conv", [branch + ".r", w, net.Weights(branch + ".bias", 8)], branch + ".y");
        }
        net.Node("Add", ["a.y", "b.y"], "y");
        var quantized = new MergeConstants().Apply(Quantizing.Quantize(net.Build("y")).Model, "net");
        Assert.Single(quantized.Graph.Initializer, tensor => tensor.Dims.SequenceEqual([8L, 8, 3, 3]));
    }

    static ModelProto Net()
    {
        var net = new TestNetwork(1, 64);
        var w = net.Weights("w", 64, 64);
        var value = "x";
        for (var i = 0; i < 5; i++)
            value = net.Node("Tanh", [net.Node("Gemm", [value, w, net.Weights($"b{i}", 64)], $"g{i}").Output[0]], $"t{i}").Output[0];
        return net.Build(value);
    }
}
