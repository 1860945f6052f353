// Instructions of networks, counted in a virtual machine: the same each time, and what is decided by them.

using System.Text.RegularExpressions;
using Google.Protobuf;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.EndToEnd.Tests;

public sealed class CountTests : IDisposable
{
    private readonly RepositoryWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Instructions_are_counted_alike_each_time_and_decide_whether_a_network_pays()
    {
        // The same products of other numbers, drawn anew: neither action can take the other's result, nor that of an earlier run, which would leave no log.
        var seed = Random.Shared.Next(1, int.MaxValue);
        Write("slow", Network(seed), "min-speedup: 100");
        Write("quick", Network(seed + 1L), "min-speedup: 0.01");

        var counts = new List<string>();
        foreach (var model in new[] { "slow", "quick" })
        {
            var result = await _workspace.RunAsync("model", model, "--board", "qemu-arm64", "--instructions", "--locked");
            Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
            counts.Add(string.Join(' ', Regex.Matches(result.StandardOutput, @"^(?:float|int8) .* ([0-9.]+ M) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value)));
        }

        Assert.Matches(@"^[0-9.]+ M [0-9.]+ M$", counts[0]);
        Assert.Equal(counts[0], counts[1]);

        var slow = await _workspace.RunAsync("build", "slow@int8:choose", "--board", "qemu-arm64", "--image", "counted", "--locked");
        Assert.True(slow.ExitCode == 0, slow.StandardOutput + slow.StandardError);
        Assert.Matches("`int8` of `slow` does not pay: .*; [0-9]+ instructions an inference are [0-9.]+ times as fast as the [0-9]+ in float, at least 100 times are worth it, so the float network is deployed", await LogAsync("slow@int8=choose"));
        var quick = await _workspace.RunAsync("build", "quick@int8:choose", "--board", "qemu-arm64", "--image", "counted", "--locked");
        Assert.True(quick.ExitCode == 0, quick.StandardOutput + quick.StandardError);
        Assert.Contains("`int8` of `quick` pays: ", await LogAsync("quick@int8=choose"), StringComparison.Ordinal);
    }

    private Task<string> LogAsync(string action) => File.ReadAllTextAsync(Path.Combine(_workspace.Root, ".imagecraft", "logs", $"{action}.log"), TestContext.Current.CancellationToken);

    private void Write(string name, ModelProto network, string pays)
    {
        _workspace.Write("layers/mine/images/counted.yaml", "image: counted\npackages: [ base-files ]\ngroups: [ { name: render, id: 105 } ]\nmodels: [ slow, quick ]\nusers: [ { name: root, id: 0, home: /root, shell: /bin/sh } ]\n");
        _workspace.Write($"layers/mine/models/{name}.yaml", $"model: {name}\nversion: 1\nlicense: MIT\nsource: {{ url: \"file:{name}.onnx\" }}\nevaluate: none\nquantize: {{ method: dynamic, {pays} }}\n");
        File.WriteAllBytes(Path.Combine(_workspace.Root, "layers/mine/models", $"{name}.onnx"), network.ToByteArray());
    }

    private static ModelProto Network(long seed)
    {
        ValueInfoProto Value(string name, params long[] sizes) => new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new() { Dim = { sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } } } } };
        return new()
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            Graph = new()
            {
                Name = "products",
                Input = { Value("x", 8, 256) },
                Output = { Value("y", 8, 256) },
                Initializer = { new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 256, 256 }, RawData = ByteString.CopyFrom([.. new NoiseGenerator(seed).Take(256 * 256, 1).SelectMany(BitConverter.GetBytes)]) } },
                Node = { new NodeProto { OpType = "MatMul", Name = "product", Input = { "x", "w" }, Output = { "y" } } },
            },
        };
    }
}
