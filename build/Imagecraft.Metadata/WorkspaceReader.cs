// Turns the texts of all layers into documents, and those into a workspace, with all problems at once. Pure: unaware of disks.

using System.Collections.Immutable;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Conditions;
using Imagecraft.Metadata.Forms;
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
        var reading = new Reading(exists, odd, text);
        var stack = LayerOrder.Sort(Parse(layers), reading);
        LayerRequirements.Check(stack, version ?? ImagecraftVersion.Current, reading);
        foreach (var layer in layers)
        {
            // Whatever of the layer uses the entry, it must not be built.
            reading.Owner = new ParsedLayer(layer.Folder, []) { IsCore = layer.IsCore, Workspace = layer.Workspace }.Id;
            foreach (var entry in layer.Refused)
                reading.Error(entry.Code, entry.Message, new SourceSpan(entry.Path, 1, 1, 0), entry.Hint);
        }

        var unknown = new List<(string Path, YamlMap? Root)>();
        var documents = stack.Select(layer => Documents(layer.Parsed, reading, unknown)).ToArray();
        var merge = new LayerMerge(reading);
        var merged = merge.Merge(documents);
        foreach (var layer in stack)
            if (layer.Root is { } root)
                merged[new DocumentId(KindNames.Layer, layer.Layer.Name)] = new LayerDocument(new DocumentId(KindNames.Layer, layer.Layer.Name), root, IsWhole: true);
        return new WorkspaceComposer(new LayerStack(stack, documents, merged, unknown, merge.Extensions, reading), text).Compose(layers.Select(layer => layer.Workspace).FirstOrDefault(own => own is not null));
    }

    static ParsedLayer[] Parse(IReadOnlyList<LayerText> layers)
    {
        var texts = layers.SelectMany(layer => layer.Files).ToArray();
        var documents = new YamlDocument[texts.Length];
        Spread.Over(texts.Length, index => documents[index] = YamlText.Parse(texts[index].Path, texts[index].Text));
        var next = 0;
        return [.. layers.Select(layer => new ParsedLayer(layer.Folder, [.. layer.Files.Select(file => new ParsedFile(file.Path, documents[next++]))]) { IsCore = layer.IsCore, Workspace = layer.Workspace, Place = layer.Place })];
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
        foreach (var feed in layer.Workspace?.Feeds ?? [])
            documents.Add(new LayerDocument(new DocumentId(KindNames.Feed, ((YamlScalar)feed.Entries[0].Value).Text), feed, IsWhole: true));
        return documents;
    }
}
