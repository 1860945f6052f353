// How a model's variants, formats and a board's profile become actions.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Planning.Tests;

public class ModelPlanTests
{
    private const string Quantized = "quantize: { method: static, calibration: { dataset: lines, split: train, count: 2 }, float-layers: 1 }\n";
    private const string Npu = "accelerator: npu\nprofile: { activations: [ int8 ], weights: [ int8 ], per-tensor: true, symmetric: true, float: false, operators: { Conv: { kernels: [ 1, 3 ], groups: [ depthwise ] } } }\n";
    private const string Board = "board: virt\narchitecture: arm64\nkernel: linux\ncommand-line: x\nconsole: ttyAMA0\naccelerators: [ npu ]\ndefault-image: base\n";

    private static string Net(string more = Quantized) =>
        $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/m.onnx\", sha256: {new string('a', 64)} }}\npreprocess: {{ channels: gray, mean: [ 0.5 ] }}\nevaluate: {{ dataset: lines, split: test, metric: top-1, min: 0.9 }}\n{more}";

    private static (string, string)[] Files(string models = "[ net ]", string net = "", params (string, string)[] more) =>
    [
        ("images/base.yaml", $"image: base\npackages: [ tool ]\nmodels: {models}\n"),
        ("models/net.yaml", net.Length > 0 ? net : Net()),
        ("models/lines.yaml", "dataset: lines\nlicense: MIT\ntext:\n  toolroot: drawing\n  splits:\n    train: { fonts: [ /usr/a.ttf ], sizes: [ 20 ], texts: [ Bye ] }\n    test: { fonts: [ /usr/a.ttf ], sizes: [ 20 ], texts: [ Good morning ] }\n"),
        ("recipes/drawing.yaml", "toolroot: drawing\nfeed: trixie\npackages: [ graphicsmagick ]\n"),
        .. more,
    ];

    private static ImageBuild Plan(params (string, string)[] files)
    {
        var plan = TestPlans.Plan(files);
        Assert.Equal([], plan.Diagnostics);
        return plan;
    }

    [Fact]
    public void A_quantized_network_is_prepared_without_fused_operators_and_takes_its_gate_along()
    {
        var plan = Plan(Files());
        Assert.Equal("basic", Json(plan, "net:prepare").GetProperty("optimize").GetString());
        Assert.Equal("extended", Json(plan, "net@int8:quantize").GetProperty("optimize").GetString());
        Assert.Contains(("/calibration", "ranges of activations are measured on it"), plan.InputsOf("net@int8:quantize"));
        Assert.Contains(("/dataset", "the gate decides which layers stay float"), plan.InputsOf("net@int8:quantize"));
        Assert.Contains(("/quantization.json", "the quantization on the card"), plan.InputsOf("net:golden"));
        Assert.Equal(new InputSource.OutputOf(new("net@int8:quantize"), "file"), Source(plan, "net@int8:evaluate", "/model.onnx"));
        Assert.DoesNotContain(new ActionId("net:fuse"), plan.Graph!.Nodes.Keys);
    }

    [Fact]
    public void Half_weights_need_neither_data_nor_a_gate_and_come_after_fusing()
    {
        var plan = Plan(Files(net: Net("quantize: { method: float16 }\n")));
        Assert.Equal("extended", Json(plan, "net:fuse").GetProperty("optimize").GetString());
        Assert.Equal(["/plan.json", "/original.onnx", "/model.onnx"], plan.Graph!.Nodes[new("net@float16:quantize")].Inputs.Select(input => input.MountPath));
        Assert.Equal(new InputSource.OutputOf(new("net:fuse"), "file"), Source(plan, "net@float16:quantize", "/model.onnx"));
    }

    [Fact]
    public void A_named_variant_lies_beside_the_board_s_choice()
    {
        var plan = Plan(Files("[ net, { model: net, variant: float } ]"));
        Assert.Equal(("int8", "net", "onnx"), Deployed(plan, "net:golden"));
        Assert.Equal(("float", "net-float", "onnx"), Deployed(plan, "net@float:golden"));
        Assert.Equal(new InputSource.OutputOf(new("net:fuse"), "file"), Source(plan, "net@float:golden", "/deployed"));
        Assert.Contains(("/package/model-net-float", "the image base has the model net-float"), plan.InputsOf("base@virt:rootfs"));
        Assert.Contains(("/card/net-float", "what the manifest tells of it"), plan.InputsOf("base@virt:manifest"));
    }

    [Fact]
    public void What_becomes_ONNX_Runtime_s_format_is_judged_before_and_verified_as_it_is_deployed()
    {
        var plan = Plan(Files("[ { model: net, format: ort } ]"));
        var file = new InputSource.OutputOf(new("net@int8.ort:convert"), "file");
        Assert.Equal(("int8", "net", "ort"), Deployed(plan, "net:golden"));
        Assert.Equal(file, Source(plan, "net:golden", "/deployed"));
        var graph = new InputSource.OutputOf(new("net@int8:quantize"), "file");
        Assert.Equal((graph, graph), (Source(plan, "net:golden", "/model.onnx"), Source(plan, "net@int8:evaluate", "/model.onnx")));
        Assert.Equal(("int8", "net", "ort"), Deployed(Plan(Files(net: Net(Quantized + "format: ort\n"))), "net:golden"));
    }

    [Fact]
    public void A_profile_without_integers_picks_the_float_network()
    {
        var plan = Plan(Files(more: ("boards/arch.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\nprofile: { activations: [], weights: [] }\n")));
        Assert.Equal(("float", "net", "onnx"), Deployed(plan, "net:golden"));
    }

    [Fact]
    public void An_accelerator_decides_the_numbers_and_refuses_what_it_does_not_take()
    {
        var plan = Plan(Files(more: [("boards/npu.yaml", Npu), ("boards/board.yaml", Board + "inference: { accelerator: npu }\n")]));
        var quantize = Json(plan, "net@int8:quantize");
        Assert.Equal(("basic", "npu", "accelerator"), (quantize.GetProperty("optimize").GetString(), quantize.GetProperty("profile").GetProperty("name").GetString(), quantize.GetProperty("profile").GetProperty("target").GetString()));
        Assert.True(Json(plan, "net@int8:fit-npu").GetProperty("must-fit").GetBoolean());
        Assert.Equal(new InputSource.OutputOf(new("net@int8:quantize"), "file"), Source(plan, "net@int8:fit-npu", "/model.onnx"));
        Assert.Contains(("/profile/fit-npu", "what an accelerator takes of it, on the card"), plan.InputsOf("net:golden"));
    }

    [Fact]
    public void A_named_variant_that_the_accelerator_would_not_choose_is_for_the_CPU()
    {
        var plan = Plan(Files("[ net, { model: net, variant: float } ]", more: [("boards/npu.yaml", Npu), ("boards/board.yaml", Board + "inference: { accelerator: npu }\n")]));
        Assert.True(Json(plan, "net@int8:fit-npu").GetProperty("must-fit").GetBoolean());
        Assert.False(Json(plan, "net@float:profile-npu").TryGetProperty("must-fit", out _));
    }

    [Theory]
    [InlineData("[ net ]", "inference: { accelerator: npu, fallback: cpu }\n")]
    [InlineData("[ { model: net, fallback: cpu } ]", "inference: { accelerator: npu }\n")]
    public void A_board_or_an_image_may_leave_the_rest_to_the_CPU(string models, string inference)
    {
        var plan = Plan(Files(models, more: [("boards/npu.yaml", Npu), ("boards/board.yaml", Board + inference)]));
        Assert.False(Json(plan, "net@int8:profile-npu").TryGetProperty("must-fit", out _));
    }

    [Fact]
    public void Other_accelerators_of_a_board_are_asked_what_they_would_take()
    {
        var plan = Plan(Files(more: [("boards/npu.yaml", Npu), ("boards/board.yaml", Board)]));
        Assert.Equal(new InputSource.OutputOf(new("net:prepare"), "file"), Source(plan, "net:profile-npu", "/model.onnx"));
        Assert.True(Json(plan, "net:profile-npu").GetProperty("profile").GetProperty("takes-float").GetBoolean());
        Assert.False(Json(plan, "net@int8:quantize").TryGetProperty("profile", out _));
    }

    [Fact]
    public void Networks_on_an_accelerator_that_the_kernel_has_no_driver_for_are_an_error()
    {
        var plan = TestPlans.Plan(Files(more: [("boards/npu.yaml", Npu + "since-kernel: \"6.18\"\n"), ("boards/board.yaml", Board + "inference: { accelerator: npu }\n")]));
        var problem = Assert.Single(plan.Diagnostics);
        Assert.Equal(("IC0370", "Networks of board `virt` run on `npu`, whose driver the kernel `linux` does not have", "boards/board.yaml"), (problem.Code, problem.Message, problem.Span!.File));
    }

    [Fact]
    public void Passes_are_verified_on_the_recipe_s_own_samples()
    {
        var plan = Plan(Files(net: Net(Quantized + "passes: { without: [ fold-affine ] }\ngolden: { dataset: lines, split: test, count: 3 }\nsamples: [ { name: hiss, kind: noise, seed: 1, seconds: 1 } ]\n")));
        Assert.Contains(("/golden", "golden frames of lines"), plan.InputsOf("net:prepare"));
        var prepare = Json(plan, "net:prepare");
        Assert.Equal((3, "hiss", "fold-affine"), (prepare.GetProperty("golden").GetProperty("count").GetInt32(), prepare.GetProperty("samples")[0].GetProperty("name").GetString(), prepare.GetProperty("passes").GetProperty("without")[0].GetString()));
    }

    [Theory]
    [InlineData("", "basic", "extended")]
    [InlineData("optimize: basic\n", "basic", "basic")]
    [InlineData("optimize: none\n", "none", "none")]
    [InlineData("passes: { without: [ optimize-extended ] }\n", "basic", "basic")]
    [InlineData("passes: { without: [ optimize-basic, optimize-extended ] }\n", "basic", "none")]
    [InlineData("optimize: basic\npasses: { without: [ optimize-basic ] }\n", "basic", "none")]
    [InlineData("passes: { only: [ fold-constants ] }\n", "basic", "none")]
    [InlineData("passes: { only: [ fold-constants, optimize-basic ] }\n", "basic", "basic")]
    public void A_pass_of_ONNX_Runtime_that_is_left_out_is_so_in_every_step(string more, string prepared, string later)
    {
        var plan = Plan(Files("[ net, { model: net, variant: float } ]", Net(Quantized + more)));
        Assert.Equal((prepared, later), (Json(plan, "net:prepare").GetProperty("optimize").GetString(), Json(plan, "net@int8:quantize").GetProperty("optimize").GetString()));
        Assert.Equal(later == "extended", plan.Graph!.Nodes.ContainsKey(new("net:fuse")));
        Assert.Equal(later, Json(plan, "net@float:golden").GetProperty("optimize").GetString());
    }

    [Fact]
    public void Every_deployed_network_is_verified_where_the_runtime_is()
    {
        var runtime = ("recipes/infer.yaml", TestPlans.Recipe("imagecraft-infer", "1", "system: make", "imagecraft-infer", "/usr/bin/**"));
        var files = Files("[ net, { model: net, variant: float } ]", Net(Quantized + "checks: [ { name: own, run: \"true\" } ]\n"));
        Assert.Equal(["net own"], Checks(TestPlans.Plan(files)));
        var plan = TestPlans.Plan([.. files, runtime, ("images/base.yaml", files[0].Item2.Replace("[ tool ]", "[ tool, imagecraft-infer ]", StringComparison.Ordinal))]);
        Assert.Equal(["net verify", "net own", "net-float verify"], Checks(plan));
        Assert.Equal("imagecraft-infer verify /usr/share/models/net-float", plan.Checks.Single(check => check.Owner == "net-float").Check.Run.Value);

        static IEnumerable<string> Checks(ImageBuild plan) => plan.Checks.Where(check => check.Owner.StartsWith("net", StringComparison.Ordinal)).Select(check => $"{check.Owner} {check.Check.Name}");
    }

    [Fact]
    public void A_changed_setting_has_actions_of_its_own_whose_gate_only_reports()
    {
        var workspace = TestPlans.Workspace(Files());
        var options = new PlanOptions("/workspace", "amd64", TestPlans.Sdk);
        var plan = Planner.Plan(workspace, TestPlans.Lock, options, "virt", null, new Extra.OfModel("net", "float"), new Extra.OfSetting(workspace.Models["net"], "setting-2"));
        Assert.Equal(["net@float:evaluate", "net@setting-2:evaluate"], plan.Extras.Select(extra => extra.Models.Single().Accuracy!.Action.Value));
        Assert.True(Json(plan, "net@setting-2:quantize").GetProperty("evaluate").GetProperty("report-only").GetBoolean());
        Assert.Null(plan.Extras[1].Models[0].Tree);
    }

    private static (string?, string?, string?) Deployed(ImageBuild plan, string id) =>
        Json(plan, id) is var json ? (json.GetProperty("variant").GetString(), json.GetProperty("folder").GetString(), json.GetProperty("format").GetString()) : default;

    private static InputSource Source(ImageBuild plan, string id, string at) => plan.Graph!.Nodes[new(id)].Inputs.Single(input => input.MountPath == at).Source;

    private static JsonElement Json(ImageBuild plan, string id) => JsonSerializer.Deserialize<JsonElement>(Assert.IsType<InputSource.Inline>(Source(plan, id, "/plan.json")).Text);
}
