// Networks and what their boards take, by the real command line.

using System.Security.Cryptography;
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
    public async Task A_setting_with_a_wrong_key_points_at_the_words_of_the_command_line()
    {
        var (exitCode, text) = await _workspace.RunAsync("model", "net", "--board", "small", "--compare", "float", "quantize.methd=float16");
        Assert.Equal(3, exitCode);
        Assert.Contains("--compare:1:10: error IC0102: Unknown key `methd` in `quantize`\n  1 | quantize.methd=float16\n    |          ^^^^^\nhint: Did you mean `method`?", text, StringComparison.Ordinal);
    }

    private void Choose(string inference) => _workspace.Write(
        "boards/small.yaml", $"board: small\narchitecture: arm64\nkernel: linux\ncommand-line: console=ttyAMA0\nconsole: ttyAMA0\naccelerators: [ npu ]\ninference: {{ {inference} }}\ndefault-image: small\npartitions:\n  - {{ name: root, type: linux-root-arm64, content: rootfs.ext4 }}\n");

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
}
