// Recipes of networks that other people published: short, judged and deployed. Their being right is a test of the whole repository.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class ForeignNetworkTests
{
    const int MostLines = 25;

    static string Folder { get; } = Path.Combine(Repository.Root, "layers/foreign/models");

    [Fact]
    public void Each_is_quantized_and_judged_by_a_recipe_of_few_lines()
    {
        var recipes = Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(file => (Name: Path.GetFileName(file), Lines: File.ReadAllLines(file).Where(line => line.Trim() is { Length: > 0 } text && text[0] != '#').ToArray()))
            .Where(recipe => recipe.Lines[0].StartsWith("model:", StringComparison.Ordinal)).ToArray();
        Assert.True(recipes.Length >= 8, $"There are {recipes.Length} networks");
        Assert.All(recipes, recipe => Assert.True(recipe.Lines.Length <= MostLines, $"`{recipe.Name}` has {recipe.Lines.Length} lines"));
        Assert.All(recipes, recipe => Assert.Contains(recipe.Lines, line => line.StartsWith("quantize:", StringComparison.Ordinal)));
        Assert.All(recipes, recipe => Assert.Contains(recipe.Lines, line => line.StartsWith("evaluate:", StringComparison.Ordinal) && !line.Contains("none", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_images_of_the_layer_have_all_of_its_networks()
    {
        var workspace = WorkspaceLoader.Load(Repository.Root).Workspace;
        var own = workspace.Models.Values.Where(model => model.Folder.StartsWith("layers/foreign/", StringComparison.Ordinal)).Select(model => model.Name.Value);
        var images = new[] { "foreign", "foreign-quantized" }.SelectMany(image => workspace.Images[image].Models).Select(entry => entry.Model.Value);
        Assert.Equal(own.Order(StringComparer.Ordinal), images.Distinct().Order(StringComparer.Ordinal));
    }
}
