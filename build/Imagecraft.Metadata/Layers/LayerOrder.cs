// Finds which layer lies on which. Unaware of the documents in them.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Layers;

/// <summary>A file after parsing.</summary>
sealed record ParsedFile(string Path, YamlDocument Document);

/// <summary>A layer after parsing.</summary>
sealed record ParsedLayer(string Folder, ImmutableArray<ParsedFile> Files)
{
    /// <summary>The repository root.</summary>
    public bool IsCore => Folder.Length == 0;

    /// <summary>The file that describes the layer itself.</summary>
    public string DescriptionPath => IsCore ? "layer.yaml" : $"{Folder}/layer.yaml";
}

/// <summary>The order of layers: the core layer first, then by priority, then by name.</summary>
static class LayerOrder
{
    /// <summary>Reads each layer's description and sorts; problems are reported and such a layer is left out.</summary>
    public static (ImmutableArray<ParsedLayer> Ordered, ImmutableArray<Layer> Stack) Sort(ImmutableArray<ParsedLayer> layers, Reading reading)
    {
        var described = layers
            .Select(layer => (Text: layer, Layer: Describe(layer, reading)))
            .OrderBy(pair => !pair.Text.IsCore).ThenBy(pair => pair.Layer.Priority.Value).ThenBy(pair => pair.Layer.Name.Value, StringComparer.Ordinal)
            .ToImmutableArray();
        var names = new Dictionary<string, SourceSpan>();
        foreach (var (_, layer) in described)
            if (!names.TryAdd(layer.Name.Value, layer.Name.Span))
                reading.Error(Codes.DuplicateName, $"Two layers have the name `{layer.Name.Value}`", layer.Name.Span, $"The other is at {names[layer.Name.Value]}; rename one");
        return ([.. described.Select(pair => pair.Text)], [.. described.Select(pair => pair.Layer)]);
    }

    static Layer Describe(ParsedLayer layer, Reading reading)
    {
        var path = layer.DescriptionPath;
        var place = new SourceSpan(path, 1, 1, 0);
        var fallback = new Layer(new Sited<string>(layer.IsCore ? "core" : layer.Folder, place), new Sited<int>(0, place), layer.Folder);
        var file = layer.Files.FirstOrDefault(file => file.Path == path);
        if (file is null && !layer.IsCore)
            reading.Error(Codes.MissingFile, $"Layer `{layer.Folder}` has no `layer.yaml`", place, "Add one with `layer: NAME` and `priority: N`");
        if (file?.Document is not { IsWhole: true, Root: { } root })
            return fallback;
        return LayerForm.Form.TryRead(root, "`layer`", reading, out var described) ? described : fallback;
    }
}
