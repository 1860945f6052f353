// Quantization-aware exports in the forms that frameworks write: their integers are kept, and end in integer kernels.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Taken;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class TakenNetworkTests
{
    const float OutputStep = 0.08f;

    static readonly Dictionary<string, Func<ModelProto>> Exports = new()
    {
        ["PyTorch, uint8"] = () => PyTorch(ElementType.Uint8, 0),
        ["PyTorch, int8"] = () => PyTorch(ElementType.Int8, -128),
        ["PyTorch, seven bits of activations"] = () => PyTorch(ElementType.Uint8, 0, clip: true),
        ["tf2onnx"] = TensorFlow,
        ["AIMET"] = Aimet,
    };

    public static TheoryData<string, bool> Ways => [.. from name in Exports.Keys from reduce in new[] { false, true } select (name, reduce)];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_quantization_aware_export_ends_in_integer_kernels(string export, bool reduceRange)
    {
        using var folder = new TemporaryFolder();
        var cancellation = TestContext.Current.CancellationToken;
        var source = Exports[export]();
        OnnxFile.Write(source, folder["source.onnx"]);
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Extended, Tolerance = 0.001 };
        IReadOnlyList<LabelledSequence> Samples(TensorPort _) => [new("noise", TestNetwork.Frames(source, 4), [])];
        ModelBuilder.Prepare(folder["source.onnx"], folder["prepared.onnx"], Samples, options with { Optimize = OptimizationLevel.Basic }, folder.Root, cancellation);
        var report = ModelBuilder.Quantize(folder["prepared.onnx"], folder["int8.onnx"], _ => [], null, new(QuantizationMethod.Taken, new() { ReduceRange = reduceRange }, 0), options, folder.Root, cancellation);

        var kinds = OnnxFile.Read(folder["int8.onnx"], "net").Graph.Node.Select(node => node.OpType).ToList();
        Assert.True(!kinds.Intersect(["Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "FusedMatMul", "Relu"]).Any(), $"[{string.Join(", ", kinds)}], [{string.Join("; ", report.FloatNodes.Select(node => node.Text))}]");
        Assert.Equal(2, kinds.Count(kind => kind == "QLinearConv"));
        Assert.Single(kinds, kind => kind is "QGemm" or "MatMulIntegerToFloat" or "QLinearMatMul");
        Assert.Empty(report.FloatNodes);
        Assert.InRange(report.Agreement!.Value, 30, double.PositiveInfinity);
        Assert.Equal(report.Agreement.Value, QuantizationReport.Parse(report.ToJson()).Agreement!.Value, double.IsFinite(report.Agreement.Value) ? 0.1 : 0);
        Assert.True(report.Bytes < report.FloatBytes);

        // What ONNX Runtime computes is what the reference says, and what the source said.
        var frames = TestNetwork.Frames(source, 4, seed: 9);
        var (meant, integers) = (Quantizing.Run(source, frames)["y"], Quantizing.Run(OnnxFile.Read(folder["int8.onnx"], "net"), frames)["y"]);
        Assert.InRange(Signal(meant, integers), 30, double.PositiveInfinity);
        var first = new FloatTensor([1, .. frames.Shape[2..]], frames.Values[..(frames.Values.Length / 4)]);
        var native = Conformance.ConformanceRun.Run(OnnxFile.Read(folder["int8.onnx"], "net"), new Dictionary<string, TensorProto> { ["x"] = TensorData.Make<float>("x", first.Values, first.Shape) })[0];
        var same = new FloatTensor([.. native.Dims], TensorData.ReadFloats(native));
        Assert.InRange(Signal(new([.. native.Dims], integers.Values[..same.Values.Length]), same), 30, double.PositiveInfinity);

        var sample = Assert.Single(ModelBuilder.MakeGolden(folder["source.onnx"], folder["int8.onnx"], Samples, new() { Variant = "int8", Quantization = report.ToJson() }, folder["out"], options, folder.Root, cancellation));
        // Biases get the step of their sums, which may move an output by a step of its own.
        Assert.InRange(sample.Deviation, 0, OutputStep);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void For_an_accelerator_pairs_of_standard_operators_stay(string export, bool reduceRange)
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(Exports[export](), folder["prepared.onnx"]);
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Basic };
        var report = ModelBuilder.Quantize(folder["prepared.onnx"], folder["int8.onnx"], _ => [], null, new(QuantizationMethod.Taken, new() { Target = QuantizationTarget.Accelerator, ReduceRange = reduceRange }, 0), options, folder.Root, TestContext.Current.CancellationToken);
        var model = OnnxFile.Read(folder["int8.onnx"], "net");
        Assert.All(model.Graph.Node, node => Assert.Equal("", node.Domain));
        Assert.Equal(2, model.Graph.Node.Count(node => node.OpType == "Conv"));
        Assert.Empty(report.FloatNodes);
    }

    [Fact]
    public void Each_pass_but_that_of_biases_is_exact()
    {
        foreach (var (name, export) in Exports)
        {
            IModelPass[] passes = [new FoldConstants(), new PairConstants(), new DropClamps(), new MovePairs(), new MergePairs(), new UnsignPairs(weights: true)];
            var (model, frames) = (export(), TestNetwork.Frames(export(), 8));
            var before = Quantizing.Run(model, frames)["y"].Values;
            foreach (var pass in passes)
            {
                model = pass.Apply(model, "net");
                Assert.True(before.SequenceEqual(Quantizing.Run(model, frames)["y"].Values), $"{pass.Name} of {name}");
            }
        }
    }

    [Fact]
    public void What_the_source_left_float_is_told_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, 3, 6, 6);
        net.Convolve(Fake(net, "x", 0.02f, 128, ElementType.Uint8), "bare", 3, 4);
        net.Node("Conv", [Fake(net, "bare", 0.1f, 128, ElementType.Uint8), Fake(net, net.Weights("w", 4, 4, 3, 3), 0.01f, 0, ElementType.Int8)], "open");
        net.Node("Tanh", ["open"], "y");
        OnnxFile.Write(net.Build("y"), folder["prepared.onnx"]);
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Extended };
        var report = ModelBuilder.Quantize(folder["prepared.onnx"], folder["int8.onnx"], _ => [], null, new(QuantizationMethod.Taken, new(), 0), options, folder.Root, TestContext.Current.CancellationToken);
        Assert.Equal(["`bare` (Conv): the source does not quantize its weights", "`open` (Conv): `y` (Tanh) reads its output in float"], report.FloatNodes.Select(node => node.Text));
    }

    [Fact]
    public void A_float_network_has_nothing_that_could_be_taken()
    {
        var problem = Assert.Throws<OnnxException>(() => TakenNetwork.Normalize(StaticQuantizerTests.Chain(), new(), "net"));
        Assert.Equal("`net` has no integers that could be taken: it has no QuantizeLinear, DequantizeLinear or operator on integers; choose the `method` static, dynamic or float16, or export the network with its quantization", problem.Message);
    }

    [Fact]
    public void Integers_that_are_others_than_the_pairs_mean_are_an_error()
    {
        var (right, wrong) = (PyTorch(ElementType.Uint8, 0), PyTorch(ElementType.Uint8, 0));
        var weights = wrong.Graph.Initializer.Single(tensor => tensor.Name == "w3");
        weights.RawData = Google.Protobuf.ByteString.CopyFrom(new byte[weights.RawData.Length]);
        var problem = Assert.Throws<OnnxException>(() => TakenNetwork.Compare(right, wrong, Quantizing.NoCarry, "net", TestContext.Current.CancellationToken));
        Assert.StartsWith("On integers `y` of `net` is another than what its QuantizeLinear and DequantizeLinear mean: signal to noise is ", problem.Message, StringComparison.Ordinal);
    }

    // The best of noise is another one as soon as a last digit differs, so what it is picked from is compared.
    [Fact]
    public void What_a_network_picks_is_compared_by_what_it_picks_from()
    {
        ModelProto Picks(float more)
        {
            var net = new TestNetwork(1, 64);
            net.Node("Mul", ["x", net.Constant("factor", [1f], 1)], "scores");
            net.Node("Add", ["scores", net.Constant("noise", [.. Enumerable.Range(0, 64).Select(i => i % 2 * more)], 64)], "judged");
            net.Node("ArgMax", ["judged"], "best").With("axis", 1L);
            net.Node("Cast", ["best"], "y").With("to", (long)ElementType.Float);
            foreach (var name in new[] { "scores", "judged" })
                net.Model.Graph.ValueInfo.Add(TestNetwork.Value(name, 1, 64));
            return net.Build("y");
        }

        var (meant, close) = (Picks(0), Picks(0.02f));
        Assert.Equal(["judged"], ComparedValues.Of(meant, close, Quantizing.NoCarry, "net").Names);
        Assert.InRange(TakenNetwork.Compare(meant, close, Quantizing.NoCarry, "net", TestContext.Current.CancellationToken), 25, 60);
        Assert.StartsWith("On integers `judged` of `net` is another than ", Assert.Throws<OnnxException>(() => TakenNetwork.Compare(meant, Picks(1), Quantizing.NoCarry, "net", TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0f, 6f, 0.02353f, 0, true)]
    [InlineData(0f, 6f, 0.03f, 0, false)]
    [InlineData(-1f, 6f, 0.02f, 0, true)]
    [InlineData(0f, 6f, 0.02f, 3, false)]
    public void A_clamp_goes_only_where_integers_saturate_to_the_same(float least, float largest, float scale, int zero, bool goes)
    {
        var net = new TestNetwork(1, 8);
        net.Node("Clip", ["x", net.Constant("least", [least]), net.Constant("largest", [largest])], "c");
        foreach (var end in net.Model.Graph.Initializer)
            end.Dims.Clear();
        var model = net.Build(Fake(net, "c", scale, zero, ElementType.Uint8));
        var frames = TestNetwork.Frames(model) with { Values = [.. Enumerable.Range(0, 32 * 8).Select(i => (i - 100) * 0.07f)] };
        var before = Quantizing.Run(model, frames).Values.Single().Values;
        model = new DropClamps().Apply(model, "net");
        Assert.Equal(!goes, model.Graph.Node.Any(node => node.OpType == "Clip"));
        Assert.Equal(before, Quantizing.Run(model, frames).Values.Single().Values);
    }

    /// <summary>Weights are float behind pairs of their own, with a scale for each channel; biases are float; activations lie between product and pair; a pool and a flattening stand between pair and product.</summary>
    static ModelProto PyTorch(ElementType type, int zero, bool clip = false)
    {
        var net = new TestNetwork(1, 3, 8, 8);
        var read = Fake(net, "x", 0.016f, zero + 128, type, clip: clip);
        net.Node("Conv", [read, PerChannel(net, net.Weights("w1", 6, 3, 3, 3), 0, 6), net.Weights("b1", 6)], "c1").With("pads", 1L, 1, 1, 1);
        net.Node("Relu", ["c1"], "r1");
        var first = Fake(net, "r1", 0.02f, zero, type, clip: clip);
        net.Node("MaxPool", [first], "p").With("kernel_shape", 2L, 2).With("strides", 2L, 2);
        net.Node("Conv", ["p", PerChannel(net, net.Weights("w2", 6, 6, 3, 3), 0, 6), net.Weights("b2", 6)], "c2").With("pads", 1L, 1, 1, 1);
        net.Node("Relu", ["c2"], "r2");
        net.Node("Flatten", [Fake(net, "r2", 0.04f, zero, type, clip: clip)], "f");
        net.Node("Gemm", ["f", PerChannel(net, net.Weights("w3", 5, 96), 0, 5), net.Weights("b3", 5)], "g").With("transB", 1L);
        return net.Build(Fake(net, "g", 0.1f, zero + 128, type, output: "y"));
    }

    /// <summary>The input is turned from NHWC, weights lie as HWIO and are turned behind their pairs, one scale serves all channels, and activations are clipped at six.</summary>
    static ModelProto TensorFlow()
    {
        var net = new TestNetwork(1, 8, 8, 3);
        net.Node("Transpose", [Fake(net, "x", 0.016f, 0, ElementType.Int8)], "nchw").With("perm", 0L, 3, 1, 2);
        var six = net.Constant("six", [6f]);
        var none = net.Constant("none", [0f]);
        foreach (var end in net.Model.Graph.Initializer)
            end.Dims.Clear();
        var before = "nchw";
        foreach (var (name, inputs, outputs) in new[] { ("one", 3L, 6L), ("two", 6L, 6L) })
        {
            net.Node("Transpose", [PerChannel(net, net.Weights(name + ".w", 3, 3, inputs, outputs), 3, outputs)], name + ".t").With("perm", 3L, 2, 0, 1);
            net.Node("Conv", [before, name + ".t", net.Weights(name + ".b", outputs)], name).With("pads", 1L, 1, 1, 1);
            net.Node("Clip", [name, none, six], name + ".c");
            before = Fake(net, name + ".c", 6f / 255, -128, ElementType.Int8);
        }
        net.Node("Transpose", [before], "nhwc").With("perm", 0L, 2, 3, 1);
        net.Node("Reshape", ["nhwc", net.Integers("rows", 1, -1)], "flat");
        net.Node("MatMul", ["flat", Fake(net, net.Weights("w", 384, 5), 0.01f, 0, ElementType.Int8)], "g");
        return net.Build(Fake(net, "g", 0.1f, 0, ElementType.Int8, output: "y"));
    }

    /// <summary>Biases are integers of 32 bits with a scale that is their own.</summary>
    static ModelProto Aimet()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        var before = Fake(net, "x", 0.016f, 128, ElementType.Uint8);
        foreach (var (name, inputs) in new[] { ("one", 3L), ("two", 6L) })
        {
            net.Node("Conv", [before, Fake(net, net.Weights(name + ".w", 6, inputs, 3, 3), 0.008f, 0, ElementType.Int8), Bias(net, name + ".b", 6)], name).With("pads", 1L, 1, 1, 1);
            before = Fake(net, name, 0.05f, 110, ElementType.Uint8);
        }
        net.Node("Flatten", [before], "f");
        net.Node("Gemm", ["f", Fake(net, net.Weights("w", 384, 5), 0.008f, 0, ElementType.Int8), Bias(net, "b", 5)], "g");
        return net.Build(Fake(net, "g", 0.08f, 120, ElementType.Uint8, output: "y"));
    }

    static string Bias(TestNetwork net, string name, int count)
    {
        int[] integers = [.. Enumerable.Range(0, count).Select(i => (i * 37 % 50) - 25)];
        net.Model.Graph.Initializer.Add(TensorData.Make<int>(name, integers, count));
        net.Node("DequantizeLinear", [name, Scalar(net, name + ".scale", 0.02f)], name + ".d");
        return name + ".d";
    }

    static string PerChannel(TestNetwork net, string weights, long axis, long channels)
    {
        var (scales, zeros) = (net.Constant(weights + ".scale", [.. Enumerable.Range(0, (int)channels).Select(i => 0.008f + (0.0007f * i))], channels), weights + ".zero");
        net.Model.Graph.Initializer.Add(TensorData.Make<sbyte>(zeros, new sbyte[channels], channels));
        net.Node("QuantizeLinear", [weights, scales, zeros], weights + ".q").With("axis", axis);
        net.Node("DequantizeLinear", [weights + ".q", scales, zeros], weights + ".d").With("axis", axis);
        return weights + ".d";
    }

    /// <summary>A pair with one scale; integers of seven bits are clipped between its halves, as PyTorch's exporter writes it.</summary>
    static string Fake(TestNetwork net, string value, float scale, int zero, ElementType type, bool clip = false, string? output = null)
    {
        var (s, z, integers) = (Scalar(net, value + ".scale", clip ? scale * 2 : scale), value + ".zero", value + ".q");
        net.Model.Graph.Initializer.Add(new TensorProto { Name = z, DataType = (int)type, RawData = Google.Protobuf.ByteString.CopyFrom(unchecked((byte)(clip ? zero / 2 : zero))) });
        net.Node("QuantizeLinear", [value, s, z], integers);
        if (clip)
        {
            foreach (var (name, end) in new[] { ("least", 0), ("largest", 127) })
                net.Model.Graph.Initializer.Add(new TensorProto { Name = $"{value}.{name}", DataType = (int)type, RawData = Google.Protobuf.ByteString.CopyFrom((byte)end) });
            net.Node("Clip", [integers, value + ".least", value + ".largest"], value + ".k");
            integers = value + ".k";
        }
        net.Node("DequantizeLinear", [integers, s, z], output ?? value + ".d");
        return output ?? value + ".d";
    }

    // The type of integers may be told by what is read (int8), by an attribute, or be one that only biases have.
    [Theory]
    [InlineData("int8")]
    [InlineData("int32")]
    [InlineData("output_dtype")]
    public void Integers_without_a_zero_point_stay_what_they_are(string told)
    {
        var net = new TestNetwork(8, 8);
        var (scale, zero, four, axis) = (Scalar(net, "s", 0.01f), net.Integers("zero", 0), net.Integers("four", 4), net.Integers("axis", 1));
        sbyte[] values = [.. Enumerable.Range(0, 64).Select(i => (sbyte)((i * 37 % 255) - 127))];
        if (told == "output_dtype")
        {
            net.Model.OpsetImport[0].Version = 21;
            net.Node("Neg", ["x"], "negative");
            net.Node("Transpose", ["negative"], "turned").With("perm", 1L, 0L);
            net.Node("QuantizeLinear", ["turned", scale], "q").With("output_dtype", (long)ElementType.Int8);
            net.Node("DequantizeLinear", ["q", scale], "y");
        }
        else
        {
            net.Model.Graph.Initializer.Add(told == "int8" ? TensorData.Make<sbyte>("w", values, 8, 8) : TensorData.Make<int>("w", [.. values.Select(value => value * 1000)], 8, 8));
            net.Node("DequantizeLinear", ["w", scale], "d");
            net.Node("Slice", ["d", zero, four, axis], "part");
            net.Node("Slice", ["x", zero, four, axis], "first");
            net.Node("Add", ["first", "part"], "y");
        }
        var model = net.Build("y");
        var frames = TestNetwork.Frames(model);
        var normal = TakenNetwork.Normalize(model.Clone(), new(), "net");
        Assert.Empty(ModelCheck.Problems(normal, "net"));
        Assert.InRange(Quantizing.Run(normal, frames)["y"].Deviation(Quantizing.Run(model, frames)["y"]), 0, 1e-5);
    }

    [Fact]
    public void A_network_of_several_inputs_is_compared_too()
    {
        var net = new TestNetwork(1, 8);
        net.Model.Graph.Input.Add(TestNetwork.Value("z", 1, 8));
        net.Node("Add", [Fake(net, "x", 0.02f, 128, ElementType.Uint8), Fake(net, "z", 0.02f, 128, ElementType.Uint8)], "sum");
        Fake(net, "sum", 0.04f, 128, ElementType.Uint8, output: "y");
        var model = net.Build("y");
        Assert.InRange(TakenNetwork.Compare(model, TakenNetwork.Normalize(model.Clone(), new(), "net"), ImmutableSortedDictionary<string, string>.Empty, "net", TestContext.Current.CancellationToken), 40, double.PositiveInfinity);
        Assert.Throws<OnnxException>(() => TakenNetwork.Compare(model, Other(), ImmutableSortedDictionary<string, string>.Empty, "net", TestContext.Current.CancellationToken));

        ModelProto Other()
        {
            var other = model.Clone();
            other.Graph.Node.Single(node => node.OpType == "Add").OpType = "Sub";
            return other;
        }
    }

    static string Scalar(TestNetwork net, string name, float value)
    {
        net.Model.Graph.Initializer.Add(TensorData.Make<float>(name, [value]));
        return name;
    }

    static double Signal(FloatTensor meant, FloatTensor other)
    {
        Assert.Equal(meant.Shape, other.Shape);
        var noise = meant.Values.Zip(other.Values, (a, b) => ((double)a - b) * (a - b)).Sum();
        return noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(meant.Values.Sum(value => (double)value * value) / noise);
    }
}
