// What the reference arithmetic computes is what boards compute: ONNX Runtime is asked about the same networks, as they are deployed.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Reference;
using Imagecraft.Onnx.Tests.Quantization;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests.Reference;

public sealed class AgreementTests
{
    /// <summary>Between products of integers ONNX Runtime rounds by rules of the processor; what then differs is a step of the integers, and rare.</summary>
    const double MostDeviating = 0.02;

    [Fact]
    public void Sums_of_two_large_products_do_not_saturate_as_they_do_in_ONNX_Runtime_without_VNNI()
    {
        var graph = new GraphProto { Name = "g" };
        graph.Input.Add(new ValueInfoProto { Name = "x", Type = new() { TensorType = new() { ElemType = (int)ElementType.Uint8, Shape = Shape(1, 2, 1, 1) } } });
        graph.Output.Add(new ValueInfoProto { Name = "y", Type = new() { TensorType = new() { ElemType = (int)ElementType.Uint8, Shape = Shape(1, 1, 1, 1) } } });
        graph.Initializer.Add([
            TensorData.Make<float>("one", [1f]), TensorData.Make<byte>("zero", [0]), TensorData.Make<sbyte>("w", [127, 127], 1, 2, 1, 1), TensorData.Make<sbyte>("wz", [0]), TensorData.Make<float>("large", [255f])]);
        graph.Node.Add(new NodeProto { OpType = "QLinearConv", Input = { "x", "one", "zero", "w", "one", "wz", "large", "zero" }, Output = { "y" } });
        var model = new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } } };
        var y = new ReferenceNetwork(model, "net").Run(new Dictionary<string, TensorProto> { ["x"] = TensorData.Make<byte>("x", [255, 255], 1, 2, 1, 1) }, TestContext.Current.CancellationToken);
        Assert.Equal(254, y[0].RawData[0]);
    }

    [Theory]
    [InlineData("Conv")]
    [InlineData("depthwise")]
    [InlineData("strided")]
    [InlineData("ConvTranspose")]
    [InlineData("Mul")]
    [InlineData("Add")]
    [InlineData("Concat")]
    [InlineData("AveragePool")]
    [InlineData("GlobalAveragePool")]
    [InlineData("MaxPool")]
    [InlineData("Sigmoid")]
    [InlineData("HardSwish")]
    [InlineData("Softmax")]
    [InlineData("Gemm")]
    public void A_quantized_network_gives_what_ONNX_Runtime_gives(string middle)
    {
        var model = Network(middle);
        var floating = model.Clone();
        using var folder = new TemporaryFolder();
        // Seven bits, so that no processor saturates.
        var quantized = Quantizing.Quantize(model, new() { ReduceRange = true });
        var deployed = new OptimizeGraph(OptimizationLevel.Extended, folder.Root) { KeepsFloats = true }.Apply(quantized.Model.Clone(), "net");
        var frames = TestNetwork.Frames(floating, 1, seed: 9);
        var inputs = new Dictionary<string, FloatTensor> { ["x"] = new([.. frames.Shape[1..]], frames.Values) };
        var (own, runtime) = (new ReferenceNetwork(deployed, "net").Run(inputs, TestContext.Current.CancellationToken)["y"], RuntimeRun.Run(deployed, inputs)["y"]);
        Assert.Equal(runtime.Shape, own.Shape);
        var step = (own.Values.Max() - own.Values.Min()) / 255;
        var deviations = own.Values.Zip(runtime.Values, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.InRange(deviations.Count(deviation => deviation > step / 4), 0, Math.Ceiling(MostDeviating * deviations.Length));
        Assert.InRange(deviations.Max(), 0, 3 * step);
    }

    [Theory]
    [InlineData("LSTM", "forward")]
    [InlineData("LSTM", "bidirectional")]
    [InlineData("MatMul", "")]
    public void A_dynamically_quantized_network_gives_what_ONNX_Runtime_gives(string kind, string direction)
    {
        var net = new TestNetwork(kind == "LSTM" ? [5, 1, 12] : [6, 64]);
        var directions = direction == "bidirectional" ? 2 : 1;
        if (kind == "LSTM")
            net.Node("LSTM", ["x", net.Weights("w", directions, 32, 12), net.Weights("r", directions, 32, 8), net.Weights("b", directions, 64)], "y").With("hidden_size", 8L).With("direction", direction);
        else
            net.Node("MatMul", ["x", net.Weights("w", 64, 32)], "y");
        var model = DynamicQuantizer.Quantize(net.Build("y"), [], perChannel: true, reduceRange: true, "net");
        var frames = TestNetwork.Frames(model, 1, seed: 9);
        var inputs = new Dictionary<string, FloatTensor> { ["x"] = new([.. frames.Shape[1..]], frames.Values) };
        Assert.InRange(new ReferenceNetwork(model, "net").Run(inputs, TestContext.Current.CancellationToken)["y"].Deviation(RuntimeRun.Run(model, inputs)["y"]), 0, 0.01);
    }

    [Fact]
    public void A_network_of_an_operator_without_reference_arithmetic_names_the_node()
    {
        var net = new TestNetwork(1, 4);
        net.Node("RandomNormalLike", ["x"], "y");
        Assert.Contains("The node `y` (RandomNormalLike) of `net` has no reference arithmetic", Assert.Throws<OnnxException>(() => new ReferenceNetwork(net.Build("y"), "net")).Message, StringComparison.Ordinal);
    }

    static ModelProto Network(string middle)
    {
        var net = new TestNetwork(1, 4, 12, 12);
        net.Convolve("x", "a", 4, 8);
        switch (middle)
        {
            case "Conv":
                net.Convolve("a", "m", 8, 8);
                break;
            case "depthwise":
                net.Convolve("a", "m", 8, 8, groups: 8);
                break;
            case "strided":
                net.Node("Conv", ["a", net.Weights("m.w", 6, 8, 3, 3)], "m").With("strides", 2L, 2L).With("pads", 1L, 1L, 1L, 1L);
                break;
            case "ConvTranspose":
                net.Node("ConvTranspose", ["a", net.Weights("m.w", 8, 4, 2, 2), net.Weights("m.b", 4)], "m").With("strides", 2L, 2L);
                break;
            case "Mul" or "Add":
                net.Node(middle, ["a", net.Convolve("x", "b", 4, 8)], "m");
                break;
            case "Concat":
                net.Node("Concat", ["a", net.Convolve("x", "b", 4, 8)], "m").With("axis", 1L);
                break;
            case "AveragePool" or "MaxPool":
                net.Node(middle, ["a"], "m").With("kernel_shape", 3L, 3L).With("strides", 2L, 2L);
                break;
            case "Softmax":
                net.Node("Softmax", ["a"], "m").With("axis", 1L);
                break;
            case "Gemm":
                net.Node("Flatten", ["a"], "f");
                net.Node("Gemm", ["f", net.Weights("m.w", 8 * 144, 10), net.Weights("m.b", 10)], "y");
                return net.Build("y");
            default:
                net.Node(middle, ["a"], "m");
                break;
        }
        net.Node("Mul", ["m", net.Constant("half", [0.5f])], "y");
        return net.Build("y");
    }

    static TensorShapeProto Shape(params long[] sizes) => new() { Dim = { sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } };
}
