// Short names change the file alone.

using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class CompactNamesTests
{
    [Fact]
    public void A_network_with_short_names_computes_the_same_and_is_smaller()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a value with a long name", 3, 4);
        net.Node("Relu", ["a value with a long name"], "another value with a long name");
        net.Convolve("another value with a long name", "y", 4, 4);
        var model = net.Build("y");
        var compact = new CompactNames().Apply(model.Clone(), "net");
        Assert.True(compact.CalculateSize() < model.CalculateSize() - 200);
        Assert.All(compact.Graph.Initializer, tensor => Assert.InRange(tensor.Name.Length, 1, 2));
        var frames = TestNetwork.Frames(model);
        Assert.Equal(Quantizing.Run(model, frames)["y"].Values, Quantizing.Run(compact, frames)["y"].Values);
    }

    [Fact]
    public void More_values_than_letters_stay_apart()
    {
        var net = new TestNetwork(1, 4);
        for (var i = 0; i < 1500; i++)
            net.Node("Neg", [i == 0 ? "x" : $"value{i - 1}"], i == 1499 ? "y" : $"value{i}");
        var compact = new CompactNames().Apply(net.Build("y"), "net");
        Assert.Equal(1500, compact.Graph.Node.SelectMany(node => node.Output).Distinct().Count());
        Assert.Equal("y", compact.Graph.Node[^1].Output[0]);
    }

    [Fact]
    public void What_a_graph_within_a_node_reads_keeps_its_name()
    {
        var compact = new CompactNames().Apply(TestModels.Conditional(), "net");
        Assert.Equal(TestModels.Conditional().Graph.Node[^1].Attribute, compact.Graph.Node[^1].Attribute);
        Assert.Contains(compact.Graph.Initializer, tensor => tensor.Name == "two");
    }
}
