// Values in other files: taken from those that are given, whatever the network asks for.

using Google.Protobuf;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests;

public sealed class ExternalDataTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static ModelProto Network() => Chain([1, 64], [Node("MatMul", ["x", "w"], "m"), Node("Add", ["m", "b"], "a"), Node("MatMul", ["a", "v"], "y")], Weights("w", 64, 32), Weights("b", 32), Weights("v", 32, 64));

    /// <summary>The network with two of its constants in files, as PyTorch's exporter writes it.</summary>
    void Split(Action<TensorProto>? change = null)
    {
        var model = Network();
        using (var data = File.Create(folder["data"]))
        {
            foreach (var name in new[] { "w", "v" })
            {
                var tensor = model.Graph.Initializer.Single(tensor => tensor.Name == name);
                Outside(tensor, "net.onnx.data", data.Position, tensor.RawData.Length);
                data.Write(tensor.RawData.Span);
                tensor.ClearRawData();
                if (name == "v")
                    change?.Invoke(tensor);
            }
        }
        File.WriteAllBytes(folder["net.onnx"], model.ToByteArray());
    }

    static void Outside(TensorProto tensor, string location, long offset, long length)
    {
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        foreach (var (key, value) in new[] { ("location", location), ("offset", $"{offset}"), ("length", $"{length}") })
            Set(tensor, key, value);
    }

    static void Set(TensorProto tensor, string key, string value)
    {
        if (tensor.ExternalData.FirstOrDefault(entry => entry.Key == key) is { } entry)
            entry.Value = value;
        else
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    void Gather(params (string Name, string File)[] files) => OnnxFile.Gather(folder["net.onnx"], files.ToDictionary(file => file.Name, file => folder[file.File]), folder["whole.onnx"], "net");

    [Fact]
    public void Values_are_taken_in()
    {
        Split();
        Gather(("net.onnx.data", "data"));
        Assert.Equal(Network(), OnnxFile.Read(folder["whole.onnx"], "net"));
    }

    [Fact]
    public void A_network_whose_data_nobody_names_says_what_to_write()
    {
        Split();
        var problem = Assert.Throws<OnnxException>(() => OnnxFile.Read(folder["net.onnx"], "net"));
        Assert.Equal("`net` is not an ONNX model or is damaged: values of its tensors lie in [`net.onnx.data`]; name that file in the recipe: `data: { net.onnx.data: { url: ..., sha256: ... } }`", problem.Message);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../data")]
    [InlineData("a/../../data")]
    [InlineData("..\\data")]
    [InlineData("")]
    [InlineData("./data")]
    [InlineData("C:data")]
    public void A_name_that_leads_elsewhere_is_refused_even_when_a_recipe_names_it(string location)
    {
        Split(tensor => Set(tensor, "location", location));
        var problem = Assert.Throws<OnnxException>(() => Gather(("net.onnx.data", "data"), (location, "data")));
        Assert.Equal($"The values of the tensor `v` of `net` lie in `{location}`, which is no file within the source; export the network with its data beside it", problem.Message);
    }

    [Theory]
    [InlineData("location", "other", "lie in the file `other`, but there are [`net.onnx.data`]; name it in the recipe: `data: { other: { url: ..., sha256: ... } }`")]
    [InlineData("offset", "8193", "are 8192 bytes at 8193 of `net.onnx.data`, which has 16384: it is cut, or another file")]
    [InlineData("offset", "-1", "have `-1` as their offset, which is no number of bytes; export the network again")]
    [InlineData("offset", "9223372036854775807", "are 8192 bytes at 9223372036854775807 of `net.onnx.data`, which has 16384: it is cut, or another file")]
    [InlineData("length", "4", "have 4 bytes in `net.onnx.data`, but the shape [32, 64] of float needs 8192")]
    [InlineData("offset", "4", "overlap with those of others in `net.onnx.data`; export the network again")]
    public void What_does_not_fit_is_told(string key, string value, string reason)
    {
        Split(tensor => Set(tensor, key, value));
        // Overlapping ranges come to more than the file has.
        if (reason.StartsWith("overlap", StringComparison.Ordinal))
            File.WriteAllBytes(folder["data"], File.ReadAllBytes(folder["data"])[..12000]);
        Assert.Equal($"The values of the tensor `v` of `net` {reason}", Assert.Throws<OnnxException>(() => Gather(("net.onnx.data", "data"))).Message);
    }

    [Fact]
    public void A_file_that_no_tensor_lies_in_is_told()
    {
        Split();
        File.WriteAllBytes(folder["more"], [1]);
        Assert.Equal("No tensor of `net` lies in [`more.data`]; it names [`net.onnx.data`]; correct `data` in the recipe", Assert.Throws<OnnxException>(() => Gather(("net.onnx.data", "data"), ("more.data", "more"))).Message);
    }

    [Fact]
    public void Tensors_that_share_their_bytes_are_read_once()
    {
        var model = Chain([1, 32], [Node("MatMul", ["x", "w"], "m"), Node("MatMul", ["m", "v"], "y")], Weights("w", 32, 32), Weights("w", 32, 32));
        model.Graph.Initializer[1].Name = "v";
        File.WriteAllBytes(folder["data"], model.Graph.Initializer[0].RawData.ToByteArray());
        foreach (var tensor in model.Graph.Initializer)
        {
            Outside(tensor, "d", 0, 4096);
            tensor.ClearRawData();
        }
        File.WriteAllBytes(folder["net.onnx"], model.ToByteArray());
        Gather(("d", "data"));
        Assert.All(OnnxFile.Read(folder["whole.onnx"], "net").Graph.Initializer, tensor => Assert.Equal(4096, tensor.RawData.Length));
    }

    /// <summary>Beyond protobuf's 2 GiB, seen with a limit of a few KiB.</summary>
    [Theory]
    [InlineData(OptimizationLevel.Basic)]
    [InlineData(OptimizationLevel.Extended)]
    public void A_network_beyond_the_limit_of_protobuf_goes_the_whole_way(OptimizationLevel level)
    {
        OnnxFile.TestedLimit.Value = 10_000;
        Split();
        Gather(("net.onnx.data", "data"));
        Assert.True(LargeNetwork.IsOne(folder["whole.onnx"]));
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = level, Tolerance = 1e-4 };
        IReadOnlyList<LabelledSequence> Samples(TensorPort port) => [new("noise", new([2, .. port.Shape], TensorData.ReadFloats(Weights("x", [2, .. port.Shape]))), [])];
        var cancellation = TestContext.Current.CancellationToken;
        ModelBuilder.Prepare(folder["whole.onnx"], folder["model.onnx"], Samples, options, folder.Root, cancellation);
        Assert.True(LargeNetwork.IsOne(folder["model.onnx"]));
        Directory.CreateDirectory(folder["out"]);
        OnnxFile.Deploy(folder["model.onnx"], folder["out/model.onnx"]);
        ModelBuilder.MakeGolden(folder["whole.onnx"], folder["model.onnx"], Samples, new() { DeployedPath = folder["out/model.onnx"] }, folder["out"], options, folder.Root, cancellation);
        Assert.True(HostLatency.Measure([new(folder["model.onnx"], LoadOptimization.All)], "net", TimeSpan.Zero, cancellation)[0].Median > 0);
        Assert.Contains("\"data\": {", File.ReadAllText(folder["out/card.json"]), StringComparison.Ordinal);

        // The two files are what ONNX Runtime opens on a board.
        Assert.True(new FileInfo(folder["out/model.onnx"]).Length < 4096);
        var x = new Dictionary<string, TensorProto> { ["x"] = TensorData.Make<float>("x", TensorData.ReadFloats(Weights("x", 1, 64)), 1, 64) };
        using var settings = RuntimeSession.Options(Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_DISABLE_ALL);
        using var session = RuntimeSession.Open(folder["out/model.onnx"], settings, "net");
        using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
        using var value = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(TensorData.ReadFloats(x["x"]), [1L, 64]);
        using var results = session.Run(run, ["x"], [value], ["y"]);
        OnnxFile.TestedLimit.Value = null;
        var meant = TensorData.ReadFloats(Conformance.ConformanceRun.Run(Network(), x)[0]);
        Assert.All(results[0].GetTensorDataAsSpan<float>().ToArray().Zip(meant), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
        Assert.Equal("`net` is larger than a file in ONNX Runtime's own format can be; write `format: onnx`, whose data lie beside it", Assert.Throws<OnnxException>(() => OrtFile.Convert(folder["model.onnx"], folder["model.ort"], "net")).Message);
    }
}
