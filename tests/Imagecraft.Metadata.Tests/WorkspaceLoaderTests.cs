// Loading from a real disk: the repository itself, its example layer, and many generated recipes.

using System.Text;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public sealed class WorkspaceLoaderTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-metadata");

    [Fact]
    public void The_repository_has_no_problem()
    {
        var reading = WorkspaceLoader.Load(Repository.Root);

        Assert.Equal("0 errors", DiagnosticText.RenderAll(reading.Diagnostics, path => WorkspaceLoader.Source(Repository.Root, path)));
    }

    [Fact]
    public void The_example_layer_adds_a_recipe_and_an_image_and_appends_to_busybox()
    {
        var reading = WorkspaceLoader.Load(Repository.Root);
        var workspace = reading.Workspace;

        Assert.Equal("layers/example", workspace.Layers.Single(layer => layer.Name.Value == "example").Folder);
        Assert.Equal("layers/example/recipes/greeting", workspace.Recipes["greeting"].Folder);
        Assert.Contains("greeting", workspace.Images["example"].Packages.Select(package => package.Value));
        var busybox = workspace.Recipes["busybox"];
        Assert.Equal("recipes/busybox", busybox.Folder);
        Assert.Contains("factor", busybox.Checks.Select(check => check.Name.Value));
        Assert.Equal("layers/example/recipes/busybox/factor.config", Assert.IsType<BuildSpec.Kconfig>(busybox.Build).Fragments[^1].Value);
        Assert.Contains(reading.Origins(KindNames.Recipe, "busybox"), origin => origin.Span.File == "layers/example/recipes/busybox/busybox.append.yaml");
        Assert.Contains(reading.Origins(KindNames.Recipe, "busybox"), origin => origin.Span.File == "recipes/busybox/busybox.yaml");
    }

    [Fact]
    public void Hundreds_of_generated_recipes_are_read_and_their_appends_applied()
    {
        RecipeGenerator.Write(folder.FullName, 200);

        var reading = WorkspaceLoader.Load(folder.FullName);

        Assert.Empty(reading.Diagnostics);
        Assert.Equal(200, reading.Workspace.Recipes.Count);
        Assert.Equal("19.1", reading.Workspace.Recipes["component-18"].Version.Value);
        Assert.Equal(2, reading.Workspace.Layers.Length);
    }

    [Fact]
    public void Files_are_looked_for_on_disk_and_the_diagnostic_shows_the_line()
    {
        RecipeGenerator.Write(folder.FullName, 1);
        File.Delete(Path.Combine(folder.FullName, "recipes/component-0/0001-fix.patch"));

        var reading = WorkspaceLoader.Load(folder.FullName);

        Assert.Equal("""
            recipes/component-0/component-0.yaml:10:12: error IC0107: An item of `patches` names `0001-fix.patch`, but there is no file `recipes/component-0/0001-fix.patch`
              10 | patches: [ 0001-fix.patch ]
                 |            ^^^^^^^^^^^^^^
            hint: Names are relative to the folder of the file they are written in

            1 error
            """, DiagnosticText.RenderAll(reading.Diagnostics, path => WorkspaceLoader.Source(folder.FullName, path)));
    }

    [Theory]
    [InlineData("layers/mine/recipe/tool.yaml", "recipe: tool\n", "Nobody looks into the folder `layers/mine/recipe`", "Did you mean `recipes`? Rename it, or give it a name that is less like it")]
    [InlineData("layers/mine/layer.yml", "layer: mine\n", "`layers/mine/layer.yml` is not read: documents are files that end with `.yaml`", "Rename it to `layer.yaml`")]
    [InlineData("layers/mine/images/i.YML", "image: i\n", "`layers/mine/images/i.YML` is not read: documents are files that end with `.yaml`", "Rename it to `i.yaml`")]
    public void What_would_be_passed_over_is_told(string path, string text, string message, string hint)
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "layers/mine"));
        if (!path.EndsWith("layer.yml", StringComparison.Ordinal))
            File.WriteAllText(Path.Combine(folder.FullName, "layers/mine/layer.yaml"), "layer: mine\n");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.FullName, path))!);
        File.WriteAllText(Path.Combine(folder.FullName, path), text);

        Assert.Contains(WorkspaceLoader.Load(folder.FullName).Diagnostics, problem => problem.Message == message && problem.Hint == hint);
    }

    [Fact]
    public void A_pipe_that_is_no_document_is_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "recipes"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(folder.FullName, "recipes/data.yml")))
            made.WaitForExit();

        Assert.Empty(WorkspaceLoader.Load(folder.FullName).Diagnostics);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_key()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "images"));
        File.WriteAllText(Path.Combine(folder.FullName, "images/i.yaml"), "image: i\nsummary: größe\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        var image = WorkspaceLoader.Load(folder.FullName).Workspace.Images["i"];

        Assert.Equal(("größe", 8), (image.Summary, image.Name.Span.Column));
    }

    [Fact]
    public void An_empty_folder_is_an_empty_workspace()
    {
        var workspace = WorkspaceLoader.Load(folder.FullName).Workspace;

        Assert.Empty(workspace.Recipes);
        Assert.Equal("core", Assert.Single(workspace.Layers).Name.Value);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
