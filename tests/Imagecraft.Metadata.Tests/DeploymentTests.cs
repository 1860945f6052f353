// What images, boards and model recipes may say of variants, profiles, passes and formats, right and wrong.

using System.Text.Json;

namespace Imagecraft.Metadata.Tests;

public class DeploymentTests
{
    const string Network = """
        model: net
        version: 1
        license: MIT
        source: { url: "npm:@example/m@1.0/m.onnx", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }
        passes: { without: [ fold-affine, merge-casts ] }
        format: ort
        quantize: { method: dynamic }
        evaluate: none
        """;

    const string Npu = """
        accelerator: npu
        profile:
          per-tensor: true
          symmetric: true
          activations: [ int8 ]
          weights: [ int8 ]
          float: false
          dilation: false
          operators:
            Conv: { kernels: [ 1, 3 ], stride: 2, groups: [ none, depthwise ], dimensions: [ 2 ] }
            Relu: {}
        """;

    static TestWorkspace All() => new TestWorkspace()
        .Add("models/net.yaml", Network)
        .Add("models/plain.yaml", Network.Replace("model: net", "model: plain").Replace("quantize: { method: dynamic }", ""))
        .Add("images/small.yaml", "image: small\nmodels: [ net, { model: net, variant: float, format: onnx, fallback: cpu } ]")
        .Add("boards/npu.yaml", Npu)
        .Add("boards/gpu.yaml", "accelerator: gpu")
        .Add("boards/arch.yaml", "architecture: arm64\ndebian: arm64\ntriplet: t\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\nprofile: { activations: [ uint8 ], weights: [ int8 ], reduce-range: true }")
        .Add("boards/board.yaml", "board: virt\narchitecture: arm64\nkernel: linux\ncommand-line: x\nconsole: ttyS0\naccelerators: [ npu, gpu ]\ninference: { accelerator: npu, fallback: cpu }\ndefault-image: small")
        .Add("recipes/linux.yaml", "recipe: linux\nversion: 6.12\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: defconfig }")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\npackages: [ gcc ]")
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable");

    [Fact]
    public void Profiles_variants_passes_and_formats_are_read()
    {
        var workspace = All().Good();
        var profile = workspace.Accelerators["npu"].Profile!;
        Assert.Equal((true, true, false, false, "int8"), (profile.PerTensor, profile.Symmetric, profile.TakesFloat, profile.Dilation, profile.Weights.Single().Value));
        var conv = profile.Operators!["Conv"];
        Assert.Equal("1 3 | 2 | none depthwise | 2", $"{string.Join(' ', conv.Kernels)} | {conv.Stride} | {string.Join(' ', conv.Groups)} | {string.Join(' ', conv.Dimensions)}");
        Assert.True(workspace.Architectures["arm64"].Profile!.ReduceRange);
        Assert.Equal(("npu", true), (workspace.Boards["virt"].Inference.Accelerator?.Value, workspace.Boards["virt"].Inference.Fallback));
        Assert.Equal(["net", "net-float"], workspace.Images["small"].Models.Select(entry => entry.Folder));
        Assert.Equal((null, "onnx", true), (workspace.Images["small"].Models[0].Format?.Value, workspace.Images["small"].Models[1].Format?.Value, workspace.Images["small"].Models[1].Fallback));
        Assert.Equal(["fold-affine", "merge-casts"], workspace.Models["net"].Passes!.Without.Select(pass => pass.Value));
        Assert.Equal("ort", workspace.Models["net"].Format?.Value);
    }

    [Theory]
    [InlineData("optimize: basic", "without: [ optimize-basic ]")]
    [InlineData("optimize: extended", "without: [ optimize-basic, optimize-extended ]")]
    [InlineData("optimize: extended", "without: [ optimize-extended ]")]
    [InlineData("optimize: basic", "without: [ optimize-extended ]")]
    [InlineData("optimize: extended", "only: [ fold-constants ]")]
    [InlineData("optimize: extended", "only: [ optimize-basic, optimize-extended ]")]
    public void The_passes_of_ONNX_Runtime_can_be_chosen_like_all_others(string level, string passes) =>
        All().Replace("models/net.yaml", "passes: { without: [ fold-affine, merge-casts ] }", $"passes: {{ {passes} }}\n{level}").Good();

    [Theory]
    [MemberData(nameof(Passes))]
    public void Every_pass_can_be_left_out_by_its_name(string name) => All().Replace("models/net.yaml", "fold-affine, merge-casts", name == "optimize-basic" ? $"{name}, optimize-extended" : name).Good();

    public static TheoryData<string> Passes => [.. SchemaWords.Of("model", "passes/without/*")];

    [Theory]
    [InlineData("images/small.yaml", "variant: float", "variant: flot", "`variant` must be one of [ `float`, `int8`, `int4`, `float16` ], not `flot`", "Did you mean `float`?")]
    [InlineData("images/small.yaml", "variant: float", "variant: float16", "Model `net`, which image `small` deploys, has no variant `float16`", "Did you mean `float`?")]
    [InlineData("images/small.yaml", "{ model: net, variant: float", "{ model: plain, variant: int8", "Model `plain`, which image `small` deploys, has no variant `int8`", "It has `float` alone; a `quantize` in its recipe makes a further one")]
    [InlineData("images/small.yaml", "variant: float, ", "", "Models `net` and `net` of image `small` are both deployed at `/usr/share/models/net`", "The other is at images/small.yaml:2:11; remove one, or name another variant")]
    [InlineData("images/small.yaml", "[ net, ", "[ net-float, ", "Models `net-float` and `net` (variant `float`) of image `small` are both deployed at `/usr/share/models/net-float`", "The other is at images/small.yaml:2:11; remove one, or name another variant")]
    [InlineData("images/small.yaml", "format: onnx", "format: tflite", "`format` must be one of [ `onnx`, `ort` ], not `tflite`", null)]
    [InlineData("images/small.yaml", "fallback: cpu", "fallbak: cpu", "Unknown key `fallbak` in a model of an image", "Did you mean `fallback`?")]
    [InlineData("boards/npu.yaml", "per-tensor", "per-tensors", "Unknown key `per-tensors` in a profile", "Did you mean `per-tensor`?")]
    [InlineData("boards/npu.yaml", "kernels:", "kernel:", "Unknown key `kernel` in an operator of a profile", "Did you mean `kernels`?")]
    [InlineData("boards/npu.yaml", "  weights: [ int8 ]\n", "", "Required key `weights` is missing in a profile", "Add `weights:` (integer types of weights, of uint8 and int8)")]
    [InlineData("boards/npu.yaml", "weights: [ int8 ]", "weights: []", "A profile with integer activations needs integer weights, and the reverse", "Give types for both, or write `activations: []` and `weights: []`")]
    [InlineData("boards/npu.yaml", "groups: [ none", "groups: [ grouped", "An item of `groups` must be one of [ `none`, `depthwise`, `any` ], not `grouped`", null)]
    [InlineData("boards/board.yaml", "accelerator: npu", "accelerator: npv", "Networks of board `virt` run on `npv`, which is none of its accelerators", "Did you mean `npu`?")]
    [InlineData("boards/board.yaml", "accelerator: npu", "accelerator: gpu", "Networks of board `virt` run on `gpu`, which does not say what it takes", "Add `profile:` to the accelerator at boards/gpu.yaml:1:14")]
    [InlineData("models/net.yaml", "fold-affine", "fold-afine", "An item of `without` must be one of [ `fold-conditions`, `infer-shapes`, `fold-constants`, `upgrade-opset`, `remove-identities`, `merge-casts`, `merge-transposes`, `merge-reshapes`, `fold-affine`, `fold-pads`, `merge-constants`, `remove-dead`, `optimize-basic`, `optimize-extended` ], not `fold-afine`", "Did you mean `fold-affine`?")]
    [InlineData("models/net.yaml", "merge-casts ]", "merge-casts ], only: [ merge-casts ]", "`passes` has both `without` and `only`", "Keep one of them")]
    [InlineData("models/net.yaml", "merge-casts ]", "optimize-basic ]", "`optimize-basic` cannot be left out alone, because `optimize-extended` does all of it too", "Leave out `optimize-extended` too")]
    [InlineData("models/net.yaml", "without: [ fold-affine, merge-casts ]", "only: [ fold-affine, optimize-extended ]", "`optimize-extended` cannot run without `optimize-basic`, because it does all of it too", "Add `optimize-basic` to `only`")]
    [InlineData("models/net.yaml", "merge-casts ] }", "merge-casts ] }\noptimize: none", "`optimize: none` runs no pass, so `passes` chooses of none", "Remove `passes`, or write `optimize: basic`")]
    [InlineData("models/net.yaml", "without: [ fold-affine, merge-casts ] }", "only: [ fold-affine, optimize-extended ] }\noptimize: basic", "`optimize: basic` does not run the pass `optimize-extended`", "Take it out of `only`, or write `optimize: extended`")]
    [InlineData("models/net.yaml", "format: ort", "budgets: [ { accelerator: npv, regions: 1 } ]", "Unknown accelerator `npv`, which model `net` has a budget for", "Did you mean `npu`?")]
    [InlineData("models/net.yaml", "format: ort", "budgets: [ { accelerator: gpu, regions: 1 } ]", "Model `net` has a budget for `gpu`, which does not say what it takes", "Add `profile:` to the accelerator at boards/gpu.yaml:1:14")]
    [InlineData("models/net.yaml", "format: ort", "budgets: [ { accelerator: npu } ]", "A budget without limits allows everything", "Add one of [ `share`, `regions`, `crossings`, `arena`, `cycles` ]")]
    [InlineData("images/small.yaml", "models: [ net,", "models: [ { model: net, accelerator: npv },", "Unknown accelerator `npv`, which image `small` deploys `net` for", "Did you mean `npu`?")]
    [InlineData("images/small.yaml", "models: [ net,", "models: [ { model: net, accelerator: gpu },", "Model `net` of image `small` is for `gpu`, which does not say what it takes", "Add `profile:` to the accelerator at boards/gpu.yaml:1:14")]
    [InlineData("boards/gpu.yaml", "accelerator: gpu", "accelerator: gpu\nserver: imagecraft-npu", "`server` must be one of [ `imagecraft-vnpu` ], not `imagecraft-npu`", "Did you mean `imagecraft-vnpu`?")]
    [InlineData("boards/gpu.yaml", "accelerator: gpu", "accelerator: gpu\nprovider: gpu-provider", "Unknown package `gpu-provider`, which accelerator `gpu` runs networks by", "There is no package yet")]
    [InlineData("models/net.yaml", "format: ort", "budgets: [ { accelerator: npu, share: 2 } ]", "`share` must be from 0 to 1", "Write 0.95 for 95 of 100 multiply-accumulates")]
    [InlineData("models/net.yaml", "format: ort", "format: ort\noptimize-at-load: all", "ONNX Runtime arranges nothing of a file in its own format when it loads it, so `optimize-at-load: all` cannot be", "Write `format: onnx`, or leave `optimize-at-load` out")]
    [InlineData("images/small.yaml", "[ net, ", "[ { model: net, optimize-at-load: all }, ", "ONNX Runtime arranges nothing of a file in its own format when it loads it, so `optimize-at-load: all` cannot be", "Write `format: onnx`, or leave `optimize-at-load` out")]
    [InlineData("images/small.yaml", "fallback: cpu", "optimize-at-load: some", "`optimize-at-load` must be one of [ `all`, `none` ], not `some`", null)]
    public void What_cannot_be_is_told_with_its_place(string file, string right, string wrong, string message, string? hint)
    {
        var workspace = All();
        if (wrong.Contains("net-float", StringComparison.Ordinal))
            workspace.Add("models/other.yaml", Network.Replace("model: net", "model: net-float"));
        var diagnostic = workspace.Replace(file, right, wrong).Read().Diagnostics.First(found => found.Span!.File == file);
        Assert.Equal((message, hint), (diagnostic.Message, diagnostic.Hint));
    }
}
