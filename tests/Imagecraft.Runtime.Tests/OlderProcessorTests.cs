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

    public static TheoryData<QuantizationMethod, string> Ways => [.. from method in new[] { QuantizationMethod.Dynamic, QuantizationMethod.Static } from cpu in Processors select (method, cpu)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Weights_of_seven_bits_give_the_same_on_every_processor(QuantizationMethod method, string cpu)
    {
        var model = method == QuantizationMethod.Dynamic ? Products() : Convolutions();
        Deploy(model, method, reduceRange: true);
        var result = await RunAsync(cpu, "verify", folder.Root);
        Assert.True(result.ExitCode == 0, $"{method} on {cpu}:\n{result.StandardOutput}{result.StandardError}");
        Assert.Contains($"{model.Graph.Output.Count} of {model.Graph.Output.Count} outputs of 1 samples reproduced", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_eighth_bit_saturates_which_verify_tells()
    {
        Deploy(Products(), QuantizationMethod.Dynamic, reduceRange: false);
        var result = await RunAsync("Haswell", "verify", folder.Root);
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("MISMATCH `full` `product`", result.StandardOutput, StringComparison.Ordinal);
    }

    void Deploy(ModelProto model, QuantizationMethod method, bool reduceRange)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Extended, Tolerance = new() { All = new(0, 2e-3) } };
        var frames = Frames(model);
        IReadOnlyList<LabelledSequence> Data(TensorPort input) => [new("full", frames, [])];
        OnnxFile.Write(model, folder["source.onnx"]);
        ModelBuilder.Prepare(folder["source.onnx"], folder["prepared.onnx"], Data, options with { Optimize = OptimizationLevel.Basic }, folder.Root, cancellation);
        var report = ModelBuilder.Quantize(folder["prepared.onnx"], folder["model.onnx"], Data, null, new(method, new() { ReduceRange = reduceRange }, 0), options, folder.Root, cancellation);
        ModelBuilder.MakeGolden(folder["source.onnx"], folder["model.onnx"], Data, new() { Quantization = report.ToJson() }, folder.Root, options, folder.Root, cancellation);
        string[] integers = method == QuantizationMethod.Dynamic ? ["DynamicQuantizeMatMul", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM"] : ["QLinearConv", "QLinearConv", "QGemm"];
        var kinds = OnnxFile.Read(folder["model.onnx"]).Graph.Node.Select(node => node.OpType).ToList();
        Assert.All(integers.CountBy(kind => kind), pair => Assert.Equal(pair.Value, kinds.Count(kind => kind == pair.Key)));
    }

    /// <summary>What is quantized dynamically: both kinds of products, and a recurrent layer of weights so small that no gate is shut or open altogether.</summary>
    static ModelProto Products()
    {
        var net = new TestNetwork(1, 64);
        net.Node("MatMul", ["x", net.Constant("w", Full(64 * 32), 64, 32)], "product");
        net.Node("Gemm", ["x", net.Constant("v", Full(64 * 16), 16, 64), net.Constant("b", Full(16), 16)], "sum").With("transB", 1L);
        net.Node("Reshape", ["x", net.Integers("steps", 2, 1, 32)], "s");
        net.Node("LSTM", ["s", net.Constant("i", Full(64 * 32, 0.03f), 1, 64, 32), net.Constant("r", Full(64 * 16, 0.03f), 1, 64, 16), net.Constant("g", new float[128], 1, 128)], "voice").With("hidden_size", 16L);
        return Shaped(net, ("product", [1, 32]), ("sum", [1, 16]), ("voice", [2, 1, 1, 16]));
    }

    /// <summary>What is quantized statically: a plain and a depthwise convolution, and a fully connected layer.</summary>
    static ModelProto Convolutions()
    {
        var net = new TestNetwork(1, 8, 8, 8);
        net.Node("Conv", ["x", net.Constant("w", Full(16 * 8 * 9), 16, 8, 3, 3), net.Constant("b", Full(16), 16)], "c").With("pads", 1L, 1L, 1L, 1L);
        net.Node("Relu", ["c"], "r");
        net.Node("Conv", ["r", net.Constant("v", Full(16 * 9), 16, 1, 3, 3), net.Constant("d", Full(16), 16)], "map").With("pads", 1L, 1L, 1L, 1L).With("group", 16L);
        net.Node("Flatten", ["map"], "f");
        net.Node("Gemm", ["f", net.Constant("u", Full(1024 * 10), 1024, 10), net.Constant("e", Full(10), 10)], "scores");
        return Shaped(net, ("map", [1, 16, 8, 8]), ("scores", [1, 10]));
    }

    /// <summary>Values near one, all positive.</summary>
    static float[] Full(int count, float size = 1) => Array.ConvertAll(new NoiseGenerator(count).Take(count, 0.1f), value => size * (0.9f + value));

    static FloatTensor Frames(ModelProto model)
    {
        var frames = TestNetwork.Frames(model, 2);
        return frames with { Values = Full(frames.Values.Length) };
    }

    static ModelProto Shaped(TestNetwork net, params ReadOnlySpan<(string Name, long[] Shape)> outputs)
    {
        var model = net.Build();
        foreach (var (name, shape) in outputs)
            model.Graph.Output.Add(TestNetwork.Value(name, shape));
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
