// GRU as products: the same numbers, and integers of them; and both methods in one network.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class GruTests
{
    static ModelProto Network(int steps = 3, string direction = "forward", long linearFirst = 1, bool biased = true, bool started = false, params string[] outputs)
    {
        var net = new TestNetwork(steps, 2, 12);
        var directions = direction == "bidirectional" ? 2 : 1;
        var gru = net.Node("GRU", ["x", net.Weights("w", directions, 24, 12), net.Weights("r", directions, 24, 8), biased ? net.Weights("b", directions, 48) : "", "", started ? net.Weights("h", directions, 2, 8) : ""], "y")
            .With("hidden_size", 8L).With("direction", direction).With("linear_before_reset", linearFirst);
        gru.Output.Add("last");
        return net.Build(outputs.Length == 0 ? ["y", "last"] : outputs);
    }

    [Theory]
    [InlineData(3, "forward", 1, true, false)]
    [InlineData(3, "forward", 0, true, true)]
    [InlineData(1, "forward", 1, false, true)]
    [InlineData(4, "reverse", 1, true, false)]
    [InlineData(4, "bidirectional", 0, true, false)]
    [InlineData(4, "bidirectional", 1, false, true)]
    public void Products_compute_what_the_layer_computes(int steps, string direction, long linearFirst, bool biased, bool started)
    {
        var model = Network(steps, direction, linearFirst, biased, started);
        var products = Harmless.Apply(model, new GruProducts([]));
        Assert.DoesNotContain("GRU", products.Types());
    }

    [Fact]
    public void A_layer_is_quantized_dynamically_with_its_weights_once_and_as_ONNX_Runtime_computes_it()
    {
        var model = Network(5);
        using var folder = new TemporaryFolder();
        OnnxFile.Write(model, folder["float.onnx"]);
        ModelBuilder.Quantize(folder["float.onnx"], folder["small.onnx"], _ => [], null, new(QuantizationMethod.Dynamic, new() { ReduceRange = true }, 0), Options, folder.Root, TestContext.Current.CancellationToken);
        var small = OnnxFile.Read(folder["small.onnx"], "net");
        // One for all inputs, and one for each step but the first, which starts from zeros and is folded.
        Assert.Equal(5, small.Types().Count(kind => kind == "DynamicQuantizeMatMul"));
        Assert.Equal(2, small.Graph.Initializer.Count(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Int8 && tensor.Dims.Count == 2));
        Assert.InRange(Quantizing.Decibels(model, small), 25, 70);
        var frames = TestNetwork.Frames(model, 1, seed: 9);
        var inputs = new Dictionary<string, FloatTensor> { ["x"] = new([.. frames.Shape[1..]], frames.Values) };
        Assert.InRange(new ReferenceNetwork(small, "net").Run(inputs, TestContext.Current.CancellationToken)["y"].Deviation(RuntimeRun.Run(small, inputs)["y"]), 0, 0.02);
    }

    [Fact]
    public void A_long_layer_stays_and_the_reason_is_told()
    {
        var model = Network(17);
        Assert.Contains("GRU", new GruProducts([]).Apply(model.Clone(), "net").Types());
        Assert.Contains("`y` (GRU): it has 17 steps, and is unrolled up to 16", Assert.Throws<OnnxException>(() => DynamicQuantizer.Quantize(new GruProducts([]).Apply(model, "net"), [], true, false, "net")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_excluded_layer_stays() => Assert.Contains("GRU", new GruProducts(["y"]).Apply(Network(), "net").Types());

    [Theory]
    [InlineData("LSTM", "DynamicQuantizeLSTM")]
    [InlineData("head", "DynamicQuantizeMatMul")]
    public void What_a_recipe_names_is_quantized_dynamically_within_a_static_network(string named, string kind)
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(4, 1, 16);
        net.Node("MatMul", ["x", net.Weights("w", 16, 12)], "a");
        net.Node("Relu", ["a"], "r");
        net.Node("LSTM", ["r", net.Weights("i", 1, 32, 12), net.Weights("h", 1, 32, 8)], "l").With("hidden_size", 8L);
        net.Node("MatMul", ["l", net.Weights("v", 8, 4)], "head");
        var model = net.Build("head");
        OnnxFile.Write(model, folder["float.onnx"]);
        var settings = new QuantizationSettings(QuantizationMethod.Static, new() { Dynamic = [named] }, 0);
        ModelBuilder.Quantize(folder["float.onnx"], folder["small.onnx"], _ => [new("noise", TestNetwork.Frames(model), [])], null, settings, Options, folder.Root, TestContext.Current.CancellationToken);
        var small = OnnxFile.Read(folder["small.onnx"], "net");
        Assert.Single(small.Types(), kind);
        Assert.Contains(small.Types(), found => found is "MatMulIntegerToFloat" or "QLinearMatMul");
        Assert.Equal(named == "LSTM", !small.Types().Contains("LSTM"));
        Assert.InRange(Quantizing.Decibels(model, small), 25, 70);
        var problem = Assert.Throws<OnnxException>(() => DynamicParts.Quantize(model, new() { Dynamic = ["Relu"] }, "net"));
        var misspelt = Assert.Throws<OnnxException>(() => new StaticQuantizer(model, [], Quantizing.NoCarry, new() { Dynamic = ["LTSM"], Exclude = ["LTSM"] }, "net"));
        Assert.Equal("`dynamic` of `net` names neither nodes nor kinds of nodes: [`LTSM` (did you mean `LSTM`?)]", misspelt.Message);
        Assert.StartsWith("`dynamic` of `net` names [`Relu`], but ranges can be found at run time for nodes of [Gemm, LSTM, MatMul, GRU] only; it has [a, l, head]", problem.Message, StringComparison.Ordinal);
    }

    static readonly ModelOptions Options = new() { Name = "net", Version = "1", License = "MIT", Optimize = Passes.OptimizationLevel.Extended };
}
