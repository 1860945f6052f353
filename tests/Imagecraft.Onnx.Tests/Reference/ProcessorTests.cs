// What a build makes of networks is the same on every processor.

using System.Diagnostics;
using System.Security.Cryptography;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Calibration;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Onnx.Tests.Reference;

/// <summary>The test runs itself again in processes that see fewer vector instructions, as older processors have.</summary>
public sealed class ProcessorTests
{
    const string Expected = "IMAGECRAFT_TEST_EXPECTED_DIGESTS";
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Prepared_quantized_and_golden_files_are_the_same_with_fewer_vector_instructions()
    {
        var digests = Digests();
        if (Environment.GetEnvironmentVariable(Expected) is { Length: > 0 } expected)
        {
            Assert.Equal(expected, digests);
            return;
        }
        foreach (var switches in new[] { new[] { "DOTNET_EnableAVX512" }, ["DOTNET_EnableAVX2"], ["DOTNET_EnableAVX"], ["DOTNET_EnableHWIntrinsic"] })
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                ArgumentList = { "-method", $"{typeof(ProcessorTests).FullName}.{nameof(Prepared_quantized_and_golden_files_are_the_same_with_fewer_vector_instructions)}" },
                RedirectStandardOutput = true,
            };
            foreach (var name in switches)
                start.Environment[name] = "0";
            start.Environment[Expected] = digests;
            using var child = Process.Start(start)!;
            using var limit = new CancellationTokenSource(Limit);
            var output = await child.StandardOutput.ReadToEndAsync(limit.Token);
            await child.WaitForExitAsync(limit.Token);
            Assert.True(child.ExitCode == 0, $"With {string.Join(" and ", switches)} off:\n{output}");
        }
    }

    static string Digests()
    {
        using var folder = new TemporaryFolder();
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Extended, Tolerance = 1e-3 };
        var frames = TestNetwork.Frames(Image(), 6);
        IReadOnlyList<LabelledSequence> Data(TensorPort input) => [new("noise", frames, [])];
        OnnxFile.Write(Image(), folder["image.onnx"]);
        ModelBuilder.Prepare(folder["image.onnx"], folder["prepared.onnx"], Data, options with { Optimize = OptimizationLevel.Basic }, folder.Root, TestContext.Current.CancellationToken);
        ModelBuilder.Fuse(folder["prepared.onnx"], folder["fused.onnx"], Data, options, folder.Root, TestContext.Current.CancellationToken);
        var gate = new AccuracyGate(folder["prepared.onnx"], options, new(Metric.Named("mean-absolute-error"), null, 1e-9), Data(null!), "noise/test", TestContext.Current.CancellationToken);
        var settings = new QuantizationSettings(QuantizationMethod.Static, new() { Calibration = new() { Method = CalibrationMethod.Entropy } }, 2) { MustHold = false };
        var report = ModelBuilder.Quantize(folder["prepared.onnx"], folder["small.onnx"], Data, gate, settings, options, folder.Root, TestContext.Current.CancellationToken);
        File.WriteAllText(folder["report.json"], report.ToJson());
        ModelBuilder.MakeGolden(folder["image.onnx"], folder["fused.onnx"], Data, new(), folder["float"], options, folder.Root, TestContext.Current.CancellationToken);
        ModelBuilder.MakeGolden(folder["image.onnx"], folder["small.onnx"], Data, new() { Quantization = report.ToJson() }, folder["integers"], options, folder.Root, TestContext.Current.CancellationToken);

        OnnxFile.Write(Voice(), folder["voice.onnx"]);
        IReadOnlyList<LabelledSequence> Sounds(TensorPort input) => [new("noise", TestNetwork.Frames(Voice(), 4), [])];
        ModelBuilder.Quantize(folder["voice.onnx"], folder["voice-small.onnx"], Sounds, null, new(QuantizationMethod.Dynamic, new() { ReduceRange = true }, 0), options, folder.Root, TestContext.Current.CancellationToken);
        ModelBuilder.MakeGolden(folder["voice.onnx"], folder["voice-small.onnx"], Sounds, new() { Quantization = report.ToJson() }, folder["voice"], options, folder.Root, TestContext.Current.CancellationToken);
        var files = Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder.Root, path)).Order(StringComparer.Ordinal);
        return string.Join(';', files.Select(path => $"{path} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder[path])))}"));
    }

    static ModelProto Image()
    {
        var net = new TestNetwork(1, 4, 20, 20);
        net.Convolve("x", "a", 4, 12);
        net.Node("HardSwish", ["a"], "b");
        net.Convolve("b", "c", 12, 12, groups: 12);
        net.Node("Sigmoid", ["c"], "d");
        net.Node("Mul", ["b", "d"], "e");
        net.Node("GlobalAveragePool", ["e"], "f");
        net.Node("Mul", ["e", "f"], "g");
        net.Node("ConvTranspose", ["g", net.Weights("h.w", 12, 6, 2, 2), net.Weights("h.b", 6)], "h").With("strides", 2L, 2L);
        net.Node("Resize", ["h", "", net.Constant("half", [1, 1, 0.5f, 0.5f], 4)], "i").With("mode", "linear");
        net.Node("Exp", [net.Weights("k", 6, 1, 1)], "l");
        net.Node("Mul", ["i", "l"], "m");
        net.Node("MaxPool", ["m"], "n").With("kernel_shape", 2L, 2L).With("strides", 2L, 2L);
        net.Node("Reshape", ["n", net.Integers("shape", 1, -1)], "o");
        net.Node("Gemm", ["o", net.Weights("p.w", 600, 10), net.Weights("p.b", 10)], "p");
        net.Node("Softmax", ["p"], "y");
        return net.Build("y");
    }

    static ModelProto Voice()
    {
        var net = new TestNetwork(3, 1, 24);
        net.Node("LSTM", ["x", net.Weights("w", 1, 64, 24), net.Weights("r", 1, 64, 16), net.Weights("b", 1, 128)], "h").With("hidden_size", 16L);
        net.Node("Squeeze", ["h", net.Integers("axes", 1)], "s");
        net.Node("MatMul", ["s", net.Weights("v", 16, 4)], "t");
        net.Node("Tanh", ["t"], "y");
        return net.Build("y");
    }
}
