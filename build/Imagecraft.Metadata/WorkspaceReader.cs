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
    public static WorkspaceReading Read(IReadOnlyList<LayerText> layers, Func<string, bool> exists)
    {
        var reading = new Reading(exists);
        var parsed = Parse(layers);
        foreach (var file in parsed.SelectMany(layer => layer.Files))
            reading.Add(file.Document.Diagnostics);
        var stack = LayerOrder.Sort(parsed, reading);
        var merged = new LayerMerge(reading).Merge([.. stack.Select(layer => Documents(layer.Parsed, reading))]);
        var values = ReadAll([.. merged.Values.Where(document => document.IsWhole)], reading);
        var workspace = Assemble(values, [.. stack.Select(layer => layer.Layer)], reading);
        new CrossCheck(workspace, new WorkspaceNames(merged.Values), reading).Run();
        var features = new ImageFeatures(workspace.Features, reading);
        workspace = workspace with { Images = workspace.Images.SetItems(workspace.Images.Values.Where(image => !image.Features.IsEmpty).Select(image => KeyValuePair.Create(image.Name.Value, features.Apply(image)))) };

        var problems = reading.Sorted();
        return new WorkspaceReading(problems.Any(problem => problem.Severity == Severity.Error) ? null : workspace, problems, merged);
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
    static List<LayerDocument> Documents(ParsedLayer layer, Reading reading)
    {
        var documents = new List<LayerDocument>(layer.Files.Count);
        foreach (var file in layer.Files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            if (file.Path == layer.DescriptionPath || file.Document.Root is not { } root)
                continue;
            if (DocumentKind.Of(root, file.Path, file.Document.IsWhole, reading) is { } id)
                documents.Add(new LayerDocument(id, root, file.Document.IsWhole));
        }
        return documents;
    }

    static Dictionary<DocumentId, object> ReadAll(LayerDocument[] documents, Reading reading)
    {
        var values = new object?[documents.Length];
        var readings = new Reading[documents.Length];
        Spread.Over(documents.Length, index =>
        {
            readings[index] = new Reading(reading.Exists);
            values[index] = Kinds.All[documents[index].Id.Kind].Read(documents[index].Root, readings[index]);
        });
        var read = new Dictionary<DocumentId, object>();
        for (var index = 0; index < documents.Length; index++)
        {
            reading.Add(readings[index].Problems);
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
