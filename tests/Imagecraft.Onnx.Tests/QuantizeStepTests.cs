// The build step that makes a network small, with and without a gate.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Errors;

namespace Imagecraft.Onnx.Tests;

public sealed class QuantizeStepTests
{
    const int Float = (int)TensorProto.Types.DataType.Float;

    static readonly ModelOptions Options = new() { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Extended };

    // Two layers of 32 x 32 products.
    static ModelProto Network()
    {
        var random = new Random(3);
        TensorProto Weights(string name) => TensorData.Make<float>(name, Enumerable.Range(0, 1024).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(), 32, 32);
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 1 }, new TensorShapeProto.Types.Dimension { DimValue = 32 } } };
        ValueInfoProto Value(string name) => new() { Name = name, Type = new() { TensorType = new() { ElemType = Float, Shape = shape.Clone() } } };
        return new()
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            Graph = new()
            {
                Name = "net",
                Input = { Value("x") },
                Output = { Value("y") },
                Initializer = { Weights("w1"), Weights("w2") },
                Node = { TestModels.Node("MatMul", ["x", "w1"], "a"), TestModels.Node("Relu", ["a"], "b"), TestModels.Node("MatMul", ["b", "w2"], "y") },
            },
        };
    }

    static LabelledSequence Frames(int seed)
    {
        var random = new Random(seed);
        return new("noise", new FloatTensor([20, 1, 32], [.. Enumerable.Range(0, 640).Select(_ => (float)(random.NextDouble() * 2 - 1))]), []);
    }

    static QuantizationReport Quantize(TemporaryFolder folder, QuantizationMethod method, double? maxDrop = null, int floatLayers = 0, bool mustHold = true)
    {
        OnnxFile.Write(Network(), folder["float.onnx"]);
        var gate = maxDrop is null ? null : new AccuracyGate(folder["float.onnx"], Options, new AccuracyLimits(Metric.Named("mean-absolute-error"), null, maxDrop), [Frames(1)], "noise/test", TestContext.Current.CancellationToken);
        return ModelBuilder.Quantize(folder["float.onnx"], folder["small.onnx"], _ => [Frames(2)], gate, new(method, new(), floatLayers) { MustHold = mustHold }, Options, folder.Root, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Static_quantization_tells_sizes_and_the_error_of_each_layer()
    {
        using var folder = new TemporaryFolder();
        var report = Quantize(folder, QuantizationMethod.Static);
        Assert.Equal((new FileInfo(folder["float.onnx"]).Length, new FileInfo(folder["small.onnx"]).Length), (report.FloatBytes, report.Bytes));
        Assert.True(report.Bytes < report.FloatBytes / 2);
        Assert.NotEmpty(report.Layers);
        Assert.All(report.Layers, layer => Assert.True(layer.OwnDecibels > 20));
        var read = QuantizationReport.Parse((report with { FloatNodes = [new("up", "ConvTranspose", "none")] }).ToJson());
        Assert.Equal([new("up", "ConvTranspose", "none")], read.FloatNodes);
        Assert.Equal((report.Method, report.Bytes, report.Layers.Length, Math.Round(report.Layers[0].OwnDecibels, 2)), (read.Method, read.Bytes, read.Layers.Length, read.Layers[0].OwnDecibels));
    }

    [Fact]
    public void A_gate_that_is_just_missed_leaves_the_worst_layer_float_when_it_may()
    {
        using var folder = new TemporaryFolder();
        // Between what both layers err by on integers and what one does.
        var limit = (new QuantizedError(folder).Value + new QuantizedError(folder, "a").Value) / 2;
        Assert.Throws<OnnxException>(() => Quantize(folder, QuantizationMethod.Static, limit));
        var report = Quantize(folder, QuantizationMethod.Static, limit, floatLayers: 2);
        Assert.Single(report.FloatLayers);
    }

    [Fact]
    public void A_gate_that_need_not_hold_still_decides_which_layers_stay_float()
    {
        using var folder = new TemporaryFolder();
        Assert.Single(Quantize(folder, QuantizationMethod.Static, 1e-9, floatLayers: 1, mustHold: false).FloatLayers);
        Assert.Empty(Quantize(folder, QuantizationMethod.Static, 1e-9, floatLayers: 0, mustHold: false).FloatLayers);
    }

    [Fact]
    public void A_gate_that_cannot_hold_names_both_figures_and_the_worst_layers()
    {
        using var folder = new TemporaryFolder();
        var problem = Assert.Throws<OnnxException>(() => Quantize(folder, QuantizationMethod.Static, 1e-9));
        Assert.Contains("The accuracy gate of `net` does not hold: 0 in float, 0.", problem.Message, StringComparison.Ordinal);
        Assert.Contains("the worst layers are [`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_without_a_signal_stays_the_worst_on_its_way_through_JSON()
    {
        var layers = new[] { double.NegativeInfinity, 12.5, double.PositiveInfinity }.Select(ratio => new LayerError("a", "Conv", "b", ratio, ratio, 4, 1));
        var read = QuantizationReport.Parse(new QuantizationReport(QuantizationMethod.Static, 4, 1, [], [.. layers]).ToJson()).Layers;
        Assert.Equal([-999, 12.5, double.PositiveInfinity], read.Select(layer => layer.OwnDecibels));
    }

    [Fact]
    public void Layers_are_measured_without_any_optimization_too()
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(Network(), folder["float.onnx"]);
        var report = ModelBuilder.Quantize(folder["float.onnx"], folder["small.onnx"], _ => [Frames(2)], null, new(QuantizationMethod.Static, new(), 0), Options with { Optimize = OptimizationLevel.None }, folder.Root, TestContext.Current.CancellationToken);
        Assert.All(report.Layers, layer => Assert.InRange(layer.OwnDecibels, 20, 100));
    }

    [Theory]
    [InlineData(QuantizationTarget.Accelerator, true)]
    [InlineData(QuantizationTarget.OnnxRuntime, false)]
    public void Names_are_shortened_unless_an_accelerator_tells_of_nodes_by_them(QuantizationTarget target, bool keeps)
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(Network(), folder["float.onnx"]);
        ModelBuilder.Quantize(folder["float.onnx"], folder["small.onnx"], _ => [Frames(2)], null, new(QuantizationMethod.Static, new() { Target = target }, 0), Options with { Optimize = OptimizationLevel.Basic }, folder.Root, TestContext.Current.CancellationToken);
        Assert.Equal(keeps, OnnxFile.Read(folder["small.onnx"]).Graph.Initializer.Any(tensor => tensor.Name.StartsWith("w1", StringComparison.Ordinal)));
    }

    [Fact]
    public void Half_weights_halve_the_file_and_have_no_layers_to_tell_of()
    {
        using var folder = new TemporaryFolder();
        var report = Quantize(folder, QuantizationMethod.Float16);
        Assert.Empty(report.Layers);
        Assert.InRange((double)report.Bytes / report.FloatBytes, 0.45, 0.6);
    }

    [Fact]
    public void The_same_network_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        Quantize(folder, QuantizationMethod.Dynamic);
        var first = File.ReadAllBytes(folder["small.onnx"]);
        Quantize(folder, QuantizationMethod.Dynamic);
        Assert.Equal(first, File.ReadAllBytes(folder["small.onnx"]));
    }

    // What the quantized network errs by at most on the gate's data, so that the gate can be set tighter.
    sealed class QuantizedError
    {
        public QuantizedError(TemporaryFolder folder, params string[] floatLayers)
        {
            OnnxFile.Write(Network(), folder["float.onnx"]);
            ModelBuilder.Quantize(folder["float.onnx"], folder["small.onnx"], _ => [Frames(2)], null, new(QuantizationMethod.Static, new() { Exclude = [.. floatLayers] }, 0), Options, folder.Root, TestContext.Current.CancellationToken);
            var gate = new AccuracyGate(folder["float.onnx"], Options, new AccuracyLimits(Metric.Named("mean-absolute-error"), null, 1), [Frames(1)], "noise/test", TestContext.Current.CancellationToken);
            Value = gate.Judge(folder["small.onnx"], TestContext.Current.CancellationToken).Evidence!.Drop.High;
        }

        public double Value { get; }
    }
}
