// A mistake somewhere in a workspace, and builds that do not need the document it is in.

namespace Imagecraft.EndToEnd.Tests;

public sealed class ToleranceTests : IDisposable
{
    private readonly SmallWorkspace workspace = new();

    public ToleranceTests() => workspace.Write("layers/other/layer.yaml", "layer: other\n");

    [Fact]
    public async Task Wrong_documents_of_a_layer_stop_no_build_that_does_without_them()
    {
        workspace.Write("layers/other/boards/wrong.yaml", "board: wrong\narchitecture: arm64\nodd: 1\n");
        workspace.Write("layers/other/boards/cut.yaml", "board: [ \n");
        workspace.Write("layers/other/recipes/lost.yaml", "recipe: lost\nversion: 1\nlicense: MIT\nbuild: { system: script, steps: make }\ndepends: [ nothing ]\n");
        // The lock has no packages of these, and the second feed does not exist.
        workspace.Write("layers/other/recipes/new.yaml", "recipe: new\nversion: 1\nlicense: MIT\nbuild: { system: prebuilt, feed: trixie, packages: [ no-such-package ] }\n");
        workspace.Write("layers/other/recipes/tools.yaml", "toolroot: tools\nfeed: nowhere\npackages: [ make ]\n");
        var before = File.ReadAllText(Path.Combine(workspace.Root, "imagecraft.lock"));

        var text = await workspace.SucceedAsync("hello");
        Assert.Contains("in [`layers/other/boards/cut.yaml`, board `wrong`, recipe `lost`, tool root `tools`], which nothing here needs\n  `./build.sh validate` shows all", text, StringComparison.Ordinal);
        Assert.Equal(0, (await workspace.RunAsync("plan", "--board", "small", "--offline", "--locked")).ExitCode);
        Assert.Equal(before, File.ReadAllText(Path.Combine(workspace.Root, "imagecraft.lock")));

        var (code, all) = await workspace.RunAsync("validate");
        Assert.Equal(3, code);
        foreach (var problem in new[] { "boards/wrong.yaml:3:1: error IC0102", "boards/cut.yaml:1:8: error IC0001", "recipes/lost.yaml:5:12: error IC0203", "recipes/tools.yaml:2:7: error IC0203", "`imagecraft.lock` does not fit what is asked for in [recipe/new arm64]" })
            Assert.Contains(problem, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_document_that_is_needed_is_told_with_who_needs_it()
    {
        workspace.Write("layers/other/recipes/hello.append.yaml", "append: hello\nversion: [ 2 ]\n");
        var text = await workspace.FailAsync("hello");
        Assert.Contains("layers/other/recipes/hello.append.yaml:2:10: error IC0104", text, StringComparison.Ordinal);

        workspace.WriteRecipe("user", "system: script\n  steps: make", "user", "/**", more: "depends: [ hello ]\n");
        Assert.Contains("note: Recipe `hello` ", await workspace.FailAsync("user"), StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();
}
