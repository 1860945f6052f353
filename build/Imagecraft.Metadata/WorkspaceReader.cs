// Turns the texts of all layers into a workspace, with all problems at once. Pure: unaware of disks.

using System.Collections.Immutable;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Diagnostics;
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
    /// <param name="exists">Whether a file or folder of this workspace-relative path exists.</param>
    public static WorkspaceReading Read(IReadOnlyList<LayerText> layers, Func<string, bool> exists)
    {
        var reading = new Reading(exists);
        var parsed = Parse(layers);
        var problems = parsed.SelectMany(layer => layer.Files).SelectMany(file => file.Document.Diagnostics);
        var (ordered, stack) = LayerOrder.Sort(parsed, reading);
        var merged = new LayerMerge(reading).Merge([.. ordered.Select(layer => Documents(layer, reading))]);
        var (values, valueProblems) = ReadAll([.. merged.Values.Where(document => document.IsWhole)], exists);
        var workspace = Assemble(values, stack);
        new CrossCheck(workspace, new WorkspaceNames(merged.Values), reading).Run();

        var all = problems.Concat(reading.Problems).Concat(valueProblems)
            .OrderBy(problem => problem.Span?.File, StringComparer.Ordinal).ThenBy(problem => problem.Span?.Line).ThenBy(problem => problem.Span?.Column)
            .ToImmutableArray();
        return new WorkspaceReading(all.Any(problem => problem.Severity == Severity.Error) ? null : workspace, all, merged);
    }

    static ImmutableArray<ParsedLayer> Parse(IReadOnlyList<LayerText> layers)
    {
        var texts = layers.SelectMany(layer => layer.Files).ToArray();
        var documents = new YamlDocument[texts.Length];
        Parallel.For(0, texts.Length, index => documents[index] = YamlText.Parse(texts[index].Path, texts[index].Text));
        var result = ImmutableArray.CreateBuilder<ParsedLayer>();
        var next = 0;
        foreach (var layer in layers)
        {
            result.Add(new ParsedLayer(layer.Folder, [.. layer.Files.Select((file, index) => new ParsedFile(file.Path, documents[next + index]))]));
            next += layer.Files.Length;
        }
        return result.DrainToImmutable();
    }

    /// <summary>The documents of a layer by path, its own description left out; a wrong first key is reported.</summary>
    static ImmutableArray<LayerDocument> Documents(ParsedLayer layer, Reading reading)
    {
        var documents = ImmutableArray.CreateBuilder<LayerDocument>();
        foreach (var file in layer.Files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            if (file.Path == layer.DescriptionPath || file.Document.Root is not { } root)
                continue;
            if (DocumentKind.Of(root, file.Path, file.Document.IsWhole, reading) is { } id)
                documents.Add(new LayerDocument(id, root, file.Document.IsWhole));
        }
        return documents.DrainToImmutable();
    }

    static (Dictionary<DocumentId, object> Values, IEnumerable<Diagnostic> Problems) ReadAll(LayerDocument[] documents, Func<string, bool> exists)
    {
        var values = new object?[documents.Length];
        var problems = new ImmutableArray<Diagnostic>[documents.Length];
        Parallel.For(0, documents.Length, index =>
        {
            var reading = new Reading(exists);
            values[index] = Kinds.All[documents[index].Id.Kind].Read(documents[index].Root, reading);
            problems[index] = reading.Problems;
        });
        var read = new Dictionary<DocumentId, object>();
        for (var index = 0; index < documents.Length; index++)
            if (values[index] is { } value)
                read.Add(documents[index].Id, value);
        return (read, problems.SelectMany(some => some));
    }

    static Workspace Assemble(Dictionary<DocumentId, object> values, ImmutableArray<Layer> layers)
    {
        return new Workspace
        {
            Recipes = Of<Recipe>(KindNames.Recipe),
            Boards = Of<Board>(KindNames.Board),
            Images = Of<Image>(KindNames.Image),
            Models = Of<ModelRecipe>(KindNames.Model),
            Accelerators = Of<Accelerator>(KindNames.Accelerator),
            Architectures = Of<Architecture>(KindNames.Architecture),
            Feeds = Of<Feed>(KindNames.Feed),
            ToolRoots = Of<ToolRoot>(KindNames.ToolRoot),
            Layers = layers,
        };

        ImmutableSortedDictionary<string, T> Of<T>(string kind) =>
            values.Where(entry => entry.Key.Kind == kind).ToImmutableSortedDictionary(entry => entry.Key.Name, entry => (T)entry.Value, StringComparer.Ordinal);
    }
}
