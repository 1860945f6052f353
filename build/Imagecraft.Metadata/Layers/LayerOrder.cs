// Finds which layer lies on which. Unaware of the documents in them.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Layers;

/// <summary>A file after parsing.</summary>
sealed record ParsedFile(string Path, YamlDocument Document);

/// <summary>A layer after parsing.</summary>
sealed record ParsedLayer(string Folder, IReadOnlyList<ParsedFile> Files)
{
    /// <summary>Whether it lies lowest.</summary>
    public bool IsCore { get; init; } = Folder.Length == 0;

    /// <summary>See <see cref="LayerText.Workspace"/>.</summary>
    public WorkspaceFile? Workspace { get; init; }

    /// <summary>See <see cref="LayerText.Place"/>.</summary>
    public LayerPlace? Place { get; init; }

    /// <summary>What its problems are known by.</summary>
    public DocumentId Id => new(KindNames.Layer, IsCore ? DocumentId.CoreLayer : Workspace is not null ? DocumentId.OwnLayer : Folder);

    /// <summary>The file that describes the layer itself.</summary>
    public string DescriptionPath => Folder.Length == 0 ? "layer.yaml" : $"{Folder}/layer.yaml";
}

/// <summary>A layer with what it says about itself.</summary>
sealed record DescribedLayer(ParsedLayer Parsed, Layer Layer)
{
    /// <summary>Whose problems those of its description are.</summary>
    public DocumentId Id => Parsed.Id;

    /// <summary>Its description; null where there is none, or none that could be read to its end.</summary>
    public YamlMap? Root => Parsed.Files.FirstOrDefault(file => file.Path == Parsed.DescriptionPath)?.Document is { IsWhole: true, Root: { } root } ? root : null;
}

/// <summary>The order of layers: the core layer first, then by priority, then by name.</summary>
static class LayerOrder
{
    /// <summary>Reads each layer's description and sorts; problems are reported.</summary>
    public static IReadOnlyList<DescribedLayer> Sort(IEnumerable<ParsedLayer> layers, Reading reading)
    {
        var described = layers.Select(layer => new DescribedLayer(layer, Describe(layer, reading))).ToList();
        described.Sort(Compare);
        var names = new Dictionary<string, DescribedLayer>();
        foreach (var layer in described)
        {
            var name = layer.Layer.Name;
            if (!names.TryAdd(name.Value, layer))
                reading.Error(Codes.DuplicateName, $"Two layers have the name `{name.Value}`", name.Span, $"The other is at {names[name.Value].Layer.Name.Span}; rename one", [layer.Id, names[name.Value].Id]);
        }
        return described;
    }

    static int Compare(DescribedLayer one, DescribedLayer other)
    {
        if (one.Parsed.IsCore != other.Parsed.IsCore)
            return one.Parsed.IsCore ? -1 : 1;
        var byPriority = one.Layer.Priority.Value.CompareTo(other.Layer.Priority.Value);
        if (byPriority != 0)
            return byPriority;
        var byName = string.CompareOrdinal(one.Layer.Name.Value, other.Layer.Name.Value);
        return byName != 0 ? byName : string.CompareOrdinal(one.Parsed.Folder, other.Parsed.Folder);
    }

    static Layer Describe(ParsedLayer layer, Reading reading)
    {
        reading.Owner = layer.Id;
        var path = layer.DescriptionPath;
        if (layer.Workspace is { } workspace)
            return new Layer(workspace.Name, new Sited<int>(int.MaxValue, workspace.Name.Span), layer.Folder) { Requires = workspace.Requires, Choices = workspace.Choices, Id = layer.Id };
        var place = new SourceSpan(path, 1, 1, 0);
        var fallback = new Layer(new Sited<string>(layer.IsCore ? "core" : layer.Folder, place), new Sited<int>(0, place), layer.Folder) { Id = layer.Id, Place = layer.Place };
        var file = layer.Files.FirstOrDefault(file => file.Path == path);
        if (file is null && !layer.IsCore)
            reading.Error(Codes.MissingFile, $"Layer `{layer.Folder}` has no `layer.yaml`", place, "Add one with `layer: NAME` and `priority: N`");
        reading.Add(file?.Document.Diagnostics ?? []);
        if (file?.Document is not { IsWhole: true, Root: { } root })
            return fallback;
        return LayerForm.Form.TryRead(root, "`layer`", reading, out var described) ? described with { Id = layer.Id, Place = layer.Place } : fallback;
    }
}
