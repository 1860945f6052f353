// What an operator does without being told needs no bytes.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class DropDefaultsTests
{
    [Fact]
    public void Defaults_go_all_else_stays_and_the_network_computes_the_same()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Node("Conv", ["x", net.Weights("w", 4, 3, 3, 3)], "a").With("kernel_shape", 3L, 3L).With("pads", 0L, 0L, 0L, 0L).With("strides", 1L, 1L).With("dilations", 1L, 1L).With("group", 1L).With("auto_pad", "NOTSET");
        net.Node("Conv", ["a", net.Weights("v", 4, 2, 3, 3)], "b").With("pads", 1L, 1L, 1L, 1L).With("strides", 2L, 2L).With("dilations", 2L, 2L).With("group", 2L);
        net.Node("MaxPool", ["b"], "p").With("kernel_shape", 2L, 2L).With("strides", 1L, 1L).With("ceil_mode", 0L);
        net.Node("Reshape", ["p", net.Integers("shape", 1, -1)], "r").With("allowzero", 0L);
        net.Node("Gemm", ["r", net.Weights("g", 2, 4)], "y").With("transB", 1L).With("alpha", 1f).With("beta", 1f).With("transA", 0L);
        var model = net.Build("y");
        model.Graph.Node[4].Input[1] = net.Weights("h", 2, Quantizing.Run(WithOutput(model, "r"), TestNetwork.Frames(model))["r"].Shape[^1]);
        var small = new DropDefaults().Apply(model.Clone(), "net");
        Assert.Equal(
            [[], ["dilations", "group", "pads", "strides"], ["kernel_shape"], [], ["transB"]],
            small.Graph.Node.Select(node => node.Attribute.Select(attribute => attribute.Name).Order(StringComparer.Ordinal).ToArray()));
        var frames = TestNetwork.Frames(model);
        Assert.Equal(Quantizing.Run(model, frames)["y"].Values, Quantizing.Run(small, frames)["y"].Values);
    }

    [Fact]
    public void Attributes_of_the_same_name_on_other_operators_stay()
    {
        var node = TestModels.Node("LRN", ["x"], "y").With("alpha", 1f).With("beta", 1f);
        var model = new ModelProto { Graph = new() { Node = { node } } };
        Assert.Equal(2, new DropDefaults().Apply(model, "net").Graph.Node[0].Attribute.Count);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("ai.onnx", 0)]
    [InlineData("com.microsoft", 0)]
    [InlineData("com.example", 2)]
    [InlineData("com.microsoft.nchwc", 2)]
    public void An_operator_of_a_custom_domain_keeps_its_attributes(string domain, int left)
    {
        var node = TestModels.Node("Conv", ["x", "w"], "y").With("group", 1L).With("strides", [1L, 1L]);
        node.Domain = domain;
        Assert.Equal(left, new DropDefaults().Apply(new ModelProto { Graph = new() { Node = { node } } }, "net").Graph.Node[0].Attribute.Count);
    }

    static ModelProto WithOutput(ModelProto model, string output)
    {
        var shown = model.Clone();
        shown.Graph.Node.RemoveAt(4);
        shown.Graph.Output[0].Name = output;
        return shown;
    }
}
