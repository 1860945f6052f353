// The verbs that read a workspace and build nothing.

using System.Text.Json;

namespace Imagecraft.Cli.Tests;

public sealed class WorkspaceVerbTests : IDisposable
{
    private const string Zlib = """
        recipe: zlib
        version: 1.3.1
        license: Zlib
        summary: Compression
        build: { system: script, steps: "true" }
        packages:
          - { name: libz, files: [ "/**" ] }
        """;

    private readonly CliProcess _cli = new();

    [Fact]
    public async Task All_errors_of_a_workspace_are_shown_at_once_with_place_caret_and_hint()
    {
        _cli.Write("recipes/zlib.yaml", Zlib.Replace("version:", "verion:", StringComparison.Ordinal));
        _cli.Write("recipes/other.yaml", "recipe: other\nversion: [ 1 ]\nlicense: MIT\nbuild: { system: script, steps: \"true\" }\n");

        var (code, errors, output) = await _cli.RunAsync("validate");

        Assert.Equal((3, "2 documents were read and 0 images of 0 boards planned\n"), (code, output));
        Golden.Check(errors);
    }

    [Fact]
    public async Task List_and_show_go_on_without_the_documents_that_cannot_be_read()
    {
        const string warning = "warning: 1 problem in [recipe `other`]\n  `./build.sh validate` shows all\n";
        _cli.Write("recipes/zlib.yaml", Zlib);
        _cli.Write("recipes/other.yaml", "recipe: other\nversion: [ 1 ]\nlicense: MIT\nbuild: { system: script, steps: \"true\" }\n");

        Assert.Equal((0, warning, "recipe  other  cannot be read, see recipes/other.yaml\nrecipe  zlib   1.3.1  Compression\n"), await _cli.RunAsync("list"));
        var (code, errors, output) = await _cli.RunAsync("show", "recipe", "zlib");
        Assert.Equal((0, warning), (code, errors));
        Assert.Contains("version: 1.3.1\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show recipe other")]
    [InlineData("build other --board b")]
    [InlineData("model net --board b")]
    [InlineData("plan --board wrong")]
    [InlineData("plan --board typed")]
    [InlineData("image --board b --image wrong")]
    [InlineData("image --board b --board wrong")]
    public async Task A_name_that_is_described_wrongly_is_told_with_what_is_wrong_and_not_as_unknown(string words)
    {
        _cli.Write("boards/arch.yaml", "architecture: riscv64\ndebian: riscv64\ntriplet: riscv64-linux-gnu\nkernel-arch: riscv\nkernel-image: Image\ncpu: riscv64\ntoolroot: cross\n");
        _cli.Write("boards/b.yaml", "board: b\narchitecture: riscv64\nkernel: linux\ncommand-line: x\nconsole: ttyS0\ndefault-image: good\n");
        _cli.Write("boards/wrong.yaml", "board: wrong\nodd: 1\n");
        _cli.Write("boards/typed.yaml", "bord: typed\nodd: 1\n");
        _cli.Write("images/good.yaml", "image: good\n");
        _cli.Write("images/wrong.yaml", "image: wrong\nodd: 1\n");
        _cli.Write("models/net.yaml", "model: net\nodd: 1\n");
        _cli.Write("recipes/feed.yaml", "feed: trixie\nsuite: trixie\n");
        _cli.Write("recipes/cross.yaml", "toolroot: cross\nfeed: trixie\npackages: [ gcc ]\n");
        _cli.Write("recipes/linux.yaml", "recipe: linux\nversion: \"6.12\"\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: tinyconfig }\n");
        _cli.Write("recipes/other.yaml", "recipe: other\nodd: 1\n");

        var (code, errors, _) = await _cli.RunAsync(words.Split(' '));

        Assert.Equal(3, code);
        Assert.Contains(words.Contains("typed", StringComparison.Ordinal) ? "boards/typed.yaml:1:1: error IC0101: Unknown kind of document `bord`" : ".yaml:2:1: error IC0102: Unknown key `odd`", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("error: No ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("board `b`", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_finds_nothing_in_the_repository()
    {
        var (code, errors, output) = await _cli.RunInAsync(Golden.Root, "validate");

        Assert.Equal((0, ""), (code, errors));
        Assert.Matches(@"^\d+ documents were read and \d+ images of \d+ boards planned\n$", output);
    }

    [Fact]
    public async Task The_version_is_that_of_the_build()
    {
        var version = System.Xml.Linq.XDocument.Load(Path.Combine(Golden.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.Equal((0, "", version + "\n"), await _cli.RunAsync("--version"));
    }

    [Fact]
    public async Task List_shows_names_versions_and_summaries()
    {
        _cli.Write("recipes/zlib.yaml", Zlib);

        Assert.Equal((0, "", "recipe  zlib  1.3.1  Compression\n"), await _cli.RunAsync("list"));
        Assert.Equal((0, "", "package  libz  of recipe zlib\n"), await _cli.RunAsync("list", "packages"));
    }

    [Fact]
    public async Task Show_with_origin_names_the_file_of_the_layer_that_set_a_field()
    {
        _cli.Write("recipes/zlib.yaml", Zlib);
        _cli.Write("layers/mine/layer.yaml", "layer: mine\npriority: 5\n");
        _cli.Write("layers/mine/recipes/zlib.append.yaml", "append: zlib\nversion: 1.3.2\n");

        var (code, _, output) = await _cli.RunAsync("show", "recipe", "zlib", "--origin");

        Assert.Equal(0, code);
        Assert.Contains("version: 1.3.2  # layers/mine/recipes/zlib.append.yaml:2:10", output, StringComparison.Ordinal);
        Assert.Contains("license: Zlib  # recipes/zlib.yaml:3:10", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Layers_are_shown_with_what_they_were_made_for()
    {
        _cli.Write("layers/mine/layer.yaml", "layer: mine\nversion: 2.3\nrequires: { imagecraft: \">=0.1\" }\n");

        Assert.Equal((0, "", "layer: mine\nversion: 2.3\nrequires.imagecraft: >=0.1\n"), await _cli.RunAsync("show", "layer", "mine"));
        Assert.Equal((0, "", "layer  core  priority 0\nlayer  mine  priority 0, version 2.3\n"), await _cli.RunAsync("list", "layers"));
    }

    [Fact]
    public async Task Show_of_an_unknown_name_proposes_the_nearest()
    {
        _cli.Write("recipes/zlib.yaml", Zlib);

        Assert.Equal((3, "error: No recipe is named `zlip`\n  Did you mean `zlib`?\n", ""), await _cli.RunAsync("show", "recipe", "zlip"));
    }

    [Fact]
    public async Task Schema_writes_one_valid_JSON_file_for_each_kind()
    {
        var (code, _, output) = await _cli.RunAsync("schema", Path.Combine(_cli.Root, "schemas"));

        Assert.Equal(0, code);
        var files = Directory.GetFiles(Path.Combine(_cli.Root, "schemas"));
        // Those of documents, and that of imagecraft.yaml.
        Assert.Equal(Metadata.KindNames.All.Count + 1, files.Length);
        Assert.Equal(files.Length, output.Trim().Split('\n').Length);
        Assert.All(files, f => JsonDocument.Parse(File.ReadAllText(f)).Dispose());
    }

    [Fact]
    public async Task Clean_removes_the_artifacts_and_nothing_else()
    {
        _cli.Write("out/board/image/disk.img", "x");
        _cli.Write("recipes/zlib.yaml", Zlib);

        var (code, _, _) = await _cli.RunAsync("clean");

        Assert.Equal(0, code);
        Assert.False(Directory.Exists(Path.Combine(_cli.Root, "out")));
        Assert.True(File.Exists(Path.Combine(_cli.Root, "recipes", "zlib.yaml")));
    }

    public void Dispose() => _cli.Dispose();
}
