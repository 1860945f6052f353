// Old operators become new ones that compute the same, and those that cannot say so.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Passes.Opsets;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests;

public sealed class OpsetTests
{
    static readonly long[] Shape = [1, 2, 4, 4];

    /// <summary>One node of each operator that changed, as it was in the named operator set.</summary>
    public static TheoryData<long, string> Old { get; } = new()
    {
        { 7, "Upsample" }, { 9, "Upsample" }, { 10, "Resize" }, { 10, "ResizeDown" }, { 10, "ResizeLinear" },
        { 8, "BatchNormalization" }, { 13, "BatchNormalization" }, { 7, "Dropout" }, { 11, "Dropout" }, { 9, "Slice" }, { 9, "TopK" },
        { 10, "Clip" }, { 10, "ClipOneSide" }, { 10, "Pad" }, { 10, "PadValue" }, { 10, "Scatter" },
        { 12, "Softmax" }, { 12, "SoftmaxMiddle" }, { 12, "LogSoftmax" }, { 12, "SoftmaxLast" }, { 12, "Hardmax" },
        { 12, "Squeeze" }, { 12, "Unsqueeze" }, { 12, "ReduceSum" }, { 12, "ReduceSumAll" }, { 12, "Split" }, { 10, "RoiAlign" },
    };

    [Theory]
    [MemberData(nameof(Old))]
    public void An_old_operator_computes_the_same_in_the_new_operator_set(long opset, string operation)
    {
        var (node, constants) = Example(opset, operation);
        var upgraded = Harmless.ApplyInferred(Chain(opset, Shape, [node], constants), new UpgradeOpset());
        Assert.Equal(UpgradeOpset.Target, upgraded.OpsetImport.Single().Version);
        Assert.True(upgraded.IrVersion >= 8);
    }

    static (NodeProto Node, TensorProto[] Constants) Example(long opset, string operation)
    {
        var one = Node(operation, ["x"], "y");
        return operation switch
        {
            "Upsample" when opset < 9 => (WithFloats(one.With("mode", "linear"), "scales", 1, 1, 2, 2), []),
            "Upsample" => (Node("Upsample", ["x", "k"], "y").With("mode", "nearest"), [Floats("k", 1, 1, 2, 3)]),
            "Resize" => (Node("Resize", ["x", "k"], "y"), [Floats("k", 1, 1, 2.5f, 2)]),
            "ResizeDown" => (Node("Resize", ["x", "k"], "y"), [Floats("k", 1, 1, 0.5f, 0.75f)]),
            "ResizeLinear" => (Node("Resize", ["x", "k"], "y").With("mode", "linear"), [Floats("k", 1, 1, 0.5f, 2)]),
            "BatchNormalization" => (Node("BatchNormalization", ["x", "f", "b", "m", "v"], "y"), [Weights("f", 2), Weights("b", 2), Weights("m", 2), Positive("v", 2)]),
            "Dropout" => (one.With("ratio", 0.7f), []),
            "Slice" => (one.With("axes", [2L, 3]).With("starts", [1L, 0]).With("ends", [3L, 2]), []),
            "TopK" => (WithOutput(one.With("k", 2).With("axis", 2)), []),
            "Clip" => (one.With("min", -0.2f).With("max", 0.3f), []),
            "ClipOneSide" => (Node("Clip", ["x"], "y").With("min", 0f), []),
            "Pad" => (one.With("pads", [0L, 0, 1, 1, 0, 0, 2, 0]), []),
            "PadValue" => (Node("Pad", ["x"], "y").With("pads", [0L, 0, 1, 1, 0, 0, 2, 0]).With("value", 0.5f), []),
            "Scatter" => (Node("Scatter", ["x", "i", "u"], "y").With("axis", 2), [TensorData.Make<long>("i", [1, 0], 1, 1, 2, 1), Weights("u", 1, 1, 2, 1)]),
            "SoftmaxMiddle" => (Node("Softmax", ["x"], "y").With("axis", 2), []),
            "SoftmaxLast" => (Node("Softmax", ["x"], "y").With("axis", 3), []),
            "Squeeze" => (one.With("axes", [0L]), []),
            "Unsqueeze" => (one.With("axes", [0L, 3]), []),
            "ReduceSum" => (one.With("axes", [1L]).With("keepdims", 0), []),
            "ReduceSumAll" => (Node("ReduceSum", ["x"], "y"), []),
            "Split" => (WithOutput(one.With("split", [1L, 3]).With("axis", 2)), []),
            "RoiAlign" => (Node("RoiAlign", ["x", "r", "i"], "y").With("output_height", 2).With("output_width", 2).With("sampling_ratio", 2), [TensorData.Make<float>("r", [0, 0, 3, 2], 1, 4), TensorData.Make<long>("i", [0], 1)]),
            _ => (one, []),
        };
    }

    [Theory]
    [InlineData(9, "Upsample", "the rounding of its coordinates depends on scales that are not constant since 10")]
    [InlineData(13, "BatchNormalization", "outputs of training have another meaning since 14")]
    [InlineData(8, "BatchNormalization", "`spatial: 0` does not exist since 9")]
    [InlineData(8, "Scan", "its inputs have no batch any more since 9")]
    public void An_operator_that_cannot_be_upgraded_names_node_operator_and_versions(long opset, string type, string reason)
    {
        var node = Node(type, ["x", "x", "x", "x", "x"], "y").With("spatial", opset == 8 ? 0 : 1);
        if (opset == 13)
            node.Output.Add("mean");
        var problem = Assert.Throws<OnnxException>(() => new UpgradeOpset().Apply(Chain(opset, Shape, [node]), "m"));
        Assert.Equal($"The nodes [`y` ({type}): {reason}] of `m` cannot be upgraded from operator set {opset} to 17; export the model with operator set 17, or leave out the pass `upgrade-opset`", problem.Message);
    }

    [Fact]
    public void A_very_old_model_is_refused_by_version()
    {
        var problem = Assert.Throws<OnnxException>(() => new UpgradeOpset().Apply(Chain(6, Shape, [Node("Add", ["x", "x"], "y")]), "m"));
        Assert.Contains("The nodes [`y` (Add)] of `m` cannot be upgraded from operator set 6 to 17", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_model_stays_as_it_is()
    {
        var model = Chain(18, Shape, [Node("Softmax", ["x"], "y")]);
        Assert.Equal(model.Clone(), new UpgradeOpset().Apply(model, "m"));
    }

    [Fact]
    public void Operators_in_branches_are_upgraded_too()
    {
        var model = Conditional();
        model.OpsetImport[0].Version = 12;
        model.Graph.Node[1].Attribute[1].G.Node.Insert(0, Node("Squeeze", ["x"], "narrow").With("axes", [0L]));
        new UpgradeOpset().Apply(model, "m");
        Assert.Equal(["x", "narrow_axes"], model.Graph.Node[1].Attribute[1].G.Node[0].Input);
        Assert.Equal([0], TensorData.ReadIntegers(model.Graph.Node[1].Attribute[1].G.Initializer.Single()));
    }

    static NodeProto WithOutput(NodeProto node)
    {
        node.Output.Add("second");
        return node;
    }

    static TensorProto Floats(string name, params float[] values) => TensorData.Make<float>(name, values, values.Length);

    static NodeProto WithFloats(NodeProto node, string name, params float[] values)
    {
        node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Floats, Floats = { values } });
        return node;
    }
}
