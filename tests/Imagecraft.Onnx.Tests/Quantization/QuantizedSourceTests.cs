// Networks that are fetched with integers already: taken as they are, never quantized again.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using Imagecraft.Onnx.Quantization;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class QuantizedSourceTests
{
    static readonly Dictionary<string, Func<ModelProto>> Sources = new()
    {
        ["pairs, one scale"] = () => Quantizing.Quantize(StaticQuantizerTests.Chain(), new() { PerChannel = false }).Model,
        ["pairs, a scale for each channel"] = () => Quantizing.Quantize(StaticQuantizerTests.Chain()).Model,
        ["pairs, a scale for each input channel of a convolution"] = () => Pairs("Conv", 4, weights: 1),
        ["pairs, as many input channels as output channels"] = () => Pairs("Conv", 5, weights: 1),
        ["pairs, a scale for each row of a matrix"] = () => Pairs("MatMul", 4, weights: 0),
        ["pairs, a scale for each row of a square matrix"] = () => Pairs("MatMul", 5, weights: 0),
        ["pairs, a scale for each row of a square Gemm"] = () => Pairs("Gemm", 5, weights: 0),
        ["pairs, a scale for each channel of the input"] = () => Pairs("Conv", 4, input: 1),
        ["pairs, a scale for each channel of the output"] = () => Pairs("Conv", 4, output: 1),
        ["pairs, a scale for each channel of a sigmoid"] = () => Pairs("Sigmoid", 4, input: 1),
        ["QLinear"] = QLinear,
        ["integers"] = Integers,
        ["ONNX Runtime's own"] = Own,
    };

    static ModelOptions Options(OptimizationLevel level) => new() { Name = "net", Version = "1", License = "MIT", Optimize = level, Tolerance = 0.05 };

    public static TheoryData<string, OptimizationLevel> Ways => [.. from name in Sources.Keys from level in Enum.GetValues<OptimizationLevel>() select (name, level)];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_quantized_network_goes_the_whole_way(string source, OptimizationLevel level)
    {
        using var folder = new TemporaryFolder();
        var cancellation = TestContext.Current.CancellationToken;
        var (model, options) = (Sources[source](), Options(level));
        OnnxFile.Write(model, folder["source.onnx"]);
        IReadOnlyList<LabelledSequence> Samples(TensorPort _) => [new("noise", TestNetwork.Frames(model, 4), [])];
        ModelBuilder.Prepare(folder["source.onnx"], folder["prepared.onnx"], Samples, options with { Optimize = level == OptimizationLevel.Extended ? OptimizationLevel.Basic : level }, folder.Root, cancellation);
        var deployed = folder["prepared.onnx"];
        if (level == OptimizationLevel.Extended)
            ModelBuilder.Fuse(folder["prepared.onnx"], deployed = folder["fused.onnx"], Samples, options, folder.Root, cancellation);
        OrtFile.Convert(deployed, folder["deployed.ort"], "net");
        var sample = Assert.Single(ModelBuilder.MakeGolden(folder["source.onnx"], folder["deployed.ort"], Samples, new() { GraphPath = deployed }, folder["out"], options, folder.Root, cancellation));
        Assert.InRange(sample.Deviation, 0, options.Tolerance.All!.Absolute);
        Assert.All(HostLatency.Measure([new(deployed, LoadOptimization.All), new(folder["deployed.ort"], LoadOptimization.All)], "net", TimeSpan.Zero, cancellation), latency => Assert.True(latency.Least > 0 && latency.Median >= latency.Least));
        Assert.True(ModelBuilder.Measure(folder["prepared.onnx"], new Profile { Name = "npu", Operators = null, Target = QuantizationTarget.Accelerator }, mustFit: false, "net", folder.Root).Nodes > 0);
    }

    [Theory]
    [InlineData("pairs, one scale", "QLinearConv")]
    [InlineData("pairs, a scale for each channel", "QLinearConv")]
    [InlineData("pairs, a scale for each input channel of a convolution", "Conv")]
    [InlineData("pairs, as many input channels as output channels", "Conv")]
    [InlineData("pairs, a scale for each row of a square matrix", "MatMul")]
    [InlineData("pairs, a scale for each row of a square Gemm", "Gemm")]
    [InlineData("pairs, a scale for each channel of the output", "Conv")]
    public void Only_pairs_that_ONNX_Runtime_understands_are_fused(string source, string kind) => Assert.Contains(kind, Quantizing.RuntimeKinds(Sources[source]()));

    [Theory]
    [InlineData("pairs, one scale", "7 DequantizeLinear, 3 QuantizeLinear")]
    [InlineData("QLinear", "1 DequantizeLinear, 1 QLinearConv, 1 QuantizeLinear")]
    [InlineData("integers", "1 ConvInteger, 1 DynamicQuantizeLinear")]
    [InlineData("ONNX Runtime's own", "1 DynamicQuantizeMatMul")]
    public void A_quantized_network_is_not_quantized_again(string source, string counts)
    {
        var problem = Assert.Throws<OnnxException>(() => QuantizedOperators.Refuse(Sources[source](), "net"));
        Assert.Equal($"`net` is quantized already: it has [{counts}]; write `quantize: {{ method: taken }}`, and its integers are deployed, or let `source` name the float network", problem.Message);
        QuantizedOperators.Refuse(StaticQuantizerTests.Chain(), "net");
    }

    [Fact]
    public void A_network_that_fails_when_it_is_measured_is_named_with_its_node()
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, 4);
        net.Node("Cast", ["x"], "index").With("to", (long)ElementType.Int64);
        net.Node("Gather", [net.Weights("table", 0, 3), "index"], "y");
        OnnxFile.Write(net.Build("y"), folder["net.onnx"]);
        var problem = Assert.Throws<OnnxException>(() => HostLatency.Measure([new(folder["net.onnx"], LoadOptimization.All)], "net", TestContext.Current.CancellationToken));
        Assert.StartsWith("ONNX Runtime fails on the node `y` (Gather) of `net (as this host runs it)`: ", problem.Message, StringComparison.Ordinal);
        var same = Assert.Throws<OnnxException>(() => ReferenceNetwork.Load(folder["net.onnx"], "net").Run(new Dictionary<string, FloatTensor> { ["x"] = FloatTensor.Zeros([1, 4]) }, TestContext.Current.CancellationToken));
        Assert.StartsWith("The node `y` (Gather) cannot be computed: ", same.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_makes_no_tensors_names_the_node()
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, 4);
        net.Node("SequenceConstruct", ["x", "x"], "y");
        var model = net.Build("y");
        model.Graph.Output[0].Type = null;
        OnnxFile.Write(model, folder["net.onnx"]);
        var problem = Assert.Throws<OnnxException>(() => ModelBuilder.Prepare(folder["net.onnx"], folder["out.onnx"], [], Options(OptimizationLevel.Basic), folder.Root, TestContext.Current.CancellationToken));
        Assert.StartsWith("The node `y` (SequenceConstruct) of `net (the model)` has no reference arithmetic", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>One operator between pairs of uint8, whose scales lie along axes that differ from number to number; null: one scale.</summary>
    static ModelProto Pairs(string kind, long inputs, int? input = null, int? weights = null, int? output = null)
    {
        const long outputs = 5;
        var isConvolution = kind is "Conv" or "Sigmoid";
        var net = isConvolution ? new TestNetwork(1, inputs, 6, 6) : new TestNetwork(2, inputs);
        var read = Dequantize(net, Quantize(net, "x", 0.02f, input is null ? 0 : inputs, input), 0.02f, input is null ? 0 : inputs, input);
        if (kind == "Sigmoid")
            net.Node(kind, [read], "a");
        else
        {
            long[] shape = isConvolution ? [outputs, inputs, 3, 3] : [inputs, outputs];
            var integers = net.Bytes("w", [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(i => (byte)(128 + (i * 37 % 101) - 50))], shape);
            net.Node(kind, [read, Dequantize(net, integers, 0.01f, weights is { } axis ? shape[axis] : 0, weights)], "a");
        }
        var channels = kind == "Sigmoid" ? inputs : outputs;
        var quantized = Quantize(net, "a", kind == "Sigmoid" ? 0.004f : 0.1f, output is null ? 0 : channels, output);
        return net.Build(Dequantize(net, quantized, kind == "Sigmoid" ? 0.004f : 0.1f, output is null ? 0 : channels, output));
    }

    static string Quantize(TestNetwork net, string value, float scale, long count, int? axis) => Pair(net, "QuantizeLinear", value, scale, count, axis);

    static string Dequantize(TestNetwork net, string value, float scale, long count, int? axis) => Pair(net, "DequantizeLinear", value, scale, count, axis);

    /// <summary>Adds half of a pair; along an axis each scale is larger than the one before by a third of the first.</summary>
    static string Pair(TestNetwork net, string kind, string value, float scale, long count, int? axis)
    {
        var name = $"{value}.{(kind == "QuantizeLinear" ? "q" : "d")}";
        long[] shape = axis is null ? [] : [count];
        var scales = net.Constant($"{name}.s", [.. Enumerable.Range(0, (int)Math.Max(count, 1)).Select(i => scale * (3 + i) / 3)], shape);
        var node = net.Node(kind, [value, scales, net.Bytes($"{name}.z", [.. Enumerable.Repeat((byte)128, (int)Math.Max(count, 1))], shape)], name);
        return (axis is { } at ? node.With("axis", (long)at) : node).Output[0];
    }

    static ModelProto QLinear()
    {
        var net = new TestNetwork(1, 3, 6, 6);
        var read = Quantize(net, "x", 0.02f, 0, null);
        net.Node("QLinearConv",
            [
                read, net.Constant("xs", [0.02f]), net.Bytes("xz", [128]),
                net.Bytes("w", [.. Enumerable.Range(0, 4 * 27).Select(i => (byte)(i * 37))], 4, 3, 3, 3), net.Constant("ws", [0.01f, 0.02f, 0.03f, 0.04f], 4), net.Bytes("wz", [128, 128, 128, 128], 4),
                net.Constant("ys", [0.2f]), net.Bytes("yz", [128]),
            ], "a");
        return net.Build(Dequantize(net, "a", 0.2f, 0, null));
    }

    static ModelProto Integers()
    {
        var net = new TestNetwork(1, 3, 6, 6);
        net.Node("DynamicQuantizeLinear", ["x"], "q").Output.Add(["s", "z"]);
        net.Node("ConvInteger", ["q", net.Bytes("w", [.. Enumerable.Range(0, 4 * 27).Select(i => (byte)(i * 37))], 4, 3, 3, 3), "z", net.Bytes("wz", [128])], "i");
        net.Node("Cast", ["i"], "f").With("to", (long)ElementType.Float);
        net.Node("Mul", ["s", net.Constant("ws", [0.01f])], "scale");
        net.Node("Mul", ["f", "scale"], "y");
        return net.Build("y");
    }

    static ModelProto Own()
    {
        var net = new TestNetwork(2, 8);
        net.Node("MatMul", ["x", net.Weights("w", 8, 5)], "y");
        return DynamicQuantizer.Quantize(net.Build("y"), [], perChannel: true, reduceRange: false, "net");
    }
}
