// All layers with their documents, before any of them is read by its form. Unaware of what documents say.

using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Layers;

/// <summary>What reading texts gave.</summary>
/// <param name="Layers">Lowest first.</param>
/// <param name="Documents">Those of each layer.</param>
/// <param name="Merged">All documents as they lie over each other, descriptions of layers too.</param>
/// <param name="Unknown">Files whose document could not be told, with as much as could be read.</param>
/// <param name="Extensions">Which documents begin with which.</param>
/// <param name="Reading">All problems so far.</param>
sealed record LayerStack(
    IReadOnlyList<DescribedLayer> Layers,
    IReadOnlyList<IReadOnlyList<LayerDocument>> Documents,
    IReadOnlyDictionary<DocumentId, LayerDocument> Merged,
    IReadOnlyList<(string Path, YamlMap? Root)> Unknown,
    IReadOnlyList<(DocumentId From, DocumentId To, SourceSpan Span)> Extensions,
    Reading Reading);
