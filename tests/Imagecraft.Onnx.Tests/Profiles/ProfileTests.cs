// What profiles take, how much of a network that is, and the settings they lead to.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Onnx.Tests.Profiles;

public sealed class ProfileTests
{
    static readonly Profile Small = new()
    {
        Name = "small-npu",
        Operators = ImmutableSortedDictionary<string, OperatorLimits>.Empty
            .Add("Conv", new() { KernelSizes = [1, 3], LargestStride = 2, Groups = ConvolutionGroups.None | ConvolutionGroups.Depthwise, SpatialDimensions = [2] })
            .Add("Relu", new()),
        PerTensorOnly = true,
        SymmetricOnly = true,
        ActivationTypes = [QuantizedType.Int8],
        WeightTypes = [QuantizedType.Int8],
        Dilation = false,
    };

    static NodeProto Conv(TestNetwork net, string from, string output, params long[] weights) => net.Node("Conv", [from, net.Weights(output + ".w", weights)], output);

    [Fact]
    public void Every_reason_of_every_node_is_listed()
    {
        var net = new TestNetwork(1, 8, 16, 16);
        Conv(net, "x", "good", 8, 8, 3, 3);
        Conv(net, "good", "deep", 8, 1, 3, 3).With("group", 8L);
        Conv(net, "deep", "bad", 8, 4, 5, 3).With("group", 2L).With("dilations", 2L, 1L).With("strides", 3L, 1L);
        net.Node("Relu", ["bad"], "r");
        net.Node("Sin", ["r"], "y");
        var offenders = ProfileCheck.Offenders(net.Build("y"), Small, "net");
        Assert.Equal(["bad", "y"], offenders.Select(offender => offender.Node));
        Assert.Equal(["the kernel [5, 3] is not of [1, 3]", "the stride [3, 1] is larger than 2", "the kernel is dilated by [2, 1]", "2 groups of 8 channels are not of [None, Depthwise]"], offenders[0].Reasons);
        Assert.Equal(["the operator is not one of [Conv, Relu]"], offenders[1].Reasons);
        var problem = Assert.Throws<OnnxException>(() => ProfileCheck.Require(net.Model, Small, "net"));
        Assert.Contains("`net` does not fit the profile `small-npu`: [`bad` (Conv): the kernel [5, 3]", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Float_values_and_weights_are_offenders_where_integers_alone_are_taken()
    {
        var integers = Small with { TakesFloat = false, Operators = Small.Operators!.Add("Clip", new()) };
        var net = new TestNetwork(1, 8, 16, 16);
        Conv(net, "x", "c", 8, 8, 3, 3);
        net.Node("Clip", ["c", net.Constant("low", [0]), net.Constant("high", [6])], "y");
        Assert.Equal(["[x, c.w] are float, integers alone are taken"], ProfileCheck.Offenders(net.Build("y"), integers, "net").SelectMany(offender => offender.Reasons));
        Assert.Empty(ProfileCheck.Offenders(Quantizing.Quantize(StaticQuantizerTests.Chain(), ProfileOptions.Of(integers, new(), "net")).Model, integers, "net"));
    }

    [Fact]
    public void A_profile_without_a_list_takes_every_operator_and_limits_none_to_be_quantized()
    {
        var cpu = new Profile { Name = "cpu", Operators = null, Target = QuantizationTarget.OnnxRuntime };
        var net = new TestNetwork(1, 8);
        net.Node("Sin", ["x"], "y");
        Assert.Empty(ProfileCheck.Offenders(net.Build("y"), cpu, "net"));
        Assert.Null(ProfileOptions.Of(cpu, new(), "net").Operators);
    }

    [Fact]
    public void Shares_and_offenders_stay_the_same_on_their_way_through_JSON()
    {
        var net = new TestNetwork(1, 8, 16, 16);
        Conv(net, "x", "c", 8, 8, 3, 3);
        net.Node("Sin", ["c"], "y");
        Describe(net, ("c", [1, 8, 14, 14]), ("y", [1, 8, 14, 14]));
        var report = ProfileReport.Of(net.Build(), Small with { Memory = 65536 }, "net");
        var read = ProfileReport.Parse(report.ToJson());
        Assert.Equal(report.ToJson(), read.ToJson());
        Assert.Equal("1 of 2 nodes (50 %) and 100.0 % of 0.1 million multiply-accumulates; regions 1, crossings 2 (3.5 KiB), activations 3.5 KiB of 64.0 KiB on the chip", read.Text);
    }

    // Two convolutions with a sine between them, and one beside: x -> a -> s -> b, x -> c, b + c -> y.
    static TestNetwork Interrupted()
    {
        var net = new TestNetwork(1, 4, 8, 8);
        Conv(net, "x", "a", 4, 4, 1, 1);
        net.Node("Sin", ["a"], "s");
        Conv(net, "s", "b", 4, 4, 1, 1);
        Conv(net, "x", "c", 4, 4, 1, 1);
        net.Node("Sub", ["b", "c"], "y");
        Describe(net, [.. new[] { "a", "s", "b", "c", "y" }.Select(name => (name, new long[] { 1, 4, 8, 8 }))]);
        return net;
    }

    // First `a` and `c` run, then the CPU makes `s`, then `b`: two starts. The input goes over, `a` comes back, `s` goes over, `b` and `c` come back.
    [Fact]
    public void Regions_and_crossings_tell_how_often_values_go_to_and_fro()
    {
        var placement = ProfileReport.Of(Interrupted().Build(), Small, "net").Placement;
        Assert.Equal((2, 5, 5 * 256L), (placement.Regions, placement.Crossings, placement.CrossingBytes));
        // Three lie there at the same time: `x`, `a`, `c` while `c` is made, and later `s`, `b`, `c`.
        Assert.Equal(3 * 256, placement.ArenaBytes);
    }

    [Fact]
    public void A_network_that_is_taken_whole_is_one_region_between_input_and_output()
    {
        var net = new TestNetwork(1, 4, 8, 8);
        Conv(net, "x", "a", 4, 4, 1, 1);
        Conv(net, "a", "y", 4, 4, 1, 1);
        Describe(net, ("a", [1, 4, 8, 8]));
        net.Model.Graph.Output.Add(TestNetwork.Value("y", [1, 4, 8, 8]));
        Assert.Equal(new Placement(1, 2, 512, 512), ProfileReport.Of(net.Build(), Small, "net").Placement);
        // In float each value has four bytes.
        Assert.Equal(2048, ProfileReport.Of(net.Build(), Small with { ActivationTypes = [], WeightTypes = [] }, "net").Placement.ArenaBytes);
    }

    [Fact]
    public void What_is_beyond_its_budget_is_an_error_with_all_figures_and_the_nodes()
    {
        var report = ProfileReport.Of(Interrupted().Build(), Small, "net");
        report.Require(new() { Share = 1, Regions = 2, Crossings = 5, Arena = 768 }, "net");
        Assert.Equal(
            "`net` on `small-npu` is beyond its budget: [2 regions, at most 1 are allowed (`regions`); 5 values cross, at most 4 may (`crossings`); 768 bytes of activations, at most 767 are allowed (`arena`)]; change or exclude the nodes [`s` (Sin), `y` (Sub)], which it does not take, or raise the budget",
            Assert.Throws<OnnxException>(() => report.Require(new() { Regions = 1, Crossings = 4, Arena = 767 }, "net")).Message);
    }

    [Fact]
    public void A_kernel_of_other_dimensions_is_an_offender()
    {
        var net = new TestNetwork(1, 8, 16);
        Conv(net, "x", "y", 8, 8, 3);
        Assert.Equal(["the kernel has 1 dimensions, not [2]"], Assert.Single(ProfileCheck.Offenders(net.Build("y"), Small, "net")).Reasons);
    }

    [Fact]
    public void A_quantized_network_is_judged_by_its_integers()
    {
        var model = StaticQuantizerTests.Chain();
        var fitting = Quantizing.Quantize(model, ProfileOptions.Of(Small, new(), "net")).Model;
        Assert.Empty(ProfileCheck.Offenders(fitting, Small, "net"));
        var other = Quantizing.Quantize(model, new() { ActivationType = QuantizedType.UInt8 }).Model;
        var reasons = ProfileCheck.Offenders(other, Small, "net").SelectMany(offender => offender.Reasons).ToHashSet();
        Assert.Contains("activations are uint8, not of [int8]", reasons);
        Assert.Contains("constants have 4 scales, one is allowed", reasons);
        var asymmetric = Quantizing.Quantize(model, new() { ActivationType = QuantizedType.Int8, PerChannel = false }).Model;
        Assert.Contains("activations are not symmetric", ProfileCheck.Offenders(asymmetric, Small, "net").SelectMany(offender => offender.Reasons));
    }

    [Fact]
    public void Shares_of_nodes_and_multiplications_are_counted()
    {
        var net = new TestNetwork(1, 8, 16, 16);
        Conv(net, "x", "a", 4, 8, 1, 1);
        net.Node("Relu", ["a"], "r");
        Conv(net, "r", "b", 2, 4, 5, 5).With("pads", 2L, 2L, 2L, 2L);
        net.Node("Flatten", ["b"], "f");
        net.Node("Gemm", ["f", net.Weights("w", 512, 10)], "y");
        Describe(net, ("a", [1, 4, 16, 16]), ("r", [1, 4, 16, 16]), ("b", [1, 2, 16, 16]), ("f", [1, 512]), ("y", [1, 10]));
        var report = ProfileReport.Of(net.Build(), Small, "net");
        Assert.Equal((5, 2), (report.Nodes, report.NodesTaken));
        // 4 x 16 x 16 outputs of 8 inputs; 2 x 16 x 16 of 4 x 5 x 5; 10 of 512.
        Assert.Equal((8192 + 51200 + 5120, 8192), (report.MultiplyAccumulates, report.MultiplyAccumulatesTaken));
        Assert.Equal(0.4, report.NodeShare);
        Assert.Equal(8192 / 64512.0, report.MultiplyAccumulateShare);
        Assert.Equal(["b", "f", "y"], report.Offenders.Select(offender => offender.Node));
    }

    [Fact]
    public void Multiplications_of_transposed_batched_and_recurrent_nodes_are_counted()
    {
        var net = new TestNetwork(1, 8, 4, 4);
        net.Node("ConvTranspose", ["x", net.Weights("t.w", 8, 5, 2, 2)], "t").With("strides", 2L, 2L);
        net.Node("Reshape", ["t", net.Integers("s", 5, 4, 16)], "s3");
        net.Node("MatMul", ["s3", net.Weights("m.w", 16, 7)], "m");
        net.Node("LSTM", ["m", net.Weights("l.w", 1, 12, 7), net.Weights("l.r", 1, 12, 3)], "l").With("hidden_size", 3L);
        Describe(net, ("t", [1, 5, 8, 8]), ("s3", [5, 4, 16]), ("m", [5, 4, 7]), ("l", [5, 1, 4, 3]));
        var index = new GraphIndex(net.Build("l").Graph, "net");
        Assert.Equal([8 * 16 * 5 * 4, 0, 5 * 4 * 7 * 16, 5 * 4 * ((12 * 7) + (12 * 3))], index.Nodes.Select(node => MultiplyAccumulates.Of(node, index)));
    }

    [Fact]
    public void An_unknown_shape_is_an_error_with_the_remedy()
    {
        var net = new TestNetwork(1, 8, 16, 16);
        Conv(net, "x", "y", 8, 8, 3, 3);
        var problem = Assert.Throws<OnnxException>(() => ProfileReport.Of(net.Build("y"), Small, "net"));
        Assert.Contains("The shape of `y` at the node `y` (Conv) of `net` is not known", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_profile_decides_what_the_recipe_leaves_open()
    {
        var options = ProfileOptions.Of(Small with { ReduceRange = true }, new() { Exclude = ["a"] }, "net");
        Assert.Equal((QuantizedType.Int8, QuantizedType.Int8, true, false, true, QuantizationTarget.Accelerator), (options.ActivationType, options.WeightType, options.SymmetricActivations, options.PerChannel, options.ReduceRange, options.Target));
        Assert.Equal(["Conv", "Relu"], options.Operators!);
        Assert.Equal(["a"], options.Exclude);
    }

    [Fact]
    public void Contradictions_are_listed_all_at_once()
    {
        var problem = Assert.Throws<OnnxException>(() => ProfileOptions.Of(Small, new() { ActivationType = QuantizedType.UInt8, PerChannel = true, SymmetricActivations = false }, "net"));
        Assert.Equal("The quantization of `net` contradicts the profile `small-npu`: it takes activations of [int8], but uint8 is wanted; it takes one scale for all channels of weights only, but `per-channel` is true; it takes symmetric activations only, but `symmetric` is false; leave these settings out, and the profile decides", problem.Message);
    }

    [Fact]
    public void A_profile_for_float_alone_cannot_quantize() =>
        Assert.Contains("it takes no integer activations at all", Assert.Throws<OnnxException>(() => ProfileOptions.Of(Small with { ActivationTypes = [] }, new(), "net")).Message, StringComparison.Ordinal);

    static void Describe(TestNetwork net, params (string Name, long[] Shape)[] values)
    {
        foreach (var (name, shape) in values)
            net.Model.Graph.ValueInfo.Add(TestNetwork.Value(name, shape));
    }
}
