// How a model's variants, formats and a board's profile become actions.

using Imagecraft.Metadata.Tests;
using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Calibration;
using Imagecraft.Requests.Models;

namespace Imagecraft.Planning.Tests;

public class ModelPlanTests
{
    private const string Quantized = "quantize: { method: static, calibration: { dataset: lines, split: train, count: 2 }, float-layers: 1, search: { dataset: lines, split: choice } }\n";
    private const string Npu = "accelerator: npu\nprofile: { activations: [ int8 ], weights: [ int8 ], per-tensor: true, symmetric: true, float: false, operators: { Conv: { kernels: [ 1, 3 ], groups: [ depthwise ] } } }\n";
    private const string Board = "board: virt\narchitecture: arm64\nkernel: linux\ncommand-line: x\nconsole: ttyAMA0\naccelerators: [ npu ]\ndefault-image: base\n";

    private static string Net(string more = Quantized) =>
        $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/m.onnx\", sha256: {new string('a', 64)} }}\npreprocess: {{ channels: gray, mean: [ 0.5 ] }}\nevaluate: {{ dataset: lines, split: test, metric: top-1, min: 0.9 }}\n{more}";

    private static (string, string)[] Files(string models = "[ net ]", string net = "", params (string, string)[] more) =>
    [
        ("images/base.yaml", $"image: base\npackages: [ tool ]\nmodels: {models}\n"),
        ("models/net.yaml", net.Length > 0 ? net : Net()),
        ("models/lines.yaml", "dataset: lines\nlicense: MIT\ntext:\n  toolroot: drawing\n  splits:\n    train: { fonts: [ /usr/a.ttf ], sizes: [ 20 ], texts: [ Bye ] }\n    choice: { fonts: [ /usr/a.ttf ], sizes: [ 20 ], texts: [ Good day ] }\n    test: { fonts: [ /usr/a.ttf ], sizes: [ 20 ], texts: [ Good morning ] }\n"),
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
        Assert.Equal(OptimizationLevel.Basic, plan.Request<OnnxPrepareRequest>("net:prepare").Optimize);
        Assert.Equal(OptimizationLevel.Extended, plan.Request<OnnxQuantizeRequest>("net@int8:quantize").Optimize);
        Assert.Contains(("/calibration", "ranges of activations are measured on it"), plan.InputsOf("net@int8:quantize"));
        Assert.Contains(("/dataset", "the gate decides which layers stay float"), plan.InputsOf("net@int8:quantize"));
        Assert.Equal(("choice", "test"), (plan.Request<OnnxQuantizeRequest>("net@int8:quantize").Goal!.Split, plan.Request<OnnxEvaluateRequest>("net@int8:evaluate").Goal.Split));
        Assert.Contains(("/quantization.json", "the quantization on the card"), plan.InputsOf("net:golden"));
        Assert.Equal(new InputSource.OutputOf(new("net@int8:choose"), "file"), Source(plan, "net@int8:evaluate", "/model.onnx"));
        Assert.Equal(new InputSource.OutputOf(new("net:prepare"), "file"), Source(plan, "net@int8:quantize", "/model.onnx"));
    }

    [Fact]
    public void What_nobody_asked_for_by_name_is_deployed_only_when_it_pays()
    {
        var plan = Plan(Files(net: Net(Quantized.Replace("float-layers", "max-size: 0.5, otherwise: fail, float-layers", StringComparison.Ordinal))));
        Assert.Equal(new OnnxChooseRequest("net", "int8", 0.5, true), plan.Request<OnnxChooseRequest>("net@int8:choose"));
        Assert.Equal(new InputSource.OutputOf(new("net:fuse"), "file"), Source(plan, "net@int8:choose", "/float.onnx"));
        Assert.Equal(new InputSource.OutputOf(new("net@int8:choose"), "report"), Source(plan, "net:golden", "/quantization.json"));
        Assert.Equal(new OnnxChooseRequest("net", "int8", null, false), Plan(Files()).Request<OnnxChooseRequest>("net@int8:choose"));
        var named = Plan(Files("[ { model: net, variant: int8 } ]"));
        Assert.DoesNotContain(new ActionId("net@int8:choose"), named.Graph!.Nodes.Keys);
        Assert.Equal(new InputSource.OutputOf(new("net@int8:quantize"), "file"), Source(named, "net@int8:golden", "/deployed"));
    }

    [Fact]
    public void Speed_is_asked_for_by_instructions_where_the_board_s_kind_can_count_them()
    {
        var net = ("models/net.yaml", Net(Quantized.Replace("float-layers", "min-speedup: 1.5, float-layers", StringComparison.Ordinal)));
        (string, string)[] counting =
        [
            ("boards/arch.yaml", TestPlans.Text("boards/arch.yaml") + "counting: { toolroot: cross, machine: virt, processor: max, console: ttyAMA0 }\n"),
            ("recipes/runtime.yaml", TestPlans.Recipe("imagecraft-infer", "1", "system: make", "imagecraft-infer", "/usr/**")),
        ];
        var plan = Plan([.. Files().Where(file => file.Item1 != net.Item1), net, .. counting]);
        Assert.Equal(1.5, plan.Request<OnnxChooseRequest>("net@int8:choose").MinSpeedup);
        Assert.Equal(new InputSource.OutputOf(new("net@float:count"), "file"), Source(plan, "net@int8:choose", "/float.instructions"));
        Assert.Equal(new InputSource.OutputOf(new("net@int8:quantize"), "file"), Source(plan, "net@int8:count", "/network.onnx"));
        Assert.Contains(("/board", "the board's runtime and its libraries"), plan.InputsOf("net@int8:count"));
        var process = (ActionWork.Process)plan.Graph!.Nodes[new("net@int8:count")].Work;
        Assert.Equal(["qemu-system-aarch64", "virt", "cortex-a57", "ttyAMA0", "all"], process.Arguments[2..]);

        // Elsewhere sizes alone decide.
        Assert.Null(Plan([.. Files().Where(file => file.Item1 != net.Item1), net]).Request<OnnxChooseRequest>("net@int8:choose").MinSpeedup);
    }

    [Fact]
    public void Half_weights_need_neither_data_nor_a_gate_and_come_after_fusing()
    {
        var plan = Plan(Files(net: Net("quantize: { method: float16 }\n")));
        Assert.Equal(OptimizationLevel.Extended, plan.Request<OnnxFuseRequest>("net:fuse").Optimize);
        Assert.Equal(["/original.onnx", "/model.onnx"], plan.InputsOf("net@float16:quantize").Select(input => input.Mount));
        Assert.Equal(new InputSource.OutputOf(new("net:fuse"), "file"), Source(plan, "net@float16:quantize", "/model.onnx"));
    }

    [Fact]
    public void Integers_of_the_source_are_taken_without_data_and_gated_as_int8()
    {
        var plan = Plan(Files(net: Net("quantize: { method: taken, compact: false }\n")));
        var request = plan.Request<OnnxQuantizeRequest>("net@int8:quantize");
        Assert.Equal((QuantizationMethod.Taken, false, null), (request.Method, request.Wishes.Compact, request.Goal));
        Assert.Equal(["/original.onnx", "/model.onnx"], plan.InputsOf("net@int8:quantize").Select(input => input.Mount));
        Assert.Equal(new InputSource.OutputOf(new("net@int8:quantize"), "file"), Source(plan, "net@int8:evaluate", "/model.onnx"));
        Assert.Equal(("int8", "net", "onnx"), Deployed(plan, "net:golden"));
        Assert.DoesNotContain(new ActionId("net:fuse"), plan.Graph!.Nodes.Keys);
    }

    [Fact]
    public void A_network_with_its_values_in_other_files_is_gathered_before_anything_reads_it()
    {
        var plan = Plan(Files(net: Net($"data: {{ parts/a.data: {{ url: \"npm:m@1/a.data\", sha256: {new string('b', 64)} }}, m.data: {{ url: \"npm:m@1/m.data\", sha256: {new string('c', 64)} }} }}\n{Quantized}")));
        Assert.Equal(["m.data", "parts/a.data"], plan.Request<OnnxGatherRequest>("net:gather").Files);
        Assert.Equal([("/model.onnx", "the network as published"), ("/data/000", "values of tensors: m.data"), ("/data/001", "values of tensors: parts/a.data")], plan.InputsOf("net:gather"));
        var whole = new InputSource.OutputOf(new("net:gather"), "file");
        Assert.Equal(whole, Source(plan, "net:prepare", "/model.onnx"));
        foreach (var step in new[] { "net@int8:quantize", "net@int8:evaluate", "net:golden" })
            Assert.Equal(whole, Source(plan, step, "/original.onnx"));
    }

    [Fact]
    public void Free_axes_go_to_every_step_that_runs_the_network()
    {
        var plan = Plan(Files(net: Net($"shapes: {{ x: [ 1, 8 ] }}\nfree-axes: {{ x: [ 1 ] }}\n{Quantized}")));
        Assert.Equal([1], plan.Request<OnnxPrepareRequest>("net:prepare").Form.FreeAxes["x"]);
        Assert.Equal([1], plan.Request<OnnxQuantizeRequest>("net@int8:quantize").Form.FreeAxes["x"]);
        Assert.Equal([1], plan.Request<OnnxGoldenRequest>("net:golden").Form.FreeAxes["x"]);
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
        var graph = new InputSource.OutputOf(new("net@int8:choose"), "file");
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
        var quantize = plan.Request<OnnxQuantizeRequest>("net@int8:quantize");
        Assert.Equal((OptimizationLevel.Basic, "npu", QuantizationTarget.Accelerator), (quantize.Optimize, quantize.Profile!.Name, quantize.Profile.Target));
        Assert.True(plan.Request<OnnxProfileRequest>("net@int8:fit-npu").MustFit);
        Assert.Equal(new InputSource.OutputOf(new("net@int8:choose"), "file"), Source(plan, "net@int8:fit-npu", "/model.onnx"));
        // It computes on integers alone, so the float network is no way out.
        Assert.True(plan.Request<OnnxChooseRequest>("net@int8:choose").MustPay);
        Assert.Contains(("/profile/fit-npu", "what an accelerator takes of it, on the card"), plan.InputsOf("net:golden"));
    }

    [Fact]
    public void A_named_variant_that_the_accelerator_would_not_choose_is_for_the_CPU()
    {
        var plan = Plan(Files("[ net, { model: net, variant: float } ]", more: [("boards/npu.yaml", Npu), ("boards/board.yaml", Board + "inference: { accelerator: npu }\n")]));
        Assert.True(plan.Request<OnnxProfileRequest>("net@int8:fit-npu").MustFit);
        Assert.False(plan.Request<OnnxProfileRequest>("net@float:profile-npu").MustFit);
    }

    [Theory]
    [InlineData("[ net ]", "inference: { accelerator: npu, fallback: cpu }\n")]
    [InlineData("[ { model: net, fallback: cpu } ]", "inference: { accelerator: npu }\n")]
    public void A_board_or_an_image_may_leave_the_rest_to_the_CPU(string models, string inference)
    {
        var plan = Plan(Files(models, more: [("boards/npu.yaml", Npu), ("boards/board.yaml", Board + inference)]));
        Assert.False(plan.Request<OnnxProfileRequest>("net@int8:profile-npu").MustFit);
    }

    [Fact]
    public void Other_accelerators_of_a_board_are_asked_what_they_would_take()
    {
        var plan = Plan(Files(more: [("boards/npu.yaml", Npu), ("boards/board.yaml", Board)]));
        Assert.Equal(new InputSource.OutputOf(new("net:prepare"), "file"), Source(plan, "net:profile-npu", "/model.onnx"));
        Assert.True(plan.Request<OnnxProfileRequest>("net:profile-npu").Profile.TakesFloat);
        Assert.Null(plan.Request<OnnxQuantizeRequest>("net@int8:quantize").Profile);
    }

    [Fact]
    public void An_image_may_have_a_network_as_an_accelerator_wants_it_beside_the_CPU_s()
    {
        var plan = Plan(Files("[ net, { model: net, accelerator: npu }, { model: net, accelerator: gpu } ]", more: [("boards/npu.yaml", Npu), ("boards/gpu.yaml", Npu.Replace("npu", "gpu", StringComparison.Ordinal)), ("boards/board.yaml", Board)]));
        Assert.Null(plan.Request<OnnxQuantizeRequest>("net@int8:quantize").Profile);
        Assert.Equal("npu", plan.Request<OnnxQuantizeRequest>("net@int8-npu:quantize").Profile!.Name);
        Assert.True(plan.Request<OnnxProfileRequest>("net@int8-npu:fit-npu").MustFit);
        Assert.Equal(("int8", "net-npu", "onnx"), Deployed(plan, "net@npu:golden"));
        // The board has no other.
        Assert.DoesNotContain(plan.Graph!.Nodes.Keys, action => action.Value.Contains("gpu", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_shaped_for_the_CPU_s_kernels_is_held_against_the_accelerator_as_float()
    {
        var npu = Npu.Replace("profile: {", "profile: { target: onnx-runtime,", StringComparison.Ordinal);
        var plan = Plan(Files("[ { model: net, accelerator: npu } ]", more: [("boards/npu.yaml", npu), ("boards/board.yaml", Board)]));
        Assert.Equal((QuantizationTarget.OnnxRuntime, false), (plan.Request<OnnxQuantizeRequest>("net@int8-npu:quantize").Profile!.Target, plan.Request<OnnxQuantizeRequest>("net@int8-npu:quantize").Profile!.TakesFloat));
        Assert.False(plan.Request<OnnxProfileRequest>("net:profile-npu").MustFit);
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
        var prepare = plan.Request<OnnxPrepareRequest>("net:prepare");
        Assert.Equal((3, new SampleSound("hiss", new(1, 1)), "fold-affine"), (prepare.Samples.Golden!.Count, Assert.Single(prepare.Samples.Sounds), Assert.Single(prepare.Without)));
    }

    [Theory]
    [InlineData("", OptimizationLevel.Basic, OptimizationLevel.Extended)]
    [InlineData("optimize: basic\n", OptimizationLevel.Basic, OptimizationLevel.Basic)]
    [InlineData("optimize: none\n", OptimizationLevel.None, OptimizationLevel.None)]
    [InlineData("passes: { without: [ optimize-extended ] }\n", OptimizationLevel.Basic, OptimizationLevel.Basic)]
    [InlineData("passes: { without: [ optimize-basic, optimize-extended ] }\n", OptimizationLevel.Basic, OptimizationLevel.None)]
    [InlineData("optimize: basic\npasses: { without: [ optimize-basic ] }\n", OptimizationLevel.Basic, OptimizationLevel.None)]
    [InlineData("passes: { only: [ fold-constants ] }\n", OptimizationLevel.Basic, OptimizationLevel.None)]
    [InlineData("passes: { only: [ fold-constants, optimize-basic ] }\n", OptimizationLevel.Basic, OptimizationLevel.Basic)]
    public void A_pass_of_ONNX_Runtime_that_is_left_out_is_so_in_every_step_of_a_float_network(string more, OptimizationLevel prepared, OptimizationLevel later)
    {
        var plan = Plan(Files("[ net, { model: net, variant: float } ]", Net(Quantized + more)));
        Assert.Equal(prepared, plan.Request<OnnxPrepareRequest>("net:prepare").Optimize);
        // Pairs that nobody fused would be slower than float.
        Assert.Equal((OptimizationLevel.Extended, OptimizationLevel.Extended), (plan.Request<OnnxQuantizeRequest>("net@int8:quantize").Optimize, plan.Request<OnnxGoldenRequest>("net:golden").Optimize));
        Assert.Equal(later == OptimizationLevel.Extended, plan.Graph!.Nodes.ContainsKey(new("net:fuse")));
        Assert.Equal(later, plan.Request<OnnxGoldenRequest>("net@float:golden").Optimize);
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
        Assert.True(plan.Request<OnnxQuantizeRequest>("net@setting-2:quantize").Goal!.ReportOnly);
        Assert.Null(plan.Extras[1].Models[0].Tree);
    }

    [Theory]
    [InlineData("model", "optimize", typeof(OptimizationLevel))]
    [InlineData("model", "preprocess/fit", typeof(ImageFit))]
    [InlineData("model", "preprocess/channels", typeof(ChannelOrder))]
    [InlineData("model", "quantize/method", typeof(QuantizationMethod))]
    [InlineData("model", "quantize/activations", typeof(QuantizedType))]
    [InlineData("model", "quantize/weights", typeof(QuantizedType))]
    [InlineData("model", "quantize/calibration/method", typeof(CalibrationMethod))]
    [InlineData("board", "profile/target", typeof(QuantizationTarget))]
    [InlineData("board", "profile/activations/*", typeof(QuantizedType))]
    [InlineData("board", "profile/weights/*", typeof(QuantizedType))]
    [InlineData("board", "profile/operators/{}/groups/*", typeof(ConvolutionGroups))]
    public void Every_word_that_a_form_takes_is_a_value_and_the_reverse(string form, string key, Type values)
    {
        // Weights have eight bits everywhere.
        Assert.Equal(
            Enum.GetNames(values).Where(name => !key.Contains("weights", StringComparison.Ordinal) || !name.EndsWith("16", StringComparison.Ordinal)).Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal),
            SchemaWords.Of(form, key).Select(word => word.Replace("-", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_budget_reaches_the_accelerator_that_it_is_for_and_no_other()
    {
        var net = Net("budgets: [ { accelerator: npu, share: 0.5, regions: 2, crossings: 6, arena: 64 KiB } ]\n");
        var plan = Plan(Files(net: net, more: [("boards/npu.yaml", Npu.Replace("float: false", "float: false, memory: 1 MiB", StringComparison.Ordinal)), ("boards/board.yaml", Board)]));
        var request = plan.Request<OnnxProfileRequest>("net:profile-npu");
        Assert.Equal(new Budget { Share = 0.5, Regions = 2, Crossings = 6, Arena = 65536 }, request.Budget);
        Assert.Equal(1 << 20, request.Profile.Memory);
        Assert.Null(Plan(Files(net: Net(""), more: [("boards/npu.yaml", Npu), ("boards/board.yaml", Board)])).Request<OnnxProfileRequest>("net:profile-npu").Budget);
    }

    [Fact]
    public void What_a_recipe_and_a_profile_say_reaches_the_quantizer()
    {
        const string settings = "quantize: { method: static, calibration: { dataset: lines, split: train, count: 2, method: percentile, percentile: 99.5 }, activations: int8, weights: int8, symmetric: true, per-channel: false, bias-correction: false, rounding: adaptive, exclude: [ Softmax ] }\n";
        var plan = Plan(Files(net: Net(settings).Replace("channels: gray", "fit: pad-width, channels: bgr", StringComparison.Ordinal), more: [("boards/npu.yaml", Npu.Replace("kernels: [ 1, 3 ]", "kernels: [ 1, 3 ], stride: 2, dimensions: [ 2 ]", StringComparison.Ordinal)), ("boards/board.yaml", Board + "inference: { accelerator: npu }\n")]));
        var request = plan.Request<OnnxQuantizeRequest>("net@int8:quantize");
        Assert.Equal((ImageFit.PadWidth, ChannelOrder.Bgr), (request.Form.Preprocess!.Fit, request.Form.Preprocess.Channels));
        Assert.Equal((QuantizationMethod.Static, new DatasetPart("lines", "train", 2)), (request.Method, request.Calibration));
        Assert.Equal(new CalibrationOptions { Method = CalibrationMethod.Percentile, Percentile = 99.5 }, request.Wishes.Calibration);
        Assert.Equal((QuantizedType.Int8, QuantizedType.Int8, true, false, "Softmax"), (request.Wishes.ActivationType, request.Wishes.WeightType, request.Wishes.SymmetricActivations, request.Wishes.PerChannel, Assert.Single(request.Wishes.Exclude)));
        Assert.False(request.Wishes.BiasCorrection);
        Assert.True(request.Wishes.AdaptiveRounding);
        var profile = request.Profile!;
        Assert.Equal((true, true, false, true, false), (profile.PerTensorOnly, profile.SymmetricOnly, profile.TakesFloat, profile.Dilation, profile.ReduceRange));
        Assert.Equal((QuantizedType.Int8, QuantizedType.Int8), (Assert.Single(profile.ActivationTypes), Assert.Single(profile.WeightTypes)));
        var limits = profile.Operators!["Conv"];
        Assert.Equal(("1 3", 2L, ConvolutionGroups.Depthwise, 2), (string.Join(' ', limits.KernelSizes), limits.LargestStride, limits.Groups, Assert.Single(limits.SpatialDimensions)));
    }

    [Theory]
    [InlineData("", "[ net ]", "net", LoadOptimization.All)]
    [InlineData("optimize-at-load: none\n", "[ net ]", "net", LoadOptimization.None)]
    [InlineData("optimize-at-load: none\n", "[ { model: net, variant: float, optimize-at-load: all } ]", "net@float", LoadOptimization.All)]
    [InlineData("", "[ { model: net, variant: float, optimize-at-load: none } ]", "net@float", LoadOptimization.None)]
    [InlineData("format: ort\n", "[ net ]", "net", LoadOptimization.None)]
    [InlineData("optimize-at-load: all\n", "[ { model: net, variant: float, format: ort } ]", "net@float", LoadOptimization.None)]
    public void What_a_board_does_at_load_is_said_by_image_recipe_and_format(string recipe, string models, string id, LoadOptimization expected) =>
        Assert.Equal(expected, Plan(Files(models, Net(Quantized + recipe))).Request<OnnxGoldenRequest>($"{id}:golden").OptimizeAtLoad);

    private static (string, string, string) Deployed(ImageBuild plan, string id) => plan.Request<OnnxGoldenRequest>(id) is var request ? (request.Variant, request.Folder, request.Format) : default;

    private static InputSource Source(ImageBuild plan, string id, string at) => plan.Graph!.Nodes[new(id)].Inputs.Single(input => input.MountPath == at).Source;
}
