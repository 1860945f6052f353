// Whatever is in a file: a model or an error that names it, never anything else.

using System.Diagnostics;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Passes.Affine;
using Imagecraft.Onnx.Passes.Opsets;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Tests.Conformance;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests.Fuzzing;

public sealed class FuzzTests(ITestOutputHelper output)
{
    /// <summary>Multiplies all numbers of cases, for longer runs by hand.</summary>
    static readonly int Times = int.TryParse(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_FUZZ"), out var times) ? times : 1;

    /// <summary>Passes that need no ONNX Runtime, so that thousands of cases take seconds.</summary>
    static readonly IModelPass[] Pure =
    [
        new FreezeInitializers(), new UpgradeOpset(), new RemoveIdentities(), new MergeCasts(), new MergeTransposes(), new MergeReshapes(), new FoldAffine(), new RemoveDeadNodes(),
    ];

    static ModelProto[] Small => [Counter(), Conditional(), Layers(17), Layers(9)];

    /// <summary>A bit of everything that passes look for.</summary>
    internal static ModelProto Layers(long opset) => Chain(
        opset,
        [1, 4, 6, 6],
        [
            Node("Conv", ["x", "w", "b"], "c").With("group", 2).With("pads", [1L, 1, 1, 1]),
            Node("BatchNormalization", ["c", "factor", "b", "mean", "variance"], "n"),
            Node("Mul", ["n", "k"], "m"),
            Node("Relu", ["m"], "r"),
            Node("Transpose", ["r"], "s").With("perm", [0L, 2, 3, 1]),
            Node("Transpose", ["s"], "t").With("perm", [0L, 3, 1, 2]),
            Node("Shape", ["t"], "size"),
            Node("Reshape", ["t", "flat"], "f"),
            Node("Reshape", ["f", "size"], "g"),
            Node("Cast", ["g"], "d").With("to", 11),
            Node("Cast", ["d"], "e").With("to", 1),
            Node("Dropout", ["e"], "h"),
            Node("Softmax", ["h"], "p").With("axis", 1),
            Node("Flatten", ["p"], "q"),
            Node("Gemm", ["q", "v", "u"], "y").With("transB", 1),
        ],
        Weights("w", 8, 2, 3, 3), Weights("b", 8), Positive("factor", 8), Weights("mean", 8), Positive("variance", 8), Positive("k", 8, 1, 1), TensorData.Make<long>("flat", [1, -1], 2), Weights("v", 3, 288), Weights("u", 3));

    [Fact]
    public void Damaged_bytes_give_a_model_or_an_error_in_reader_and_passes() =>
        Fuzz(Small, 400, (mutator, model) => mutator.Damage(Bytes(model)), ReadAndChange);

    [Fact]
    public void Distorted_models_give_a_model_or_an_error_in_reader_and_passes() =>
        Fuzz(Small, 400, (mutator, model) => Bytes(mutator.Distort(model)), ReadAndChange);

    [Fact]
    public void Real_networks_damaged_and_distorted_give_a_model_or_an_error_in_reader_and_passes()
    {
        ModelProto[] networks = [.. ConformanceData.Networks.Select(OnnxFile.Read)];
        Fuzz(networks, 5, (mutator, model) => Bytes(mutator.Distort(model)), ReadAndChange);
        Fuzz(networks, 5, (mutator, model) => mutator.Damage(Bytes(model)), ReadAndChange);
    }

    [Fact]
    public void Distorted_models_are_prepared_or_refused()
    {
        using var folder = new TemporaryFolder();
        Fuzz([Layers(17), Layers(9)], 60, (mutator, model) => Bytes(mutator.Distort(model)), bytes =>
        {
            File.WriteAllBytes(folder["source.onnx"], bytes);
            var options = ModelBuilderTests.Options();
            options = options with { Shapes = options.Shapes.Clear(), Carry = options.Carry.Clear() };
            ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], [], options, folder.Root, TestContext.Current.CancellationToken);
        });
    }

    static void ReadAndChange(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var model = OnnxFile.Read(stream, "shown.onnx");
        foreach (var pass in Pure)
            model = pass.Apply(model, "shown.onnx");
    }

    void Fuzz(ModelProto[] models, int cases, Func<Mutator, ModelProto, byte[]> damage, Action<byte[]> use)
    {
        var (clock, refused) = (Stopwatch.StartNew(), 0);
        for (var round = 0; round < cases * Times; round++)
        {
            foreach (var (number, model) in models.Index())
            {
                var bytes = damage(new Mutator((round * 100) + number), model);
                var started = clock.Elapsed;
                try
                {
                    use(bytes);
                }
                catch (OnnxException)
                {
                    refused++;
                }
                catch (Exception problem) when (problem is not OperationCanceledException)
                {
                    Assert.Fail($"Round {round} of model {number}: {problem}");
                }
                Assert.True(clock.Elapsed - started < TimeSpan.FromSeconds(10), $"Round {round} of model {number} took {clock.Elapsed - started}");
            }
        }
        output.WriteLine($"{cases * Times * models.Length} cases, {refused} refused, {clock.Elapsed.TotalSeconds:0.0} s");
    }
}
