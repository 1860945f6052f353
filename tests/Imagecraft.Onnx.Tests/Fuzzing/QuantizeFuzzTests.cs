// Whatever is in a network that was prepared: every method makes it small, or says in one message why not.

using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Onnx.Tests.Fuzzing;

public sealed class QuantizeFuzzTests(ITestOutputHelper output)
{
    static readonly int Times = int.TryParse(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_FUZZ"), out var times) ? times : 1;

    static readonly QuantizationSettings[] Ways =
    [
        new(QuantizationMethod.Static, new() { AdaptiveRounding = true }, 0),
        new(QuantizationMethod.Static, new() { PerChannel = false, SymmetricActivations = true, ReduceRange = true, Compact = false }, 0),
        new(QuantizationMethod.Dynamic, new(), 0),
        new(QuantizationMethod.WeightOnly, new(), 0),
        new(QuantizationMethod.Float16, new(), 0),
        new(QuantizationMethod.Taken, new() { ReduceRange = true }, 0),
    ];

    [Fact]
    public void Distorted_networks_are_quantized_or_refused()
    {
        var (small, refused, failed) = (0, 0, new List<string>());
        using var folder = new TemporaryFolder();
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Extended };
        ModelProto[] networks = [FuzzTests.Layers(17), Attention(), Quantizing.Quantize(FuzzTests.Layers(17)).Model];
        for (var round = 0; round < 60 * Times; round++)
            foreach (var (number, network) in networks.Index())
            {
                var seed = (round * 100) + number;
                try
                {
                    File.WriteAllBytes(folder["source.onnx"], TestModels.Bytes(new Mutator(seed).Distort(network)));
                    ModelBuilder.Prepare(folder["source.onnx"], folder["prepared.onnx"], [], options with { Optimize = OptimizationLevel.Basic }, folder.Root, TestContext.Current.CancellationToken);
                }
                catch (OnnxException)
                {
                    continue;
                }

                foreach (var (way, settings) in Ways.Index())
                    try
                    {
                        ModelBuilder.Quantize(folder["prepared.onnx"], folder["small.onnx"], Frames, null, settings, options, folder.Root, TestContext.Current.CancellationToken);
                        small++;
                    }
                    catch (OnnxException)
                    {
                        refused++;
                    }
                    catch (Exception problem) when (problem is not OperationCanceledException)
                    {
                        failed.Add($"seed {seed}, {settings.Method} ({way}): {problem}");
                    }
            }
        output.WriteLine($"{small} quantized, {refused} refused, {failed.Count} failed");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.True(small > 0 && refused > 0);
    }

    static IReadOnlyList<LabelledSequence> Frames(TensorPort input)
    {
        var shape = (long[])[3, .. input.Shape];
        return [new("noise", new(shape, new Audio.NoiseGenerator(7).Take((int)shape.Aggregate(1L, (product, size) => product * size), 2)), [])];
    }

    /// <summary>What a transformer has: a normalization, products of values that are both computed, a table, products with weights in all forms, a layer that carries state.</summary>
    static ModelProto Attention()
    {
        var net = new TestNetwork(1, 6, 32);
        net.Node("LayerNormalization", ["x", net.Weights("g", 32), net.Weights("h", 32)], "n");
        foreach (var name in new[] { "q", "k", "v" })
        {
            net.Node("MatMul", ["n", net.Weights($"{name}.w", 32, 32)], $"{name}.m");
            net.Node("Add", [$"{name}.m", net.Weights($"{name}.b", 32)], name);
        }
        net.Node("Transpose", ["k"], "t").With("perm", 0L, 2L, 1L);
        net.Node("MatMul", ["q", "t"], "scores");
        net.Node("Softmax", ["scores"], "shares");
        net.Node("MatMul", ["shares", "v"], "mixed");
        net.Node("ArgMax", ["mixed"], "places").With("axis", 2L).With("keepdims", 0L);
        net.Node("Gather", [net.Weights("table", 32, 32), "places"], "looked");
        net.Node("Add", ["mixed", "looked"], "sum");
        net.Node("Transpose", ["sum"], "steps").With("perm", 1L, 0L, 2L);
        net.Node("LSTM", ["steps", net.Weights("i", 1, 64, 32), net.Weights("r", 1, 64, 16)], "l").With("hidden_size", 16L);
        net.Node("Reshape", ["l", net.Integers("flat", 6, 16)], "f");
        net.Node("Gemm", ["f", net.Weights("e", 64, 16), net.Weights("c", 6, 1)], "y").With("transB", 1L).With("alpha", 0.5f);
        return net.Build("y");
    }
}
