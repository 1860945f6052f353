// Checks that what has a name within its owner has it alone: checks, services, users, groups, samples. Unaware of YAML.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

static class UniqueNames
{
    /// <summary>Reports each second use of a name.</summary>
    public static void Check(Workspace workspace, Reading reading)
    {
        foreach (var recipe in workspace.Recipes.Values)
        {
            reading.Owner = new DocumentId(KindNames.Recipe, recipe.Name);
            Check(recipe.Checks, check => check.Name, "Check", $"recipe `{recipe.Name}`", reading);
            Check(recipe.Services, service => service.Name, "Service", $"recipe `{recipe.Name}`", reading);
            Check(recipe.Users, user => user.Name, "User", $"recipe `{recipe.Name}`", reading);
            Check(recipe.Groups, group => group.Name, "Group", $"recipe `{recipe.Name}`", reading);
            Check(recipe.Folders, folder => folder.Path, "Folder", $"recipe `{recipe.Name}`", reading, "remove one");
        }
        foreach (var image in workspace.Images.Values)
        {
            reading.Owner = new DocumentId(KindNames.Image, image.Name);
            Check(image.Checks, check => check.Name, "Check", $"image `{image.Name}`", reading);
            Check(image.Services, service => service.Name, "Service", $"image `{image.Name}`", reading);
            Check(image.Features, feature => feature, "Feature", $"image `{image.Name}`", reading, "remove one");
            Check(image.Users, user => user.Name, "User", $"image `{image.Name}`", reading);
            Check(image.Groups, group => group.Name, "Group", $"image `{image.Name}`", reading);
            Check(image.Network.Interfaces, card => card.Name, "Network card", $"image `{image.Name}`", reading);
            Check(image.Files, file => file.Path, "File", $"image `{image.Name}`", reading, "remove one");
        }
        foreach (var board in workspace.Boards.Values)
        {
            reading.Owner = new DocumentId(KindNames.Board, board.Name);
            Check(board.Checks, check => check.Name, "Check", $"board `{board.Name}`", reading);
        }
        foreach (var feature in workspace.Features.Values)
        {
            reading.Owner = new DocumentId(KindNames.Feature, feature.Name);
            Check(feature.Checks, check => check.Name, "Check", $"feature `{feature.Name}`", reading);
            Check(feature.Services, service => service.Name, "Service", $"feature `{feature.Name}`", reading);
        }
        foreach (var accelerator in workspace.Accelerators.Values)
        {
            reading.Owner = new DocumentId(KindNames.Accelerator, accelerator.Name);
            Check(accelerator.Checks, check => check.Name, "Check", $"accelerator `{accelerator.Name}`", reading);
        }
        foreach (var model in workspace.Models.Values)
        {
            reading.Owner = new DocumentId(KindNames.Model, model.Name);
            Check(model.Checks, check => check.Name, "Check", $"model `{model.Name}`", reading);
            Check(model.Samples, sample => sample.Name, "Sample", $"model `{model.Name}`", reading);
        }
    }

    static void Check<T>(ImmutableArray<T> items, Func<T, Sited<string>> name, string noun, string owner, Reading reading, string remedy = "rename one") where T : class
    {
        for (var index = 1; index < items.Length; index++)
        {
            var later = name(items[index]);
            for (var before = 0; before < index; before++)
            {
                var first = name(items[before]);
                if (first.Value != later.Value)
                    continue;
                reading.Error(Codes.DuplicateName, $"{noun} `{later.Value}` stands twice in {owner}", later.Span, $"The other is at {first.Span}; {remedy}");
                break;
            }
        }
    }
}
