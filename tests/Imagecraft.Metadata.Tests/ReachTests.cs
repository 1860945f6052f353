// A mistake is a hindrance for those that need it, and for nobody else.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class ReachTests
{
    static DocumentId Board(string name) => new(KindNames.Board, name);

    static DocumentId Image(string name) => new(KindNames.Image, name);

    static DocumentId Recipe(string name) => new(KindNames.Recipe, name);

    /// <summary>Two boards with an image each, which share nothing but a kernel and tools.</summary>
    static TestWorkspace Machines() => new TestWorkspace()
        .Add("boards/arm64.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\n")
        .Add("boards/one.yaml", "board: one\narchitecture: arm64\nkernel: linux\ncommand-line: quiet\nconsole: ttyAMA0\ndefault-image: small\n")
        .Add("boards/two.yaml", "board: two\narchitecture: arm64\nkernel: linux\ncommand-line: quiet\nconsole: ttyAMA0\naccelerators: [ npu ]\ndefault-image: large\n")
        .Add("boards/npu.yaml", "accelerator: npu\npackages: [ firmware ]\n")
        .Add("images/small.yaml", "image: small\npackages: [ tool ]\n")
        .Add("images/large.yaml", "image: large\nfeatures: [ ssh ]\nmodels: [ net ]\n")
        .Add("images/ssh.yaml", "feature: ssh\npackages: [ server ]\n")
        .Add("models/net.yaml", $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/m.onnx\", sha256: {new string('a', 64)} }}\nevaluate: {{ dataset: clothes, split: test, metric: top-1, min: 0.9 }}\nlabels: [ a ]\n")
        .Add("models/clothes.yaml", "dataset: clothes\nlicense: MIT\nidx: { package: { feed: stable, name: data }, splits: { test: { images: /i, labels: /l } } }\n")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\npackages: [ gcc ]")
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable\ncomponents: [ main ]")
        .Add("recipes/linux.yaml", "recipe: linux\nversion: 6.12\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: defconfig }")
        .Recipe("tool", "depends: [ zlib ]\npackages: [ { name: tool, files: [ /tool ] } ]")
        .Recipe("zlib", "packages: [ { name: zlib, files: [ /zlib ] } ]")
        .Recipe("server", "packages: [ { name: server, files: [ /server ] } ]")
        .Recipe("firmware", "packages: [ { name: firmware, files: [ /firmware ] } ]");

    static string[] Needed(Reach reach) => [.. reach.Problems.Select(problem => problem.Code)];

    [Fact]
    public void What_is_needed_is_found_through_all_kinds_of_documents()
    {
        var reading = Machines().Read();
        Assert.Empty(reading.Diagnostics);

        Assert.Equal(
            ["accelerator `npu`", "architecture `arm64`", "board `two`", "dataset `clothes`", "feature `ssh`", "feed `stable`", "image `large`", "model `net`", "recipe `firmware`", "recipe `linux`", "recipe `server`", "tool root `cross`"],
            reading.Reach(Board("two"), Image("large")).Documents.Select(document => document.ToString()).Where(name => !name.StartsWith("package", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains(Recipe("zlib"), reading.Reach(Image("small")).Documents);
        // A board names its images, but is built with one.
        Assert.DoesNotContain(Image("small"), reading.Reach(Board("one")).Documents);
    }

    [Theory]
    [InlineData("recipes/zlib/zlib.yaml", "recipe: zlib\nversion: [ 1\n", "IC0001", "Recipe `zlib` is needed by recipe `tool` at recipes/tool/tool.yaml:5:12")]
    [InlineData("recipes/zlib/zlib.yaml", "recipe: zlib\nverison: 1\nlicense: MIT\nbuild: { system: make }\n", "IC0102 IC0103", "Recipe `zlib` is needed by recipe `tool` at recipes/tool/tool.yaml:5:12")]
    [InlineData("recipes/zlib/zlib.yaml", "recpie: zlib\nversion: 1\n", "IC0101", "`recipes/zlib/zlib.yaml` is needed by recipe `tool` at recipes/tool/tool.yaml:5:12")]
    [InlineData("recipes/zlib/zlib.yaml", "\"recipe: zlib\n", "IC0001", "`recipes/zlib/zlib.yaml` is needed by recipe `tool` at recipes/tool/tool.yaml:5:12")]
    [InlineData("recipes/zlib/zlib.yaml", "recipe: zlib\nversion: 1\nlicense: MIT\nbuild: { system: make }\ndepends: [ lbi ]\n", "IC0203", "Recipe `zlib` is needed by recipe `tool` at recipes/tool/tool.yaml:5:12")]
    [InlineData("recipes/tool/tool.yaml", "recipe: tool\nversion: 1\nlicense: MIT\nbuild: { system: make }\nhomepge: x\npackages: [ { name: tool, files: [ /tool ] } ]\n", "IC0102", "Recipe `tool` has package `tool`, which image `small` needs at images/small.yaml:2:13")]
    [InlineData("recipes/tool/tool.yaml", "recipe: tool\nversion: 1\nlicense: [ MIT\npackages: [ { name: tool, files: [ /tool ] } ]\n", "IC0001", "Recipe `tool` is needed by image `small` at images/small.yaml:2:13")]
    [InlineData("images/small.yaml", "image: small\npackges: [ tool ]\n", "IC0102", null)]
    [InlineData("recipes/stable.yaml", "feed: stable\n", "IC0103", "Feed `stable` is needed by tool root `cross` at recipes/cross.yaml:2:7")]
    public void A_broken_document_is_told_to_who_needs_it_with_the_reason_and_never_as_unknown(string path, string text, string codes, string? note)
    {
        var reading = Machines().Add(path, text).Read();

        var one = reading.Reach(Board("one"), Image("small"));
        Assert.Equal(codes, string.Join(' ', Needed(one).Order(StringComparer.Ordinal)));
        Assert.All(one.Problems, problem => Assert.Equal((note, path), (problem.Note, problem.Span!.File)));
        var two = reading.Reach(Board("two"), Image("large"));
        Assert.Equal(path == "recipes/stable.yaml", !two.Problems.IsEmpty);
        Assert.Equal(reading.Diagnostics.Length, two.Problems.Length + two.Others);
        Assert.Equal(two.Others == 0, two.OtherOwners.IsEmpty);
    }

    [Theory]
    [InlineData("boards/two.yaml", "board: two\n", "board `two`")]
    [InlineData("boards/npu.yaml", "accelerator: npu\nsince: 6\n", "accelerator `npu`")]
    [InlineData("images/ssh.yaml", "feature: ssh\npackages: [ srver ]\n", "feature `ssh`")]
    [InlineData("images/large.yaml", "image: large\nusers: [ { name: a, id: 1 }, { name: a, id: 2 } ]\n", "image `large`")]
    [InlineData("models/net.yaml", "model: net\n", "model `net`")]
    [InlineData("models/clothes.yaml", "dataset: clothes\n", "dataset `clothes`")]
    [InlineData("recipes/other.yaml", "recipe: other\nversion: 1\nlicense: MIT\nbuild: { system: make }\ndepends: [ other ]\n", "recipe `other`")]
    [InlineData("recipes/other.yaml", "recipe: server\nversion: 1\nlicense: MIT\nbuild: { system: make }\npackages: [ { name: server, files: [ /x ] } ]\n", "recipe `server`")]
    [InlineData("recipes/other.yaml", "feed: other\nsuite: x\nbase: other\n", "feed `other`")]
    [InlineData("recipes/other.yaml", "toolroot: other\nfeed: stable\nincludes: [ other ]\npackages: [ x ]\n", "tool root `other`")]
    [InlineData("recipes/other.yaml", "nothing: other\n", "`recipes/other.yaml`")]
    [InlineData("recipes/other.yaml", "", "`recipes/other.yaml`")]
    [InlineData("recipes/zib.append.yaml", "append: zib\nversion: 2\n", "append to `zib`")]
    [InlineData("layers/mine/recipes/other.yaml", "recipe: other\nversion: 1\nlicense: MIT\nbuild: { system: make }\n", "layer `layers/mine`")]
    public void A_wrong_document_of_any_kind_stops_nobody_who_does_not_need_it(string path, string text, string owner)
    {
        var reading = Machines().Add(path, text).Read();
        Assert.NotEmpty(reading.Diagnostics);

        var reach = reading.Reach(Board("one"), Image("small"));
        Assert.Empty(reach.Problems);
        Assert.Equal((reading.Diagnostics.Length, owner), (reach.Others, reach.OtherOwners[0].ToString()));
        Assert.True(reading.IsSound(Board("one")) && reading.IsSound(Image("small")));
    }

    [Fact]
    public void A_package_of_two_recipes_stops_those_who_want_this_package()
    {
        var reading = Machines().Recipe("twin", "packages: [ { name: server, files: [ /twin ] }, { name: twin, files: [ /x ] } ]").Read();

        Assert.Equal(["IC0204"], Needed(reading.Reach(Image("large"))));
        Assert.Empty(reading.Reach(Image("small")).Problems);
        Assert.Empty(reading.Reach(Recipe("twin")).Problems);
    }

    [Fact]
    public void A_cycle_is_the_problem_of_all_recipes_in_it()
    {
        var reading = Machines().Recipe("a", "depends: [ b ]").Recipe("b", "depends: [ a ]").Recipe("user", "depends: [ b ]").Read();

        Assert.All(["a", "b", "user"], name => Assert.Equal(["IC0205"], Needed(reading.Reach(Recipe(name)))));
        Assert.Equal([false, true], new[] { Recipe("user"), Recipe("tool") }.Select(reading.IsSound));
    }

    // Whatever is above would be missing without a word.
    [Theory]
    [InlineData("zlib.append.yaml", "append: zlib\nversion: [ 2\n", "IC0001")]
    [InlineData("zlib.append.yaml", "apend: zlib\nversion: 2\n", "IC0101")]
    [InlineData("zlib.append.yaml", "append: zlib\nrecipe: other\n", "IC0102")]
    [InlineData("zlib.yaml", "recipe: zlib\nversion: 2\n", "IC0103")]
    [InlineData("zlib.yaml", "\"recipe: zlib\nversion: 2\n", "IC0001")]
    public void A_broken_append_or_override_stops_who_needs_what_it_changes(string file, string text, string code)
    {
        var reading = Machines().Add("layers/mine/layer.yaml", "layer: mine\n").Add($"layers/mine/recipes/{file}", text).Read();

        Assert.Contains(code, Needed(reading.Reach(Board("one"), Image("small"))));
        Assert.Empty(reading.Reach(Board("two"), Image("large")).Problems);
    }

    [Theory]
    [InlineData("layer: mine\nprioritiy: 3\n", "IC0102")]
    [InlineData("layer: mine\nrequires: { imagecraft: \">=99\" }\n", "IC0207")]
    public void A_wrong_layer_stops_who_needs_a_document_that_it_makes_or_changes(string layer, string code)
    {
        var reading = Machines().Add("layers/mine/layer.yaml", layer).Add("layers/mine/recipes/zlib.append.yaml", "append: zlib\nversion: 2\n").Add("layers/mine/recipes/server.yaml", "recipe: other\nversion: 1\nlicense: MIT\nbuild: { system: make }\n").Read();

        var problem = Assert.Single(reading.Reach(Image("small")).Problems);
        Assert.Equal((code, "Layer `layers/mine` is needed by recipe `zlib` at layers/mine/recipes/zlib.append.yaml:1:9"), (problem.Code, problem.Note));
        Assert.Equal([code], Needed(reading.Reach(Recipe("other"))));
        Assert.Empty(reading.Reach(Image("large")).Problems);
    }

    [Fact]
    public void A_name_whose_document_cannot_be_told_is_described_nevertheless()
    {
        var reading = Machines().Add("boards/three.yaml", "bord: three\narchitecture: arm64\n").Add("boards/odd.yaml", "borad: four\n").Read();

        Assert.Equal([true, true, true, false], new[] { "three", "odd", "four", "five" }.Select(name => reading.IsDescribed(Board(name))));
        Assert.Equal(["IC0101"], Needed(reading.Reach(reading.Described(Board("four")))));
        Assert.Equal(["one", "two"], reading.NamesOf(KindNames.Board));
    }

    [Fact]
    public void A_default_image_that_is_broken_is_no_hindrance_for_another_image_but_one_that_nothing_is_named_is()
    {
        var broken = Machines().Add("images/small.yaml", "image: small\nsize: big\n").Read();
        Assert.Empty(broken.Reach(Board("one"), Image("large")).Problems);

        var unknown = Machines().Replace("boards/one.yaml", "default-image: small", "default-image: smal").Read();
        Assert.Equal(["IC0203"], Needed(unknown.Reach(Board("one"), Image("large"))));
    }

    [Fact]
    public void The_note_stands_below_the_hint()
    {
        var diagnostic = new Diagnostic("IC0001", Severity.Error, "Odd", null, "Look") { Note = "Recipe `a` is needed by recipe `b` at b:1:1" };
        Assert.Equal("error IC0001: Odd\nhint: Look\nnote: Recipe `a` is needed by recipe `b` at b:1:1", DiagnosticText.Render(diagnostic, _ => null));
    }
}
