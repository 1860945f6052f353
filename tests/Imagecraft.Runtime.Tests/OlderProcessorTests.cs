// Quantized products on x86-64 processors without VNNI, emulated by QEMU, against what the build says they give.

using System.Runtime.InteropServices;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Tests;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Runtime.Tests;

/// <summary>
/// Such processors add two products of eight bits in sixteen, which saturate: weights of seven bits keep them right. All products here are the largest there can be, so that one bit too much shows.
/// </summary>
public sealed class OlderProcessorTests : IDisposable
{
    const string Variable = "IMAGECRAFT_TEST_QEMU_USER_ROOT";

    // With AVX2, with all that QEMU has, and without AVX.
    static readonly string[] Processors = ["Haswell", "max", "Nehalem"];

    readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Products => [.. from product in new[] { "matmul", "gemm", "lstm", "conv", "fully-connected" } from cpu in Processors select (product, cpu)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Products))]
    public async Task Weights_of_seven_bits_give_the_same_on_every_processor(string product, string cpu)
    {
        Deploy(product, reduceRange: true);
        var result = await RunAsync(cpu, "verify", folder.Root);
        Assert.True(result.ExitCode == 0, $"{product} on {cpu}:\n{result.StandardOutput}{result.StandardError}");
        Assert.Contains("1 of 1 outputs of 1 samples reproduced", result.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Haswell")]
    [InlineData("max")]
    public async Task The_eighth_bit_saturates_which_verify_tells(string cpu)
    {
        Deploy("matmul", reduceRange: false);
        var result = await RunAsync(cpu, "verify", folder.Root);
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("MISMATCH `full` `y`", result.StandardOutput, StringComparison.Ordinal);
    }

    void Deploy(string product, bool reduceRange)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Extended, Tolerance = new() { All = new(0, 2e-3) } };
        var isStatic = product is "conv" or "fully-connected";
        var model = Network(product);
        var frames = Frames(model);
        IReadOnlyList<LabelledSequence> Data(TensorPort input) => [new("full", frames, [])];
        OnnxFile.Write(model, folder["source.onnx"]);
        ModelBuilder.Prepare(folder["source.onnx"], folder["prepared.onnx"], Data, options with { Optimize = OptimizationLevel.Basic }, folder.Root, cancellation);
        var settings = new QuantizationSettings(isStatic ? QuantizationMethod.Static : QuantizationMethod.Dynamic, new() { ReduceRange = reduceRange }, 0);
        var report = ModelBuilder.Quantize(folder["prepared.onnx"], folder["model.onnx"], Data, null, settings, options, folder.Root, cancellation);
        ModelBuilder.MakeGolden(folder["source.onnx"], folder["model.onnx"], Data, new() { Quantization = report.ToJson() }, folder.Root, options, folder.Root, cancellation);
        Assert.Contains(OnnxFile.Read(folder["model.onnx"]).Graph.Node, node => node.OpType is "DynamicQuantizeMatMul" or "DynamicQuantizeLSTM" or "QLinearConv" or "QGemm");
    }

    static ModelProto Network(string product)
    {
        switch (product)
        {
            case "matmul" or "gemm":
                var dense = new TestNetwork(1, 64);
                if (product == "matmul")
                    dense.Node("MatMul", ["x", dense.Constant("w", Full(64 * 32), 64, 32)], "y");
                else
                    dense.Node("Gemm", ["x", dense.Constant("w", Full(64 * 32), 32, 64), dense.Constant("b", Full(32), 32)], "y").With("transB", 1L);
                return Shaped(dense, 1, 32);
            case "lstm":
                // So small that no gate is shut or open altogether.
                var voice = new TestNetwork(3, 1, 32);
                voice.Node("LSTM", ["x", voice.Constant("w", Full(64 * 32, 0.03f), 1, 64, 32), voice.Constant("r", Full(64 * 16, 0.03f), 1, 64, 16), voice.Constant("b", new float[128], 1, 128)], "y").With("hidden_size", 16L);
                return Shaped(voice, 3, 1, 1, 16);
            case "conv":
                var image = new TestNetwork(1, 8, 12, 12);
                image.Node("Conv", ["x", image.Constant("w", Full(16 * 8 * 9), 16, 8, 3, 3), image.Constant("b", Full(16), 16)], "c").With("pads", 1L, 1L, 1L, 1L);
                image.Node("Relu", ["c"], "r");
                image.Node("Conv", ["r", image.Constant("v", Full(16 * 9), 16, 1, 3, 3), image.Constant("d", Full(16), 16)], "y").With("pads", 1L, 1L, 1L, 1L).With("group", 16L);
                return Shaped(image, 1, 16, 12, 12);
            default:
                var head = new TestNetwork(1, 8, 6, 6);
                head.Node("Conv", ["x", head.Constant("w", Full(16 * 8), 16, 8, 1, 1), head.Constant("b", Full(16), 16)], "c");
                head.Node("Relu", ["c"], "r");
                head.Node("Flatten", ["r"], "f");
                head.Node("Gemm", ["f", head.Constant("v", Full(576 * 10), 576, 10), head.Constant("d", Full(10), 10)], "y");
                return Shaped(head, 1, 10);
        }
    }

    /// <summary>Values near one, all positive.</summary>
    static float[] Full(int count, float size = 1) => Array.ConvertAll(new NoiseGenerator(count).Take(count, 0.1f), value => size * (0.9f + value));

    static FloatTensor Frames(ModelProto model)
    {
        var frames = TestNetwork.Frames(model, 2);
        return frames with { Values = Full(frames.Values.Length) };
    }

    static ModelProto Shaped(TestNetwork net, params long[] shape)
    {
        var model = net.Build("y");
        model.Graph.Output[0] = TestNetwork.Value("y", shape);
        return model;
    }

    static async Task<BufferedCommandResult> RunAsync(string cpu, params string[] arguments)
    {
        var root = Environment.GetEnvironmentVariable(Variable);
        var qemu = root is { Length: > 0 } ? new[] { "qemu-x86_64", "qemu-x86_64-static" }.Select(name => Path.Combine(root, "usr", "bin", name)).FirstOrDefault(File.Exists) : null;
        if (qemu is null)
            throw new InvalidOperationException($"`{Variable}` does not name a folder with `usr/bin/qemu-x86_64`; run the tests by `./build.sh test`, or unpack Debian's package `qemu-user-static` (`dpkg-deb -x PACKAGE FOLDER`) and set it to that folder");
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(10));
        return await Cli.Wrap(qemu).WithArguments(["-cpu", cpu, dotnet, Infer.Program, .. arguments])
            // QEMU 7 does not keep up with pages that change between written and executed; the rest is for speed.
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_TieredCompilation"] = "0" })
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
    }
}
