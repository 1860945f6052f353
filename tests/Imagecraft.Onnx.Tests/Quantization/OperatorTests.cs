// Every operator of the table within a small network: how near it stays to float, and what ONNX Runtime makes of it.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Errors;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class OperatorTests
{
    /// <summary>Builds the middle of a network from the value `a` of four channels and eight by eight; gives its result, of the same rank, and its channels.</summary>
    static readonly Dictionary<string, Func<TestNetwork, (string Value, long Channels)>> Middles = new()
    {
        ["Conv"] = net => (net.Convolve("a", "m", 4, 6), 6),
        ["depthwise Conv"] = net => (net.Convolve("a", "m", 4, 4, groups: 4), 4),
        ["ConvTranspose"] = net => (net.Node("ConvTranspose", ["a", net.Weights("m.w", 4, 5, 2, 2), net.Weights("m.b", 5)], "m").With("strides", 2L, 2L).Output[0], 5),
        ["Add"] = net => (net.Node("Add", ["a", net.Convolve("a", "c", 4, 4)], "m").Output[0], 4),
        ["Add of a constant"] = net => (net.Node("Add", ["a", net.Weights("k", 1, 4, 1, 1)], "m").Output[0], 4),
        ["Mul"] = net => (net.Node("Mul", ["a", net.Convolve("a", "c", 4, 4)], "m").Output[0], 4),
        ["Add of a summand"] = net => (net.Node("Add", ["a", net.Constant("k", [1.7f], 1)], "m").Output[0], 4),
        ["Mul by a factor"] = net => (net.Node("Mul", ["a", net.Constant("k", [1.7f], 1)], "m").Output[0], 4),
        ["Div by a factor"] = net => (net.Node("Div", ["a", net.Constant("k", [6])], "m").Output[0], 4),
        ["AveragePool"] = net => (net.Node("AveragePool", ["a"], "m").With("kernel_shape", 2L, 2L).With("strides", 2L, 2L).Output[0], 4),
        ["GlobalAveragePool"] = net => (net.Node("GlobalAveragePool", ["a"], "m").Output[0], 4),
        ["MaxPool"] = net => (net.Node("MaxPool", ["a"], "m").With("kernel_shape", 2L, 2L).With("strides", 2L, 2L).Output[0], 4),
        ["Relu"] = net => (net.Node("Relu", ["a"], "m").Output[0], 4),
        ["Clip"] = net => (net.Node("Clip", ["a", net.Constant("low", [-0.5f]), net.Constant("high", [1.5f])], "m").Output[0], 4),
        ["Sigmoid"] = net => (net.Node("Sigmoid", ["a"], "m").Output[0], 4),
        ["HardSwish"] = net => (net.Node("HardSwish", ["a"], "m").Output[0], 4),
        ["HardSigmoid"] = net => (net.Node("HardSigmoid", ["a"], "m").Output[0], 4),
        ["Softmax"] = net => (net.Node("Softmax", ["a"], "m").With("axis", 1L).Output[0], 4),
        ["Concat"] = net => (net.Node("Concat", ["a", net.Convolve("a", "c", 4, 4)], "m").With("axis", 1L).Output[0], 8),
        ["Resize"] = net => (net.Node("Resize", ["a", "", net.Constant("sizes", [1, 1, 2, 2], 4)], "m").With("mode", "nearest").Output[0], 4),
        ["Transpose"] = net => (net.Node("Transpose", ["a"], "m").With("perm", 0L, 1L, 3L, 2L).Output[0], 4),
        ["Reshape"] = net => (net.Node("Reshape", ["a", net.Integers("shape", 1, 8, 4, 8)], "m").Output[0], 8),
        ["Where"] = net => (net.Node("Where", [Chosen(net), "a", net.Convolve("a", "c", 4, 4)], "m").Output[0], 4),
        ["Where of a constant"] = net => (net.Node("Where", [Chosen(net), "a", net.Constant("k", [0.25f])], "m").Output[0], 4),
        ["Split"] = net => (Halves(net), 4),
        ["Gather"] = net => (net.Node("Gather", ["a", net.Integers("at", 3, 0, 2)], "m").With("axis", 1L).Output[0], 3),
        ["Expand"] = net => (net.Node("Expand", [net.Node("GlobalAveragePool", ["a"], "p").Output[0], net.Integers("shape", 1, 4, 3, 3)], "m").Output[0], 4),
        ["Tile"] = net => (net.Node("Tile", ["a", net.Integers("times", 1, 2, 1, 1)], "m").Output[0], 8),
        ["Pad"] = net => (net.Node("Pad", ["a", net.Integers("widths", 0, 0, 1, 2, 0, 0, 2, 1)], "m").With("mode", "reflect").Output[0], 4),
        ["Sub of a summand"] = net => (net.Node("Sub", ["a", net.Constant("k", [1.7f], 1)], "m").Output[0], 4),
        ["Sub of a constant"] = net => (net.Node("Sub", ["a", net.Weights("k", 1, 4, 1, 1)], "m").Output[0], 4),
        ["Div by constants"] = net => (net.Node("Div", ["a", net.Constant("k", [2, 3, -4, 5], 1, 4, 1, 1)], "m").Output[0], 4),
        ["ReduceMean of places"] = net => (Means(net, 2, -1), 4),
        ["PRelu of one slope"] = net => (net.Node("PRelu", ["a", net.Constant("k", [0.2f, 0.2f, 0.2f, 0.2f], 4, 1, 1)], "m").Output[0], 4),
        ["LeakyRelu"] = net => (net.Node("LeakyRelu", ["a"], "m").With("alpha", 0.2f).Output[0], 4),
        ["Tanh"] = net => (net.Node("Tanh", ["a"], "m").Output[0], 4),
        ["Sub"] = net => (net.Node("Sub", ["a", net.Convolve("a", "c", 4, 4)], "m").Output[0], 4),
        ["Max"] = net => (net.Node("Max", ["a", net.Convolve("a", "c", 4, 4)], "m").Output[0], 4),
        ["Min"] = net => (net.Node("Min", ["a", net.Convolve("a", "c", 4, 4)], "m").Output[0], 4),
        ["ReduceMean"] = net => (Means(net, 3), 4),
        ["PRelu"] = net => (net.Node("PRelu", ["a", net.Constant("k", [0.1f, 0.2f, -0.3f, 0.4f], 4, 1, 1)], "m").Output[0], 4),
        ["Erf"] = net => (net.Node("Erf", ["a"], "m").Output[0], 4),
        ["LayerNormalization"] = net => (net.Node("LayerNormalization", ["a", net.Weights("g", 8), net.Weights("h", 8)], "m").Output[0], 4),
        ["InstanceNormalization"] = net => (net.Node("InstanceNormalization", ["a", net.Weights("g", 4), net.Weights("h", 4)], "m").Output[0], 4),
        ["DepthToSpace"] = net => (net.Node("DepthToSpace", ["a"], "m").With("blocksize", 2L).Output[0], 1),
    };

    // Every third place.
    static string Chosen(TestNetwork net)
    {
        net.Model.Graph.Initializer.Add(TensorData.Make<bool>("chosen", [.. Enumerable.Range(0, 64).Select(at => at % 3 == 0)], 1, 1, 8, 8));
        return "chosen";
    }

    static string Means(TestNetwork net, params long[] axes)
    {
        net.Model.Graph.ValueInfo.Add(TestNetwork.Value("a", 1, 4, 8, 8));
        return net.Node("ReduceMean", ["a"], "m").With("axes", axes).Output[0];
    }

    // Both halves are read, in the other order.
    static string Halves(TestNetwork net)
    {
        var split = net.Node("Split", ["a", net.Integers("sizes", 1, 3)], "one").With("axis", 1L);
        split.Output.Add("three");
        return net.Node("Concat", ["three", "one"], "m").With("axis", 1L).Output[0];
    }

    static ModelProto Network(string middle)
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        var (value, channels) = Middles[middle](net);
        net.Node("Conv", [value, net.Weights("y.w", 5, channels, 1, 1)], "y");
        return net.Build("y");
    }

    [Theory]
    [InlineData("Conv", 30, "QLinearConv")]
    [InlineData("depthwise Conv", 30, "QLinearConv")]
    [InlineData("ConvTranspose", 30, "ConvTranspose")]
    [InlineData("Add", 30, "QLinearAdd")]
    [InlineData("Add of a constant", 30, "QLinearAdd")]
    [InlineData("Add of a summand", 30, "QLinearConv")]
    [InlineData("Mul", 27, "QLinearMul")]
    [InlineData("Mul by a factor", 30, "QLinearConv")]
    [InlineData("Div by a factor", 30, "QLinearConv")]
    [InlineData("AveragePool", 30, "QLinearAveragePool")]
    [InlineData("GlobalAveragePool", 20, "QLinearGlobalAveragePool")]
    [InlineData("Relu", 30, "QLinearConv")]
    [InlineData("Clip", 30, "QLinearConv")]
    [InlineData("Sigmoid", 30, "QLinearSigmoid")]
    [InlineData("HardSwish", 32, "QLinearMul")]
    [InlineData("HardSigmoid", 30, "QLinearAdd")]
    [InlineData("Softmax", 30, "QLinearSoftmax")]
    [InlineData("Concat", 30, "QLinearConcat")]
    [InlineData("Resize", 30, "Resize")]
    [InlineData("Transpose", 30, "Transpose")]
    [InlineData("Reshape", 30, "Reshape")]
    [InlineData("DepthToSpace", 30, "DepthToSpace")]
    [InlineData("Where", 30, "QLinearWhere")]
    [InlineData("Where of a constant", 28, "QLinearWhere")]
    [InlineData("Split", 30, "Split")]
    [InlineData("Gather", 30, "Gather")]
    [InlineData("Expand", 20, "Expand")]
    [InlineData("Tile", 30, "Tile")]
    [InlineData("Pad", 30, "Pad")]
    [InlineData("Sub of a summand", 30, "QLinearConv")]
    [InlineData("Sub of a constant", 30, "QLinearAdd")]
    [InlineData("Div by constants", 30, "QLinearMul")]
    [InlineData("ReduceMean of places", 20, "QLinearGlobalAveragePool")]
    [InlineData("PRelu of one slope", 30, "QLinearLeakyRelu")]
    [InlineData("LeakyRelu", 30, "QLinearLeakyRelu")]
    [InlineData("Tanh", 30, "QLinearSigmoid")]
    public void An_operator_stays_near_float_and_runs_on_integers(string middle, double decibels, string kind)
    {
        var model = Network(middle);
        var quantized = Quantizing.Quantize(model);
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), decibels, 70);
        var kinds = Quantizing.RuntimeKinds(quantized.Model);
        Assert.Contains(kind, kinds);
        // What enters is quantized and what leaves is dequantized, nothing between; there is no integer kernel for these.
        var apart = middle is "ConvTranspose" or "DepthToSpace" ? 1 : 0;
        Assert.True(kinds.Count(name => name == "QuantizeLinear") <= 1 + apart, string.Join(", ", kinds));
        Assert.DoesNotContain("Conv", kinds);
        Assert.DoesNotContain("Relu", kinds);
        Assert.DoesNotContain("Clip", kinds);
    }

    /// <summary>Between products of integers ONNX Runtime rounds by rules of the processor; what moves or selects integers has no rounding.</summary>
    [Theory]
    [InlineData("Where", 0)]
    [InlineData("Where of a constant", 0)]
    [InlineData("Split", 0)]
    [InlineData("Gather", 0)]
    [InlineData("Tile", 0)]
    [InlineData("Pad", 0)]
    [InlineData("MaxPool", 0)]
    [InlineData("Sub of a summand", 0)]
    [InlineData("Sub of a constant", 0.02)]
    [InlineData("Div by constants", 0.02)]
    [InlineData("Expand", 0.02)]
    [InlineData("ReduceMean of places", 0.02)]
    [InlineData("PRelu of one slope", 0.02)]
    [InlineData("LeakyRelu", 0.02)]
    [InlineData("Tanh", 0.02)]
    [InlineData("Softmax", 0.02)]
    public void Reference_arithmetic_gives_the_integers_of_ONNX_Runtime(string middle, double mostDeviating)
    {
        using var folder = new TemporaryFolder();
        var model = Network(middle);
        // Seven bits, so that no processor saturates.
        var deployed = new OptimizeGraph(OptimizationLevel.Extended, folder.Root) { KeepsFloats = true }.Apply(Quantizing.Quantize(model, new() { ReduceRange = true }).Model, "net");
        var frames = TestNetwork.Frames(model, 1, seed: 9);
        var inputs = new Dictionary<string, FloatTensor> { ["x"] = new([.. frames.Shape[1..]], frames.Values) };
        var (own, runtime) = (new ReferenceNetwork(deployed, "net").Run(inputs, TestContext.Current.CancellationToken)["y"], RuntimeRun.Run(deployed, inputs)["y"]);
        Assert.Equal(runtime.Shape, own.Shape);
        var step = (own.Values.Max() - own.Values.Min()) / 255;
        Assert.InRange(own.Values.Zip(runtime.Values).Count(pair => Math.Abs(pair.First - pair.Second) > step / 4), 0, Math.Ceiling(mostDeviating * own.Values.Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_fully_connected_layer_runs_on_integers_and_ends_in_float(bool turned)
    {
        var net = new TestNetwork(2, 32);
        net.Node("Gemm", ["x", turned ? net.Weights("w", 8, 32) : net.Weights("w", 32, 8), net.Weights("b", 8)], "a").With("transB", turned ? 1L : 0L);
        net.Node("Relu", ["a"], "r");
        net.Node("Gemm", ["r", net.Weights("v", 8, 3)], "y");
        var model = net.Build("y");
        var quantized = Quantizing.Quantize(model);
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), 34, 70);
        Assert.Equal(["QuantizeLinear", "QGemm", "QGemm"], Quantizing.RuntimeKinds(quantized.Model));
    }

    [Fact]
    public void A_maximum_is_left_to_floats_which_are_faster_and_no_pair_moves_over_it()
    {
        var model = Network("MaxPool");
        var quantized = Quantizing.Quantize(model).Model;
        Assert.InRange(Quantizing.Decibels(model, quantized), 30, 70);
        var kinds = Quantizing.RuntimeKinds(quantized);
        Assert.Equal(["QuantizeLinear", "QLinearConv", "DequantizeLinear", "MaxPool", "QuantizeLinear", "QLinearConv", "DequantizeLinear"], kinds);
        var accelerated = Quantizing.Quantize(model, new() { Target = QuantizationTarget.Accelerator }).Model;
        Assert.Equal("QuantizeLinear", accelerated.Graph.Node.Single(node => node.Input.Contains(Quantizing.Find(accelerated, "MaxPool").Output[0])).OpType);
    }

    [Fact]
    public void Matrix_products_of_weights_and_of_activations_run_on_integers()
    {
        var net = new TestNetwork(1, 6, 16);
        net.Node("MatMul", ["x", net.Weights("w", 16, 16)], "a");
        net.Node("Transpose", ["a"], "t").With("perm", 0L, 2L, 1L);
        net.Node("MatMul", ["a", "t"], "m");
        net.Node("MatMul", ["m", net.Weights("v", 6, 4)], "y");
        var model = net.Build("y");
        var quantized = Quantizing.Quantize(model);
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), 30, 70);
        Assert.Equal(2, Quantizing.RuntimeKinds(quantized.Model).Count(kind => kind == "QLinearMatMul"));
        Assert.Contains("MatMulIntegerToFloat", Quantizing.RuntimeKinds(quantized.Model));
    }

    [Fact]
    public void A_convolution_of_one_dimension_runs_on_integers()
    {
        var net = new TestNetwork(1, 4, 32);
        net.Convolve("x", "y", 4, 8);
        var model = net.Build("y");
        var quantized = Quantizing.Quantize(model);
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), 34, 70);
        Assert.Contains("QLinearConv", Quantizing.RuntimeKinds(quantized.Model));
    }

    [Theory]
    [InlineData(QuantizedType.UInt8, false, true, false)]
    [InlineData(QuantizedType.UInt8, true, true, false)]
    [InlineData(QuantizedType.Int8, true, true, false)]
    [InlineData(QuantizedType.Int8, false, false, false)]
    [InlineData(QuantizedType.UInt8, false, false, true)]
    public void Every_combination_of_settings_stays_near_float(QuantizedType activations, bool symmetric, bool perChannel, bool reduceRange)
    {
        var model = Network("Relu");
        var options = new QuantizationOptions { ActivationType = activations, SymmetricActivations = symmetric, PerChannel = perChannel, ReduceRange = reduceRange, WeightType = activations, Target = QuantizationTarget.Accelerator };
        Assert.InRange(Quantizing.Decibels(model, Quantizing.Quantize(model, options).Model), 26, 70);
    }

    [Theory]
    [InlineData(4, 255)]
    [InlineData(400, 4000)]
    public void A_softmax_has_a_scale_of_its_own_values_that_is_one_by_a_whole_number(int count, double least)
    {
        var net = new TestNetwork(1, 8, count);
        net.Node("MatMul", ["x", net.Constant("w", [.. Enumerable.Range(0, count * count).Select(i => i % (count + 1) == 0 ? 0.5f : 0)], count, count)], "a");
        net.Node("Softmax", ["a"], "s");
        net.Node("MatMul", ["s", net.Weights("v", count, 3)], "y");
        var model = net.Build("y");
        var quantized = Quantizing.Quantize(model).Model;
        var scale = TensorData.ReadFloats(Quantizing.Constant(quantized, Quantizing.Producer(quantized, "s").Input[1]))[0];
        Assert.True(1 / scale >= least, $"1/{1 / scale}");
        // What ONNX Runtime multiplies by is the same number to the last digit.
        Assert.Equal(1, MathF.Floor(1 / scale) * (double)scale, 1e-6);
        Assert.InRange(Quantizing.Decibels(model, quantized), 30, 80);
        Assert.Contains("QLinearSoftmax", Quantizing.RuntimeKinds(quantized));
    }

    [Fact]
    public void What_a_mask_fills_in_keeps_a_choice_float_since_no_other_value_would_be_told_apart()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Where", [Chosen(net), "a", net.Constant("k", [-1e9f])], "m");
        net.Node("Softmax", ["m"], "s");
        net.Node("Conv", ["s", net.Weights("y.w", 5, 4, 1, 1)], "y");
        var model = net.Build("y");
        var quantized = Quantizing.Quantize(model).Model;
        Assert.Contains("Where", Quantizing.RuntimeKinds(quantized));
        Assert.InRange(Quantizing.Decibels(model, quantized), 30, 70);
    }

    [Theory]
    [MemberData(nameof(AllMiddles))]
    public void For_an_accelerator_each_operator_keeps_its_node(string middle)
    {
        var model = Network(middle);
        var quantized = Quantizing.Quantize(model, new() { Target = QuantizationTarget.Accelerator });
        var kind = middle.Split(' ').First(word => char.IsUpper(word[0]));
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), 20, 70);
        if (kind is not "Relu" and not "Clip")
            Assert.Contains(quantized.Model.Graph.Node, node => node.OpType == kind);
    }

    /// <summary>Weights keep eight bits, so their error is left.</summary>
    [Theory]
    [InlineData("Mul", 34)]
    [InlineData("Split", 36)]
    [InlineData("Sigmoid", 36)]
    [InlineData("PRelu", 36)]
    [InlineData("LayerNormalization", 34)]
    public void Activations_of_sixteen_bits_lose_nothing_on_an_accelerator_and_are_refused_for_the_CPU(string middle, double decibels)
    {
        var model = Network(middle);
        var narrow = Quantizing.Decibels(model, Quantizing.Quantize(model, new() { Target = QuantizationTarget.Accelerator }).Model);
        foreach (var type in new[] { QuantizedType.UInt16, QuantizedType.Int16 })
        {
            var quantized = Quantizing.Quantize(model, new() { Target = QuantizationTarget.Accelerator, ActivationType = type, SymmetricActivations = type == QuantizedType.Int16 });
            Assert.InRange(Quantizing.Decibels(model, quantized.Model), Math.Max(decibels, narrow + 1), 90);
            Assert.All(LayerErrors.Measure(quantized, [TestNetwork.Frames(model)], Quantizing.NoCarry, "net", TestContext.Current.CancellationToken), error => Assert.True(error.OwnDecibels > 20));
            // ONNX Runtime reads it, as compilers of accelerators do that are built on it.
            var frames = TestNetwork.Frames(model, 1, seed: 9);
            var inputs = new Dictionary<string, FloatTensor> { ["x"] = new([.. frames.Shape[1..]], frames.Values) };
            var (own, runtime) = (new ReferenceNetwork(quantized.Model, "net").Run(inputs, TestContext.Current.CancellationToken)["y"], RuntimeRun.Run(quantized.Model, inputs)["y"]);
            Assert.InRange(own.Deviation(runtime), 0, (own.Values.Max() - own.Values.Min()) / 1000);
            var profile = new Profile { Name = "npu", ActivationTypes = [type], WeightTypes = [QuantizedType.Int8] };
            Assert.Empty(ProfileCheck.Offenders(quantized.Model, profile, "net"));
            Assert.NotEmpty(ProfileCheck.Offenders(quantized.Model, profile with { ActivationTypes = [QuantizedType.UInt8] }, "net"));
        }
        Assert.Contains("ONNX Runtime has no kernels", Assert.Throws<OnnxException>(() => Quantizing.Quantize(model, new() { ActivationType = QuantizedType.UInt16 })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllMiddles))]
    public void Errors_of_layers_are_told_around_every_operator(string middle)
    {
        foreach (var target in Enum.GetValues<QuantizationTarget>())
        {
            var model = Network(middle);
            var errors = LayerErrors.Measure(Quantizing.Quantize(model, new() { Target = target }), [TestNetwork.Frames(model)], Quantizing.NoCarry, "net", TestContext.Current.CancellationToken);
            Assert.NotEmpty(errors);
            Assert.All(errors, error => Assert.True(error.OwnDecibels > 10, $"{error.Name} {error.OwnDecibels}"));
        }
    }

    public static TheoryData<string> AllMiddles() => [.. Middles.Keys];

    [Fact]
    public void Weights_of_a_transposed_convolution_have_a_scale_for_each_output_channel()
    {
        var quantized = Quantizing.Quantize(Network("ConvTranspose"), new() { Target = QuantizationTarget.Accelerator }).Model;
        var weights = Quantizing.Producer(quantized, Quantizing.Find(quantized, "ConvTranspose").Input[1]);
        Assert.Equal(1, weights.GetInteger("axis", -1));
        Assert.Equal([5L], Quantizing.Constant(quantized, weights.Input[1]).Dims);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void Weights_of_a_fully_connected_layer_have_a_scale_for_each_output(bool turned, long axis)
    {
        var net = new TestNetwork(1, 6);
        net.Node("Gemm", ["x", turned ? net.Weights("w", 4, 6) : net.Weights("w", 6, 4), net.Weights("b", 4)], "y").With("transB", turned ? 1L : 0L);
        var quantized = Quantizing.Quantize(net.Build("y")).Model;
        var weights = Quantizing.Producer(quantized, Quantizing.Find(quantized, "Gemm").Input[1]);
        Assert.Equal(axis, weights.GetInteger("axis", -1));
        Assert.Equal([4L], Quantizing.Constant(quantized, weights.Input[1]).Dims);
    }
}
