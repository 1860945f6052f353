// Networks and what their boards take, by the real command line.

using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.EndToEnd.Tests;

public sealed class ModelTests : IDisposable
{
    private const string Npu = "accelerator: npu\nprofile: { activations: [ int8 ], weights: [ int8 ], operators: { Relu: {} } }\n";

    private readonly SmallWorkspace _workspace = new();

    public ModelTests()
    {
        _workspace.Write("boards/npu.yaml", Npu);
        var network = Network().ToByteArray();
        _workspace.Write("models/net.yaml", $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"file:net.onnx\", sha256: {Convert.ToHexStringLower(SHA256.HashData(network))} }}\nsamples: [ {{ name: hiss, kind: noise, seed: 1, seconds: 0.1 }} ]\nformat: ort\n");
        File.WriteAllBytes(Path.Combine(_workspace.Root, "models", "net.onnx"), network);
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_network_that_its_board_does_not_take_fails_with_the_nodes_and_builds_once_the_CPU_may_help()
    {
        Choose("accelerator: npu");
        Assert.Contains("`net` does not fit the profile `npu`: [`root` (Sqrt): the operator is not one of [Relu]]", await _workspace.FailAsync("net"), StringComparison.Ordinal);
        Choose("accelerator: npu, fallback: cpu");
        await _workspace.SucceedAsync("net");
    }

    [Fact]
    public async Task A_model_shows_its_table_and_what_its_board_s_accelerator_would_take()
    {
        Choose("");
        var (exitCode, text) = await _workspace.RunAsync("model", "net", "--board", "small");
        Assert.True(exitCode == 0, text);
        Assert.Contains("`npu` would take 1 of 2 nodes (50 %)", text, StringComparison.Ordinal);
        Assert.Contains("What npu would take", await File.ReadAllTextAsync(Path.Combine(_workspace.Root, "out", "models", "net.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_tries_what_the_network_can_be_and_marks_what_is_worth_a_look()
    {
        Choose("");
        Assert.Contains("The model `net` leaves nothing to search: its recipe does not quantize it", (await _workspace.RunAsync("model", "net", "--board", "small", "--search")).Text, StringComparison.Ordinal);
        Assert.Contains("`--search` chooses the settings by itself, and `--compare` names them", (await _workspace.RunAsync("model", "net", "--board", "small", "--search", "--compare", "float", "int8")).Text, StringComparison.Ordinal);

        _workspace.Write("models/wide.yaml", "model: wide\nversion: 1\nlicense: MIT\nsource: { url: \"file:wide.onnx\" }\nevaluate: none\nquantize: { method: dynamic, per-channel: false }\n");
        await File.WriteAllBytesAsync(Path.Combine(_workspace.Root, "models", "wide.onnx"), Wide().ToByteArray(), TestContext.Current.CancellationToken);
        var (exitCode, text) = await _workspace.RunAsync("model", "wide", "--board", "small", "--search");
        Assert.True(exitCode == 0, text);
        foreach (var setting in new[] { "float", "recipe", "quantize.method=weight-only,quantize.per-channel=,quantize.bits=8", "quantize.method=weight-only,quantize.per-channel=,quantize.bits=4", "quantize.method=float16,quantize.per-channel=" })
            Assert.Matches($@"(?m)^{Regex.Escape(setting)} +[0-9.]+ KiB ", text);
        // Nothing is smaller than a half byte a weight.
        Assert.Matches(@"(?m)^quantize\.method=weight-only,quantize\.per-channel=,quantize\.bits=4 .*\*$", text);
    }

    [Fact]
    public async Task A_quantization_aware_network_with_its_values_beside_it_becomes_int8_and_is_exported()
    {
        Choose("");
        var (network, data) = QuantizationAware();
        _workspace.Write("models/aware.yaml", "model: aware\nversion: 1\nlicense: MIT\nsource: { url: \"file:aware.onnx\" }\ndata: { aware.onnx.data: { url: \"file:aware.onnx.data\" } }\nsamples: [ { name: hiss, kind: noise, seed: 1, seconds: 0.1 } ]\nevaluate: none\nquantize: { method: taken, compact: false }\n");
        await File.WriteAllBytesAsync(Path.Combine(_workspace.Root, "models", "aware.onnx"), network, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_workspace.Root, "models", "aware.onnx.data"), data, TestContext.Current.CancellationToken);
        var folder = Path.Combine(_workspace.Root, "exported");
        var (exitCode, text) = await _workspace.RunAsync("model", "aware", "--board", "small", "--output", folder);
        Assert.True(exitCode == 0, text);
        Assert.Equal(["aware-int8.json", "aware-int8.onnx"], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var kinds = ModelProto.Parser.ParseFrom(await File.ReadAllBytesAsync(Path.Combine(folder, "aware-int8.onnx"), TestContext.Current.CancellationToken)).Graph.Node.Select(node => node.OpType).ToList();
        Assert.Contains("QGemm", kinds);
        Assert.DoesNotContain("Gemm", kinds);
        Assert.Contains("\"method\": \"taken\"", await File.ReadAllTextAsync(Path.Combine(folder, "aware-int8.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // There is no float network that it could be compared with.
        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("float ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Networks_are_exported_into_a_folder_and_not_onto_a_file()
    {
        Choose("");
        _workspace.Write("taken", "");
        var (exitCode, text) = await _workspace.RunAsync("model", "net", "--board", "small", "--output", Path.Combine(_workspace.Root, "taken"));
        Assert.Equal(3, exitCode);
        Assert.Contains("is a file, so no networks can be written into it", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_with_a_wrong_key_points_at_the_words_of_the_command_line()
    {
        var (exitCode, text) = await _workspace.RunAsync("model", "net", "--board", "small", "--compare", "float", "quantize.methd=float16");
        Assert.Equal(3, exitCode);
        Assert.Contains("--compare:1:10: error IC0102: Unknown key `methd` in `quantize`\n  1 | quantize.methd=float16\n    |          ^^^^^\nhint: Did you mean `method`?", text, StringComparison.Ordinal);
    }

    private void Choose(string inference) => _workspace.Write(
        "boards/small.yaml", $"board: small\narchitecture: arm64\nkernel: linux\ncommand-line: console=ttyAMA0\nconsole: ttyAMA0\naccelerators: [ npu ]\ninference: {{ {inference} }}\ndefault-image: small\npartitions:\n  - {{ name: root, type: linux-root-arm64, content: rootfs.ext4 }}\n");

    /// <summary>A product of many weights.</summary>
    private static ModelProto Wide()
    {
        ValueInfoProto Value(string name) => new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 4 }, new TensorShapeProto.Types.Dimension { DimValue = 128 } } } } } };
        return new()
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            Graph = new()
            {
                Name = "wide",
                Input = { Value("x") },
                Output = { Value("y") },
                Initializer = { new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 128, 128 }, RawData = ByteString.CopyFrom([.. new Imagecraft.Onnx.Audio.NoiseGenerator(1).Take(128 * 128, 1).SelectMany(BitConverter.GetBytes)]) } },
                Node = { new NodeProto { OpType = "MatMul", Name = "product", Input = { "x", "w" }, Output = { "y" } } },
            },
        };
    }

    private static ModelProto Network()
    {
        ValueInfoProto Value(string name) => new()
        {
            Name = name,
            Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 1 }, new TensorShapeProto.Types.Dimension { DimValue = 16 } } } } },
        };
        return new()
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            Graph = new()
            {
                Name = "net",
                Input = { Value("x") },
                Output = { Value("y") },
                Node = { new NodeProto { OpType = "Relu", Name = "clamp", Input = { "x" }, Output = { "above" } }, new NodeProto { OpType = "Sqrt", Name = "root", Input = { "above" }, Output = { "y" } } },
            },
        };
    }

    /// <summary>One product between pairs, its weights in the other file, as PyTorch's exporter writes it.</summary>
    private static (byte[] Network, byte[] Data) QuantizationAware()
    {
        byte[] weights = [.. Enumerable.Range(0, 16 * 16).SelectMany(i => BitConverter.GetBytes(((i * 37 % 101) - 50) / 50f))];
        var model = Network();
        var graph = model.Graph;
        graph.Node.Clear();
        void Constant(string name, TensorProto.Types.DataType type, byte[] bytes, params long[] shape) => graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)type, Dims = { shape }, RawData = ByteString.CopyFrom(bytes) });
        void Add(string kind, string output, params string[] inputs) => graph.Node.Add(new NodeProto { OpType = kind, Name = output, Input = { inputs }, Output = { output } });
        Constant("s", TensorProto.Types.DataType.Float, BitConverter.GetBytes(0.02f));
        Constant("z", TensorProto.Types.DataType.Uint8, [128]);
        Constant("n", TensorProto.Types.DataType.Int8, [0]);
        Constant("t", TensorProto.Types.DataType.Float, BitConverter.GetBytes(0.05f));
        graph.Initializer.Add(new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 16, 16 }, DataLocation = TensorProto.Types.DataLocation.External, ExternalData = { new StringStringEntryProto { Key = "location", Value = "aware.onnx.data" } } });
        Constant("b", TensorProto.Types.DataType.Float, new byte[64], 16);
        Add("QuantizeLinear", "xq", "x", "s", "z");
        Add("DequantizeLinear", "xd", "xq", "s", "z");
        Add("QuantizeLinear", "wq", "w", "s", "n");
        Add("DequantizeLinear", "wd", "wq", "s", "n");
        Add("Gemm", "g", "xd", "wd", "b");
        Add("QuantizeLinear", "gq", "g", "t", "z");
        Add("DequantizeLinear", graph.Output[0].Name, "gq", "t", "z");
        return (model.ToByteArray(), weights);
    }
}
