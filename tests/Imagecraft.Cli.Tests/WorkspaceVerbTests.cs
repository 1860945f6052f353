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

        var (code, errors, output) = await _cli.RunAsync("list");

        Assert.Equal((3, ""), (code, output));
        Golden.Check(errors);
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
        Assert.Equal(Metadata.KindNames.All.Count, files.Length);
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
