// The built-ins that hold networks against profiles, convert, verify and deploy them.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.BuiltIns.Imaging;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Images.Manifests;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Requests.Imaging;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Tests;

public sealed class ModelTests
{
    private static readonly Profile Npu = new()
    {
        Name = "npu", PerTensorOnly = true, SymmetricOnly = true, ActivationTypes = [QuantizedType.Int8], WeightTypes = [QuantizedType.Int8], TakesFloat = false, Dilation = false,
        Operators = ImmutableSortedDictionary<string, OperatorLimits>.Empty.Add("Relu", new()),
    };

    private static readonly NetworkForm Form = new() { Name = "net" };

    private static readonly NetworkSamples Hiss = new([new("hiss", new(1, 0.01))], null);

    private static readonly OnnxPrepareRequest Prepare = new() { Form = Form, Samples = Hiss, Tolerance = 1e-6, Optimize = OptimizationLevel.Basic, Only = ["remove-dead"] };

    [Fact]
    public void Every_pass_that_a_recipe_may_name_exists_and_every_one_that_exists_may_be_named()
    {
        Assert.Equal(StandardPasses.Names, Metadata.Tests.SchemaWords.Of("model", "passes/without/*"));
    }

    [Fact]
    public async Task A_network_that_must_fit_its_profile_fails_with_every_node_that_does_not()
    {
        using var context = new TestContext().Asking(new OnnxProfileRequest("net", Npu, true)).WithFile("/model.onnx", Network());
        Assert.Equal(
            "`net` does not fit the profile `npu`: [`clamp` (Relu): [x] are float, integers alone are taken; `root` (Sqrt): the operator is not one of [Relu]]; change these nodes, or choose a board whose profile takes them",
            await context.FailureAsync(new OnnxProfile()));
    }

    [Fact]
    public async Task A_network_that_need_not_fit_is_reported_with_its_share()
    {
        using var context = await new TestContext().Asking(new OnnxProfileRequest("net", Npu with { TakesFloat = true }, false)).WithFile("/model.onnx", Network()).RunAsync(new OnnxProfile());
        var report = JsonSerializer.Deserialize<JsonElement>(context.Text("file"));
        Assert.Equal((2, 1, "root"), (report.GetProperty("nodes").GetInt32(), report.GetProperty("nodes_taken").GetInt32(), report.GetProperty("not_taken")[0].GetProperty("node").GetString()));
    }

    [Fact]
    public async Task A_recipe_that_wants_what_its_board_does_not_take_is_told_what_to_leave_out()
    {
        var request = new OnnxQuantizeRequest
        {
            Form = Form, Profile = Npu, Calibration = new("data", "train", 1),
            Wishes = new() { ActivationType = QuantizedType.UInt8, SymmetricActivations = false, PerChannel = true },
        };
        using var context = new TestContext().Asking(request).WithFile("/original.onnx", Network()).WithFile("/model.onnx", Network()).WithTree("/calibration", ("/train/labels.tsv", ""));
        Assert.Equal(
            "The quantization of `net` contradicts the profile `npu`: it takes activations of [int8], but uint8 is wanted; it takes one scale for all channels of weights only, but `per-channel` is true; it takes symmetric activations only, but `symmetric` is false; leave these settings out, and the profile decides",
            await context.FailureAsync(new OnnxQuantize()));
    }

    [Theory]
    [InlineData(QuantizationMethod.Static)]
    [InlineData(QuantizationMethod.Dynamic)]
    [InlineData(QuantizationMethod.Float16)]
    public async Task A_network_that_is_quantized_already_is_refused_before_a_gate_is_opened(QuantizationMethod method)
    {
        using var context = new TestContext().Asking(new OnnxQuantizeRequest { Form = Form, Method = method, Goal = new("data", "test", "top-1") { MaxDrop = 0.1 } }).WithFile("/original.onnx", Network("QuantizeLinear")).WithFile("/model.onnx", Network("QuantizeLinear")).WithTree("/dataset", ("/test/labels.tsv", ""));
        Assert.Equal(
            "`net` is quantized already: it has [1 QuantizeLinear]; write `quantize: { method: taken }`, and its integers are deployed, or let `source` name the float network",
            await context.FailureAsync(new OnnxQuantize()));
    }

    [Theory]
    [InlineData(10, null, false, "quantized", "`int8` of `net` pays: 10 bytes quantized are 0.50 times the 20 in float, only fewer are worth it")]
    [InlineData(20, null, false, "float", "`int8` of `net` does not pay: 20 bytes quantized are 1.00 times the 20 in float, only fewer are worth it, so the float network is deployed")]
    [InlineData(10, 0.4, false, "float", "`int8` of `net` does not pay: 10 bytes quantized are 0.50 times the 20 in float, at most 0.4 times are worth it, so the float network is deployed")]
    [InlineData(24, 1.2, false, "quantized", "`int8` of `net` pays: 24 bytes quantized are 1.20 times the 20 in float, at most 1.2 times are worth it")]
    public async Task A_quantized_network_is_deployed_when_it_pays_and_its_report_tells_which_it_is(int size, double? most, bool mustPay, string taken, string said)
    {
        using var context = await Sizes(size, most, mustPay).RunAsync(new OnnxChoose());
        Assert.Equal(taken == "float" ? 20 : size, context.Store.Read(context.Outputs["file"].Digest).Length);
        Assert.Equal([said], context.Lines);
        Assert.Equal(taken == "float", OnnxChoose.ReasonAgainst(context.Text("report")) is not null);
    }

    [Fact]
    public async Task A_quantized_network_that_must_pay_and_does_not_fails_with_the_remedy()
    {
        using var context = Sizes(30, null, true);
        Assert.Equal("`int8` of `net` does not pay: 30 bytes quantized are 1.50 times the 20 in float, only fewer are worth it; quantize more of it, change `max-size` or `min-speedup`, or leave out `quantize`", await context.FailureAsync(new OnnxChoose()));
    }

    [Theory]
    [InlineData("1500", true, "10 bytes quantized are 0.50 times the 20 in float, only fewer are worth it; 1000 instructions an inference are 1.50 times as fast as the 1500 in float, at least 1.2 times are worth it")]
    [InlineData("1100", false, "10 bytes quantized are 0.50 times the 20 in float, only fewer are worth it; 1000 instructions an inference are 1.10 times as fast as the 1100 in float, at least 1.2 times are worth it")]
    public async Task A_network_that_is_smaller_must_be_faster_too_where_that_is_asked_for(string floating, bool pays, string why)
    {
        using var chosen = await Sizes(10, null, false).Asking(new OnnxChooseRequest("net", "int8", null, false) { MinSpeedup = 1.2 })
            .WithText("/float.instructions", floating).WithText("/quantized.instructions", "1000\n").RunAsync(new OnnxChoose());
        Assert.Equal(pays ? 10 : 20, chosen.Outputs["file"].Digest.SizeBytes);
        Assert.Equal(pays ? null : $"`int8` of `net` does not pay: {why}", OnnxChoose.ReasonAgainst(chosen.Text("report")));
    }

    [Fact]
    public async Task The_card_of_a_network_that_stayed_float_says_so_and_has_the_tolerance_of_floats()
    {
        using var golden = await new TestContext()
            .Asking(new OnnxGoldenRequest { Form = Form, Samples = Hiss, Tolerance = 0.5, FloatTolerance = 1e-6, Folder = "net", Variant = "int8", Format = "onnx", Version = "1", License = "MIT" })
            .WithFile("/original.onnx", Network()).WithFile("/deployed", Network()).WithText("/quantization.json", """{"not_deployed":"too large"}""").RunAsync(new OnnxGolden());
        var card = JsonSerializer.Deserialize<JsonElement>(golden.Text("card"));
        Assert.Equal(("float", "too large", 1e-6), (card.GetProperty("variant").GetString(), card.GetProperty("not_deployed").GetString(), card.GetProperty("tolerance").EnumerateObject().Single().Value.GetProperty("absolute").GetDouble()));
        Assert.False(card.TryGetProperty("quantization", out _) || card.TryGetProperty("outliers", out _));
    }

    private static TestContext Sizes(int size, double? most, bool mustPay) => new TestContext().Asking(new OnnxChooseRequest("net", "int8", most, mustPay))
        .WithFile("/float.onnx", new byte[20]).WithFile("/quantized.onnx", new byte[size]).WithText("/quantization.json", "{}");

    [Fact]
    public async Task A_float_network_has_no_integers_that_could_be_taken()
    {
        using var context = new TestContext().Asking(new OnnxQuantizeRequest { Form = Form, Method = QuantizationMethod.Taken }).WithFile("/original.onnx", Network()).WithFile("/model.onnx", Network());
        Assert.StartsWith("`net` has no integers that could be taken", await context.FailureAsync(new OnnxQuantize()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_other_files_are_gathered_into_the_network()
    {
        var model = ModelProto.Parser.ParseFrom(Network());
        model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 2 }, DataLocation = TensorProto.Types.DataLocation.External, ExternalData = { new StringStringEntryProto { Key = "location", Value = "w.data" } } });
        using var context = await new TestContext().Asking(new OnnxGatherRequest("net", ["w.data"])).WithFile("/model.onnx", Google.Protobuf.MessageExtensions.ToByteArray(model)).WithFile("/data/000", new byte[8]).RunAsync(new OnnxGather());
        Assert.Equal(8, ModelProto.Parser.ParseFrom(context.Store.Read(context.Outputs["file"].Digest)).Graph.Initializer.Single(tensor => tensor.Name == "w").RawData.Length);
        using var other = new TestContext().Asking(new OnnxGatherRequest("net", ["v.data"])).WithFile("/model.onnx", Google.Protobuf.MessageExtensions.ToByteArray(model)).WithFile("/data/000", new byte[8]);
        Assert.Equal("No tensor of `net` lies in [`v.data`]; it names [`w.data`]; correct `data` in the recipe", await other.FailureAsync(new OnnxGather()));
    }

    [Fact]
    public async Task A_network_is_deployed_in_the_very_format_in_which_it_was_verified()
    {
        using var first = await new TestContext().Asking(new OnnxConvertRequest("net")).WithFile("/model.onnx", Network()).RunAsync(new OnnxConvert());
        using var second = await new TestContext().Asking(new OnnxConvertRequest("net")).WithFile("/model.onnx", Network()).RunAsync(new OnnxConvert());
        Assert.Equal(first.Outputs["file"].Digest, second.Outputs["file"].Digest);

        var deployed = first.Store.Read(first.Outputs["file"].Digest);
        using var golden = await Golden("ort", deployed).WithFile("/model.onnx", Network()).RunAsync(new OnnxGolden());
        Assert.Equal(
            ["/usr/share/models/net-float/card.json", "/usr/share/models/net-float/golden/hiss/expected/y.npy", "/usr/share/models/net-float/golden/hiss/inputs/x.npy", "/usr/share/models/net-float/model.ort"],
            golden.Paths("tree").Order(StringComparer.Ordinal));
        var card = JsonSerializer.Deserialize<JsonElement>(golden.Text("card"));
        Assert.Equal(("float", "ort", deployed.Length), (card.GetProperty("variant").GetString(), card.GetProperty("format").GetString(), card.GetProperty("model").GetProperty("size").GetInt32()));
        Assert.Equal(golden.Text("card"), golden.TextOf("tree", "usr/share/models/net-float/card.json"));
    }

    [Fact]
    public async Task A_deployed_file_that_computes_something_else_is_refused_whatever_its_format()
    {
        using var converted = await new TestContext().Asking(new OnnxConvertRequest("net")).WithFile("/model.onnx", Network("Neg")).RunAsync(new OnnxConvert());
        using var golden = Golden("ort", converted.Store.Read(converted.Outputs["file"].Digest)).WithFile("/model.onnx", Network("Neg"));
        Assert.Contains("on the sample `hiss`", await golden.FailureAsync(new OnnxGolden()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passes_are_held_against_the_recipe_s_samples_and_left_out_by_name()
    {
        using var context = await new TestContext().Asking(Prepare).WithFile("/model.onnx", Network()).RunAsync(new OnnxPrepare());
        Assert.NotEmpty(context.Store.Read(context.Outputs["file"].Digest));
        using var fused = await new TestContext().Asking(new OnnxFuseRequest { Form = Form, Samples = Hiss, Tolerance = 1e-6, Optimize = OptimizationLevel.Extended }).WithFile("/model.onnx", context.Store.Read(context.Outputs["file"].Digest)).RunAsync(new OnnxFuse());
        Assert.NotEmpty(fused.Store.Read(fused.Outputs["file"].Digest));
    }

    [Fact]
    public async Task Passes_that_are_not_among_the_only_ones_are_left_out_those_of_ONNX_Runtime_too()
    {
        using var only = await new TestContext().Asking(Prepare).WithFile("/model.onnx", Network("Identity")).RunAsync(new OnnxPrepare());
        Assert.Equal(["Relu", "Identity"], Kinds(only));
        using var all = await new TestContext().Asking(Prepare with { Only = ["remove-dead", "optimize-basic"] }).WithFile("/model.onnx", Network("Identity")).RunAsync(new OnnxPrepare());
        Assert.Equal(["Relu"], Kinds(all));

        static IEnumerable<string> Kinds(TestContext context) => ModelProto.Parser.ParseFrom(context.Store.Read(context.Outputs["file"].Digest)).Graph.Node.Select(node => node.OpType);
    }

    [Fact]
    public async Task The_manifest_tells_variant_sizes_layers_and_both_figures_from_the_card()
    {
        const string card = """
            { "variant": "int8", "format": "onnx", "model": { "sha256": "abc", "size": 100 },
              "accuracy": { "metric": "top-1", "dataset": "lines/test", "frames": 12, "float": 0.99, "deployed": 0.98, "drop_interval": [ -0.01, 0.03 ] },
              "quantization": { "method": "static", "float_bytes": 400, "bytes": 100, "float_layers": [ "last" ],
                "layers": [ { "name": "first", "kind": "Conv", "output": "a", "sqnr_db": 20, "own_sqnr_db": 31.5, "float_bytes": 64, "bytes": 16 }, { "name": "second", "kind": "Relu", "output": "b", "sqnr_db": null, "own_sqnr_db": null, "float_bytes": 0, "bytes": 0 } ] } }
            """;
        var manifest = new ImageManifest
        {
            Image = "image", Board = "board", Architecture = "arm64",
            Models = [new("net", "1", "MIT", "", new("npm:net", "def"), "") { Path = "/usr/share/models/net", Variant = "int8", Format = "onnx" }],
        };
        using var context = await new TestContext().Asking(new MakeManifestRequest(manifest)).WithText("/card/net", card).RunAsync(new MakeManifest());
        var model = JsonSerializer.Deserialize<JsonElement>(context.Text("file")).GetProperty("models")[0];
        Assert.Equal(("/usr/share/models/net", "int8", "static", "abc", 100, 400), (Words("path"), Words("variant"), Words("method"), Words("sha256"), model.GetProperty("size").GetInt32(), model.GetProperty("floatSize").GetInt32()));
        Assert.Equal((0.99, 0.98), (model.GetProperty("accuracy").GetProperty("original").GetDouble(), model.GetProperty("accuracy").GetProperty("deployed").GetDouble()));
        Assert.Equal((0.03, false), (model.GetProperty("accuracy").GetProperty("worstDrop").GetDouble(), model.GetProperty("judged").GetBoolean()));
        Assert.Equal("last", model.GetProperty("floatLayers")[0].GetString());
        Assert.Equal((31.5, JsonValueKind.Null), (model.GetProperty("layers")[0].GetProperty("decibels").GetDouble(), model.GetProperty("layers")[1].GetProperty("decibels").ValueKind));

        string? Words(string key) => model.GetProperty(key).GetString();
    }

    private static TestContext Golden(string format, byte[] deployed) =>
        new TestContext().Asking(new OnnxGoldenRequest { Form = Form, Samples = Hiss, Tolerance = 1e-6, Optimize = OptimizationLevel.Extended, Folder = "net-float", Variant = "float", Format = format, Version = "1", License = "MIT" })
            .WithFile("/original.onnx", Network()).WithFile("/deployed", deployed);

    /// <summary>The root of what is above zero.</summary>
    private static byte[] Network(string last = "Sqrt")
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            Graph = new()
            {
                Name = "net",
                Node = { new NodeProto { OpType = "Relu", Name = "clamp", Input = { "x" }, Output = { "above" } }, new NodeProto { OpType = last, Name = "root", Input = { "above" }, Output = { "y" } } },
                Input = { Value("x") },
                Output = { Value("y") },
            },
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
        };
        using var stream = new MemoryStream();
        using (var output = new Google.Protobuf.CodedOutputStream(stream, leaveOpen: true))
            model.WriteTo(output);
        return stream.ToArray();
    }

    private static ValueInfoProto Value(string name)
    {
        var shape = new TensorShapeProto();
        foreach (var size in new long[] { 1, 16 })
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } } };
    }
}
