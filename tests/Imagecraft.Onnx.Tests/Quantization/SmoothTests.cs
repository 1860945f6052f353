// Outliers in channels that matrix products read are moved into their weights.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class SmoothTests
{
    const int Width = 16;

    /// <summary>One channel in eight is a hundred times the others.</summary>
    static float[] Outliers(float scale) => [.. Enumerable.Range(0, Width).Select(channel => channel % 8 == 3 ? 100 * scale : scale)];

    [Theory]
    [InlineData("LayerNormalization")]
    [InlineData("Mul and Add")]
    [InlineData("Gemm")]
    [InlineData("MatMul and Relu")]
    public void Outliers_of_what_products_read_go_into_their_weights_and_the_float_network_computes_the_same(string maker)
    {
        var model = Network(maker);
        var (smooth, uneven) = (Quantizing.Quantize(model), Quantizing.Quantize(Network(maker, other: true)));
        Assert.InRange(Quantizing.Decibels(model, smooth.Reference), 90, 200);
        Assert.True(Quantizing.Decibels(model, smooth.Model) > Quantizing.Decibels(Network(maker, other: true), uneven.Model) + 6, $"{Quantizing.Decibels(model, smooth.Model)} {Quantizing.Decibels(Network(maker, other: true), uneven.Model)}");
    }

    [Theory]
    [InlineData("LayerNormalization", "y")]
    [InlineData("Gemm", "v")]
    public void Weights_of_excluded_nodes_and_before_other_readers_stay(string maker, string excluded)
    {
        var (excluding, other) = (Network(maker), Network(maker, other: true));
        Assert.Equal(excluding.Graph.Initializer, Quantizing.Quantize(excluding, new() { Exclude = [excluded] }).Reference.Graph.Initializer);
        Assert.Equal(other.Graph.Initializer, Quantizing.Quantize(other).Reference.Graph.Initializer);
    }

    // Both products read `v`; `other` reads it too and keeps it as it is.
    static ModelProto Network(string maker, bool other = false)
    {
        var net = new TestNetwork(6, Width);
        var gains = net.Constant("gains", Outliers(1), Width);
        var weights = net.Constant("inner", [.. Enumerable.Range(0, Width * Width).Select(i => MathF.Sin(i * 7) * Outliers(1)[i % Width])], Width, Width);
        switch (maker)
        {
            case "LayerNormalization":
                net.Node("LayerNormalization", ["x", gains, net.Constant("shift", Outliers(0.1f), Width)], "v");
                break;
            case "Mul and Add":
                net.Node("Add", [net.Node("Mul", ["x", gains], "m").Output[0], net.Constant("shift", Outliers(0.1f), Width)], "v");
                break;
            case "Gemm":
                net.Node("Gemm", ["x", weights, net.Constant("shift", Outliers(0.1f), Width)], "v");
                break;
            default:
                net.Node("Relu", [net.Node("MatMul", ["x", weights], "m").Output[0]], "v");
                break;
        }
        // Rows of large channels have small weights, as where a network was trained.
        float[] Reading(string name) => [.. TensorData.ReadFloats(net.Model.Graph.Initializer.Single(tensor => tensor.Name == name)).Select((value, i) => value / Outliers(1)[i / Width])];
        net.Weights("p", Width, Width);
        net.Weights("q", Width, Width);
        var (p, q) = (net.Constant("p.w", Reading("p"), Width, Width), net.Constant("q.w", Reading("q"), Width, Width));
        foreach (var name in new[] { "p", "q" })
            net.Model.Graph.Initializer.Remove(net.Model.Graph.Initializer.Single(tensor => tensor.Name == name));
        net.Node("MatMul", ["v", p], "y");
        net.Node("MatMul", ["v", q], "z");
        if (other)
            net.Node("Neg", ["v"], "n");
        var used = net.Model.Graph.Node.SelectMany(node => node.Input).ToHashSet();
        foreach (var unused in net.Model.Graph.Initializer.Where(tensor => !used.Contains(tensor.Name)).ToArray())
            net.Model.Graph.Initializer.Remove(unused);
        return net.Build([.. other ? ["y", "z", "n"] : new[] { "y", "z" }]);
    }
}
