// Turns the texts of all layers into a workspace, with all problems at once. Pure: unaware of disks.

using System.Collections.Immutable;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata;

/// <summary>Reads workspaces.</summary>
public static class WorkspaceReader
{
    /// <summary>Parses, merges, reads and cross-checks everything.</summary>
    /// <param name="layers">The core layer (empty folder) and others, in any order.</param>
    /// <param name="exists">Whether a file or folder of this workspace-relative path exists; called from several threads.</param>
    /// <param name="version">Of Imagecraft, which layers may require; this one's when null.</param>
    /// <param name="text">The text of a file of this workspace-relative path, or null when it has none; templates are judged by it.</param>
    /// <param name="odd">Why a file or folder that exists is nothing to read, following its name, and the remedy; called from several threads.</param>
    public static WorkspaceReading Read(IReadOnlyList<LayerText> layers, Func<string, bool> exists, string? version = null, Func<string, string?>? text = null, Func<string, (string Why, string Hint)?>? odd = null)
    {
        var reading = new Reading(exists, odd);
        var references = new References();
        var stack = LayerOrder.Sort(Parse(layers), reading);
        LayerRequirements.Check(stack, version ?? ImagecraftVersion.Current, reading);
        foreach (var layer in layers)
        {
            // Whatever of the layer uses the entry, it must not be built.
            reading.Owner = new DocumentId(KindNames.Layer, layer.Folder);
            foreach (var entry in layer.Refused)
                reading.Error(entry.Code, entry.Message, new SourceSpan(entry.Path, 1, 1, 0), entry.Hint);
        }

        var unknown = new List<(string Path, YamlMap? Root)>();
        var documents = stack.Select(layer => Documents(layer.Parsed, reading, unknown)).ToArray();
        var merged = new LayerMerge(reading).Merge(documents);
        var values = ReadAll([.. merged.Values.Where(document => document.IsWhole)], reading);
        var workspace = Assemble(values, [.. stack.Select(layer => layer.Layer)], reading);
        foreach (var layer in stack)
            if (layer.Root is { } root)
                merged[new DocumentId(KindNames.Layer, layer.Layer.Name)] = new LayerDocument(new DocumentId(KindNames.Layer, layer.Layer.Name), root, IsWhole: true);
        var names = new WorkspaceNames(merged.Values, unknown, references);
        workspace = workspace with { Recipes = workspace.Recipes.SetItems(workspace.Recipes.Values.Select(recipe => KeyValuePair.Create(recipe.Name.Value, WithConventions(recipe, names, references)))) };
        new CrossCheck(workspace, names, references, reading).Run();
        if (text is not null)
            new TemplateCheck(text, reading).Check(workspace);
        var features = new ImageFeatures(workspace.Features, reading);
        workspace = workspace with { Images = workspace.Images.SetItems(workspace.Images.Values.Where(image => !image.Features.IsEmpty).Select(image => KeyValuePair.Create(image.Name.Value, features.Apply(image)))) };
        var installed = new InstalledRecipes(workspace);
        foreach (var image in workspace.Images.Values)
        {
            reading.Owner = new DocumentId(KindNames.Image, image.Name);
            var whole = installed.BringAccounts ? BroughtAccounts.Apply(image, installed.Of(image), problem => reading.Add([problem])) : image;
            AccountCheck.Check(whole, reading);
            ImageContentCheck.Check(whole, reading);
            if (installed.NeedFeatures)
                ImageContentCheck.CheckNeeds(whole, installed, reading);
        }
        NeedSoundLayers(stack, documents, reading, references);
        return new WorkspaceReading(workspace, reading.Sorted(), merged, names, references);
    }

    static Recipe WithConventions(Recipe recipe, WorkspaceNames names, References references)
    {
        ImmutableArray<PackageSpec> conventional = [.. ConventionalPackages.Of(recipe, names.Packages.Contains)];
        foreach (var package in conventional)
        {
            names.ConventionalPackages.Add(package.Name);
            references.Add(DocumentId.OfPackage(package.Name), new DocumentId(KindNames.Recipe, recipe.Name), package.Name.Span);
        }
        return conventional.IsEmpty ? recipe : recipe with { Packages = recipe.Packages.AddRange(conventional) };
    }

    /// <summary>A layer that is not what it should be may make or change its documents wrongly.</summary>
    static void NeedSoundLayers(IReadOnlyList<DescribedLayer> stack, List<LayerDocument>[] documents, Reading reading, References references)
    {
        var owners = reading.Problems.Where(problem => problem.IsError).SelectMany(problem => problem.Owners).Where(owner => owner.Kind == KindNames.Layer).ToHashSet();
        for (var index = 0; index < stack.Count; index++)
            if (owners.Contains(stack[index].Id))
                foreach (var document in documents[index])
                    references.Add(document.Target, stack[index].Id, document.Name.Span);
    }

    static ParsedLayer[] Parse(IReadOnlyList<LayerText> layers)
    {
        var texts = layers.SelectMany(layer => layer.Files).ToArray();
        var documents = new YamlDocument[texts.Length];
        Spread.Over(texts.Length, index => documents[index] = YamlText.Parse(texts[index].Path, texts[index].Text));
        var next = 0;
        return [.. layers.Select(layer => new ParsedLayer(layer.Folder, [.. layer.Files.Select(file => new ParsedFile(file.Path, documents[next++]))]))];
    }

    /// <summary>The documents of a layer by path, its own description left out; a wrong first key is reported.</summary>
    static List<LayerDocument> Documents(ParsedLayer layer, Reading reading, List<(string Path, YamlMap? Root)> unknown)
    {
        var documents = new List<LayerDocument>(layer.Files.Count);
        foreach (var file in layer.Files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            if (file.Path == layer.DescriptionPath)
                continue;
            var (root, isWhole) = (file.Document.Root, file.Document.IsWhole);
            reading.Owner = DocumentId.OfFile(file.Path);
            if (!file.Path.EndsWith(".yaml", StringComparison.Ordinal))
            {
                if (DocumentKind.WrongEnding(root, file.Path, reading))
                    unknown.Add((file.Path, root));
                continue;
            }

            var id = root is null ? null : DocumentKind.Of(root, file.Path, isWhole, reading);
            if (id is null)
                unknown.Add((file.Path, root));
            else
                documents.Add(new LayerDocument(id, root!, isWhole));
            if (isWhole)
                continue;
            if (id is not null)
                reading.Owner = documents[^1].Target;
            reading.Add(file.Document.Diagnostics);
        }
        return documents;
    }

    static Dictionary<DocumentId, object> ReadAll(LayerDocument[] documents, Reading reading)
    {
        var values = new object?[documents.Length];
        var readings = new Reading[documents.Length];
        Spread.Over(documents.Length, index =>
        {
            readings[index] = new Reading(reading.Exists, reading.Oddity) { Owner = documents[index].Id };
            values[index] = Kinds.All[documents[index].Id.Kind].Read(documents[index].Root, readings[index]);
        });
        var read = new Dictionary<DocumentId, object>();
        for (var index = 0; index < documents.Length; index++)
        {
            reading.Add(readings[index]);
            if (values[index] is { } value)
                read.Add(documents[index].Id, value);
        }
        return read;
    }

    static Workspace Assemble(Dictionary<DocumentId, object> values, ImmutableArray<Layer> layers, Reading reading)
    {
        return new Workspace
        {
            Recipes = Of<Recipe>(KindNames.Recipe),
            Boards = Of<Board>(KindNames.Board),
            Images = Of<Image>(KindNames.Image),
            Features = Of<Feature>(KindNames.Feature),
            Models = Of<ModelRecipe>(KindNames.Model),
            Datasets = Of<Dataset>(KindNames.Dataset),
            Accelerators = Of<Accelerator>(KindNames.Accelerator),
            Architectures = Of<Architecture>(KindNames.Architecture),
            Feeds = Of<Feed>(KindNames.Feed),
            ToolRoots = ToolRootInclusion.Resolve(Of<ToolRoot>(KindNames.ToolRoot), reading),
            Layers = layers,
        };

        ImmutableSortedDictionary<string, T> Of<T>(string kind)
        {
            var named = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
            foreach (var (id, value) in values)
                if (id.Kind == kind)
                    named.Add(id.Name, (T)value);
            return named.ToImmutable();
        }
    }
}
