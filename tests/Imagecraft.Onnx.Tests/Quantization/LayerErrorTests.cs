// Errors of layers, and the fall-back of the worst.

using System.Text;
using System.Text.Json;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Errors;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class LayerErrorTests
{
    [Fact]
    public void Every_layer_has_its_own_error_and_that_of_all_before_it()
    {
        var errors = Measure(Deep());
        Assert.Equal(["a", "b", "s", "y"], errors.Select(error => error.Name));
        Assert.All(errors, error => Assert.InRange(error.OwnDecibels, 25, 80));
        Assert.All(errors, error => Assert.InRange(error.AccumulatedDecibels, 20, 80));
        // The first layer has none before it.
        Assert.Equal(errors[0].OwnDecibels, errors[0].AccumulatedDecibels, 6);
        Assert.True(errors[^1].AccumulatedDecibels < errors[^1].OwnDecibels);
        Assert.Equal(4 * ((4 * 3 * 9) + 4), errors[0].FloatBytes);
        Assert.Equal((4 * 3 * 9) + (4 * 4) + (4 * 4), errors[0].Bytes);
        Assert.Equal(0, errors[2].Bytes);
    }

    [Fact]
    public void The_error_of_the_last_layer_is_that_of_the_result()
    {
        var quantized = Quantizing.Quantize(Deep());
        var frames = TestNetwork.Frames(Deep(), seed: 8);
        using var folder = new TemporaryFolder();
        var errors = LayerErrors.Measure(quantized, [frames], Quantizing.NoCarry, "net", TestContext.Current.CancellationToken);
        Assert.Equal(Quantizing.Decibels(Deep(), quantized.Model), errors[^1].AccumulatedDecibels, 2);
    }

    [Fact]
    public void A_layer_of_which_only_a_multiple_is_read_is_measured_there()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Div", ["a", net.Constant("six", [6])], "d");
        net.Convolve("d", "y", 4, 2);
        var errors = Measure(net.Build("y"));
        Assert.Equal(["d", "y"], errors.Select(error => error.Output));
        Assert.InRange(errors[0].OwnDecibels, 25, 80);
    }

    [Fact]
    public void A_layer_that_cannot_be_told_apart_by_its_integers_is_the_worst()
    {
        var errors = Measure(Fragile());
        Assert.Equal("fragile", errors.MinBy(error => error.OwnDecibels)!.Name);
        Assert.True(errors.Single(error => error.Name == "fragile").OwnDecibels < 20);
    }

    [Fact]
    public void Errors_are_written_as_json()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            new LayerError("n", "Conv", "v", 31.256, double.PositiveInfinity, 40, 20).WriteTo(writer);
        Assert.Equal("""{"name":"n","kind":"Conv","output":"v","sqnr_db":31.26,"own_sqnr_db":null,"float_bytes":40,"bytes":20}""", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void The_worst_layer_falls_back_until_the_gate_holds()
    {
        var result = Search(Fragile(), (value) => value > 28, new());
        Assert.Equal(["fragile"], result.FloatLayers);
        Assert.True(result.Value > 28);
        Assert.DoesNotContain(result.Errors, error => error.Name == "fragile");
        Assert.DoesNotContain(result.Model.Layers, layer => layer.Name == "fragile");
    }

    [Fact]
    public void A_gate_that_holds_at_once_leaves_nothing_float() => Assert.Empty(Search(Fragile(), _ => true, new()).FloatLayers);

    [Fact]
    public void A_gate_that_never_holds_gives_both_figures_the_worst_layers_and_the_remedy()
    {
        var problem = Assert.Throws<OnnxException>(() => Search(Fragile(), value => value > 120, new() { Limit = 1 }));
        Assert.Matches("^The accuracy gate of `net` does not hold: [0-9.]+ in float, [0-9.]+ quantized ", problem.Message);
        Assert.Contains("with [fragile] left float; the worst layers are [`", problem.Message, StringComparison.Ordinal);
        Assert.Contains(" dB]; allow more float layers", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_readers_do_not_tell_apart_is_no_error()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        // Most values lie far below -3, where the activation is zero.
        net.Node("Conv", ["x", net.Weights("w", 4, 3, 1, 1), net.Constant("bias", [-20, -9, 2, 1], 4)], "a");
        net.Node("HardSwish", ["a"], "h");
        net.Convolve("h", "y", 4, 2);
        Assert.InRange(Measure(net.Build("y")).Single(error => error.Name == "a").OwnDecibels, 30, 70);
    }

    [Fact]
    public void A_summand_that_became_part_of_a_zero_point_and_a_bias_is_no_error()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Add", ["a", net.Constant("k", [0.013f], 1)], "s");
        // Weights of one sign: half a step too much in each value would be seen.
        net.Node("Conv", ["s", net.Constant("w", [.. Enumerable.Repeat(0.5f, 8)], 2, 4, 1, 1), net.Constant("bias", [0.25f, -0.5f], 2)], "y");
        Assert.InRange(Measure(net.Build("y")).Single(error => error.Name == "y").OwnDecibels, 36, 70);
    }

    static MixedPrecisionResult Search(ModelProto model, Predicate<double> passes, MixedPrecisionOptions options)
    {
        using var folder = new TemporaryFolder();
        var frames = TestNetwork.Frames(model);
        var quantizer = new StaticQuantizer(model, [frames], Quantizing.NoCarry, new(), "net");
        return MixedPrecision.Search(
            quantizer,
            [frames],
            (path, _) => Quantizing.Decibels(model, OnnxFile.Read(path)) is var value && passes(value) ? new(value, true) : new(value, false),
            Quantizing.NoCarry,
            options,
            folder.Root,
            "net",
            TestContext.Current.CancellationToken);
    }

    static LayerError[] Measure(ModelProto model)
    {
        using var folder = new TemporaryFolder();
        return [.. LayerErrors.Measure(Quantizing.Quantize(model), [TestNetwork.Frames(model)], Quantizing.NoCarry, "net", TestContext.Current.CancellationToken)];
    }

    static ModelProto Deep()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Node("Relu", ["a"], "r");
        net.Convolve("r", "b", 4, 4);
        net.Node("Add", ["b", "r"], "s");
        net.Node("MaxPool", ["s"], "p").With("kernel_shape", 2L, 2L);
        net.Convolve("p", "y", 4, 2);
        return net.Build("y");
    }

    /// <summary>A convolution with large weights for a channel that is always zero, beside which the steps of the others are too coarse.</summary>
    static ModelProto Fragile()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 3);
        net.Node("Conv", ["a", net.Constant("w", [0, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3, 1, 1)], "select");
        net.Node("Conv", ["select", net.Constant("v", [100, 0.5f, -0.5f, -100, 0.7f, 0.3f, 100, 0.4f, 0.6f], 3, 3, 1, 1)], "fragile");
        net.Convolve("fragile", "y", 3, 2);
        return net.Build("y");
    }
}
