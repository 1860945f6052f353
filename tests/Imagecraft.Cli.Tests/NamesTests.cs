// How names of the command line find what they mean.

using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Verbs;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Layers;

namespace Imagecraft.Cli.Tests;

public sealed class NamesTests
{
    private static readonly ActionId[] _actions = [new("zlib:source"), new("zlib@arm64.cortex-a57:build"), new("zlib@arm64.cortex-a57:split"), new("zlib-ng:source"), new("fetch:zlib.tar.gz:1234")];

    [Theory]
    [InlineData("zlib@arm64.cortex-a57:build", "zlib@arm64.cortex-a57:build")]
    [InlineData("zlib:build", "zlib@arm64.cortex-a57:build")]
    [InlineData("zlib:source", "zlib:source")]
    [InlineData("zlib", "zlib:source zlib@arm64.cortex-a57:build zlib@arm64.cortex-a57:split")]
    [InlineData("fetch:zlib.tar.gz:1234", "fetch:zlib.tar.gz:1234")]
    public void A_name_means_an_action_a_step_or_all_steps_of_a_recipe(string name, string meant) =>
        Assert.Equal(meant, string.Join(' ', ActionNames.Resolve(_actions, name)));

    [Fact]
    public void An_unknown_action_proposes_the_nearest() =>
        Assert.Equal("Did you mean `zlib:build`?", Assert.Throws<ProblemException>(() => ActionNames.Resolve(_actions, "zlib:biuld")).Hint);

    [Fact]
    public void A_shell_needs_one_action_and_several_are_listed() =>
        Assert.Contains("zlib@arm64.cortex-a57:split", Assert.Throws<ProblemException>(() => ActionNames.One("zlib", ActionNames.Resolve(_actions, "zlib"))).Hint, StringComparison.Ordinal);

    private static readonly Metadata.WorkspaceReading _workspace = Metadata.WorkspaceReader.Read(
        [new LayerText("", [Recipe("net"), Recipe("tool"), Model("net", "quantize: { method: dynamic }\nevaluate: none\n"), Model("ear", "")])], _ => true);

    private static SourceText Recipe(string name) => new($"recipes/{name}.yaml", $"recipe: {name}\nversion: 1\nlicense: MIT\nbuild: {{ system: script, steps: make }}\n");

    private static SourceText Model(string name, string more) => new($"models/{name}.yaml", $"model: {name}\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/m.onnx\", sha256: {new string('a', 64)} }}\n{more}");

    [Theory]
    [InlineData("tool", "OfRecipe { Name = tool, ForHost = False }")]
    [InlineData("ear", "OfModel { Name = ear, Variant =  }")]
    [InlineData("recipe:net", "OfRecipe { Name = net, ForHost = False }")]
    [InlineData("model:net", "OfModel { Name = net, Variant =  }")]
    [InlineData("tool:build", "OfRecipe { Name = tool, ForHost = False }")]
    [InlineData("tool@arm64:build", "OfRecipe { Name = tool, ForHost = False }")]
    [InlineData("tool@host:build", "OfRecipe { Name = tool, ForHost = True }")]
    [InlineData("net@int8:quantize", "OfRecipe { Name = net, ForHost = False } OfModel { Name = net, Variant =  }")]
    [InlineData("toolroot:qemu", "")]
    public void A_name_to_build_means_a_recipe_a_model_or_an_action(string name, string meant) =>
        Assert.Equal(meant, string.Join(' ', new AskedNames([name]).Extras(_workspace)));

    [Theory]
    [InlineData("tool", "OfRecipe { Name = tool, ForHost = True }")]
    [InlineData("recipe:net", "OfRecipe { Name = net, ForHost = True }")]
    [InlineData("net", "OfRecipe { Name = net, ForHost = True }")]
    public void For_the_build_host_a_name_means_a_recipe(string name, string meant) =>
        Assert.Equal(meant, string.Join(' ', new AskedNames([name], forHost: true).Extras(_workspace)));

    [Theory]
    [InlineData("ear", "`ear` is a model, and only recipes are built for the build host")]
    [InlineData("toool", "No recipe is named `toool`")]
    public void What_cannot_be_built_for_the_build_host_is_told(string name, string message) =>
        Assert.Equal(message, Assert.Throws<ProblemException>(() => new AskedNames([name], forHost: true).Extras(_workspace)).Message);

    [Fact]
    public void A_name_of_a_recipe_and_of_a_model_is_an_error_with_both_full_names()
    {
        var problem = Assert.Throws<ProblemException>(() => new AskedNames(["net"]).Extras(_workspace));
        Assert.Equal(("`net` is the name of a recipe and of a model", "Write `recipe:net` or `model:net`"), (problem.Message, problem.Hint));
    }

    [Theory]
    [InlineData("", "float int8")]
    [InlineData("float int8", "float int8")]
    [InlineData("int8 quantize.per-channel=false", "float int8 quantize.per-channel=false")]
    [InlineData("quantize.per-channel=true quantize.per-channel=false", "float quantize.per-channel=true quantize.per-channel=false")]
    public void Settings_are_compared_with_the_float_network(string asked, string compared) =>
        Assert.Equal(compared, string.Join(' ', ModelComparison.Of(_workspace, "net", asked.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(setting => setting.Name)));

    [Fact]
    public void An_unknown_variant_is_told_with_those_there_are()
    {
        var problem = Assert.Throws<ProblemException>(() => ModelComparison.Of(_workspace, "ear", ["int8"]));
        Assert.Equal(("The model `ear` has no variant `int8`", "Known: [ `float` ]; or write changes of its recipe, e.g. `quantize.calibration.method=entropy`"), (problem.Message, problem.Hint));
    }

    [Fact]
    public void A_wrong_key_of_a_setting_is_told_with_its_place()
    {
        var problems = Assert.Throws<DiagnosticsException>(() => ModelComparison.Of(_workspace, "net", ["float", "quantize.per-chanel=false"]));
        Assert.Equal("--compare:1:10", Assert.Single(problems.Diagnostics).Span!.ToString());
        Assert.Equal("quantize.per-chanel=false", problems.Texts["--compare"]);
    }

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("20GiB", 20L << 30)]
    [InlineData("1.5 kb", 1536)]
    [InlineData("500M", 500L << 20)]
    public void A_size_may_be_written_with_a_unit(string text, long bytes) => Assert.Equal(bytes, CacheVerb.Bytes(text));

    [Theory]
    [InlineData("much")]
    [InlineData("-1")]
    [InlineData("20XB")]
    public void What_is_no_size_is_told_with_an_example(string text) =>
        Assert.Contains("20GiB", Assert.Throws<ProblemException>(() => CacheVerb.Bytes(text)).Hint, StringComparison.Ordinal);
}
