// Weights that are rounded up or down for the sake of their sum.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class AdaptiveRoundingTests
{
    // What reads the value `a`, whose neighbours are alike.
    static readonly Dictionary<string, Func<TestNetwork, NodeProto>> Layers = new()
    {
        ["Conv"] = net => net.Node("Conv", ["a", net.Weights("w", 5, 4, 3, 3), net.Weights("b", 5)], "y"),
        ["Conv with steps, gaps and rims"] = net => net.Node("Conv", ["a", net.Weights("w", 5, 4, 3, 2)], "y").With("strides", 1L, 2L).With("dilations", 2L, 1L).With("pads", 2L, 0L, 1L, 1L),
        ["Conv of two groups"] = net => net.Node("Conv", ["a", net.Weights("w", 6, 2, 3, 3), net.Weights("b", 6)], "y").With("group", 2L),
        ["Conv by channel"] = net => net.Node("Conv", ["a", net.Weights("w", 4, 1, 5, 5), net.Weights("b", 4)], "y").With("group", 4L).With("auto_pad", "SAME_UPPER"),
        ["MatMul"] = net => net.Node("MatMul", ["a", net.Weights("w", 32, 6)], "y"),
        ["Gemm turned"] = net =>
        {
            net.Node("Reshape", ["a", net.Integers("shape", -1, 32)], "rows");
            return net.Node("Gemm", ["rows", net.Weights("w", 6, 32), net.Weights("b", 6)], "y").With("transB", 1L);
        },
    };

    public static TheoryData<string> AllLayers() => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(AllLayers))]
    public void Outputs_err_less_than_with_weights_rounded_to_the_nearest(string layer)
    {
        var net = new TestNetwork(1, 4, 12, 32);
        net.Node("AveragePool", ["x"], "a").With("kernel_shape", 7L, 7L).With("pads", 3L, 3L, 3L, 3L);
        Layers[layer](net);
        var model = net.Build("y");
        // Activations of 16 bits leave the weights alone to err, which have few.
        var options = new QuantizationOptions { Target = QuantizationTarget.Accelerator, ActivationType = QuantizedType.UInt16, ReduceRange = true, PerChannel = false };
        var (nearest, adaptive) = (Quantizing.Quantize(model, options).Model, Quantizing.Quantize(model, options with { AdaptiveRounding = true }).Model);
        // On the frames that ranges are taken from, so that nothing is cut off.
        var gain = Quantizing.Decibels(model, adaptive, seed: 7) - Quantizing.Decibels(model, nearest, seed: 7);
        Assert.True(gain > 2.5, FormattableString.Invariant($"{gain} dB better"));
        Assert.Equal(nearest.CalculateSize(), adaptive.CalculateSize());
        Assert.Equal(adaptive, Quantizing.Quantize(model, options with { AdaptiveRounding = true }).Model);
    }

    [Fact]
    public void Weights_that_two_layers_share_are_rounded_to_the_nearest()
    {
        var net = new TestNetwork(1, 4, 12, 12);
        var weights = net.Weights("w", 4, 4, 3, 3);
        net.Node("Conv", ["x", weights], "a").With("pads", 1L, 1L, 1L, 1L);
        net.Node("Conv", ["a", weights], "y").With("pads", 1L, 1L, 1L, 1L);
        var model = net.Build("y");
        Assert.Equal(Quantizing.Quantize(model).Model, Quantizing.Quantize(model, new() { AdaptiveRounding = true }).Model);
    }

    [Fact]
    public void No_other_rounding_of_a_single_weight_is_better_and_none_leaves_its_two_neighbours_and_the_limit()
    {
        var noise = new NoiseGenerator(3);
        for (var round = 0; round < 50; round++)
        {
            const int size = 8;
            var h = Products(noise, size);
            var weights = noise.Take(size, 4).Select(value => Math.Round(value * 1000.0) / 1000).ToArray();
            weights[0] = 64.4;
            int[] nearest = [.. weights.Select(weight => (int)Math.Clamp(Math.Round(weight), -64, 64))];
            var rounded = nearest.ToArray();
            AdaptiveRounding.Improve(rounded, weights, 64, h);
            Assert.True(Error(rounded) <= Error(nearest) + 1e-9);
            Assert.Equal(64, rounded[0]);
            for (var i = 1; i < size; i++)
            {
                Assert.InRange(rounded[i], Math.Floor(weights[i]), Math.Ceiling(weights[i]));
                var changed = rounded.ToArray();
                changed[i] = rounded[i] == (int)Math.Floor(weights[i]) ? (int)Math.Ceiling(weights[i]) : (int)Math.Floor(weights[i]);
                Assert.True(Error(changed) >= Error(rounded) - 1e-6, FormattableString.Invariant($"weight {i} of round {round}"));
            }

            double Error(int[] integers) => Enumerable.Range(0, size * size).Sum(at => h[at] * (weights[at / size] - integers[at / size]) * (weights[at % size] - integers[at % size]));
        }
    }

    [Fact]
    public void Sums_of_products_are_those_around_the_means_once_these_are_taken_out()
    {
        var products = new InputProducts(2);
        foreach (var row in new float[][] { [1, 10], [2, 30], [3, 20] })
            products.Add(row);
        Assert.Equal([14, 130, 1400], [products.Sums[0], products.Sums[1], products.Sums[3]]);
        products.Center();
        Assert.Equal([2, 10, 200], [products.Sums[0], products.Sums[1], products.Sums[3]]);
    }

    // The sum of a few rows' products with themselves, so most of the errors that are possible cost little.
    static double[] Products(NoiseGenerator noise, int size)
    {
        var h = new double[size * size];
        for (var row = 0; row < 3; row++)
        {
            var values = noise.Take(size, 1);
            for (var at = 0; at < h.Length; at++)
                h[at] += values[at / size] * (double)values[at % size];
        }

        return h;
    }

    [Fact]
    public void Layers_that_are_named_alike_get_each_their_own_weights()
    {
        var (alike, apart) = (Chain("conv", "conv"), Chain("first", "second"));
        var options = new QuantizationOptions { AdaptiveRounding = true };
        var (named, other) = (Quantizing.Quantize(alike, options), Quantizing.Quantize(apart, options));
        Assert.Equal(other.Model.Graph.Initializer, named.Model.Graph.Initializer);
        Assert.NotEqual(Quantizing.Quantize(alike).Model.Graph.Initializer, named.Model.Graph.Initializer);

        static ModelProto Chain(string first, string second)
        {
            var net = new TestNetwork(1, 4, 12, 12);
            net.Node("Conv", ["x", net.Weights("w", 4, 4, 3, 3)], "a").With("pads", 1L, 1L, 1L, 1L).Name = first;
            net.Node("Conv", ["a", net.Weights("v", 4, 4, 3, 3)], "y").With("pads", 1L, 1L, 1L, 1L).Name = second;
            return net.Build("y");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_product_of_nothing_is_quantized_like_others(bool isAdaptive)
    {
        var net = new TestNetwork(4, 8);
        net.Node("Slice", ["x", net.Integers("zero", 0), net.Integers("none", 0), net.Integers("axis", 1)], "empty");
        net.Node("MatMul", ["empty", net.Weights("w", 0, 8)], "m");
        net.Node("Add", ["m", "x"], "s");
        net.Node("MatMul", ["s", net.Weights("v", 8, 16)], "y");
        var model = net.Build("y");
        Assert.InRange(Quantizing.Decibels(model, Quantizing.Quantize(model, new() { AdaptiveRounding = isAdaptive }).Model), 30, 60);
    }
}
