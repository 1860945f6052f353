// The texts of a layer, as the rim read them. Unaware of disks and of YAML.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Layers;

/// <summary>A layer's YAML texts.</summary>
/// <param name="Folder">Folder relative to the workspace root; empty text is the core layer.</param>
/// <param name="Files">Its YAML files, <c>layer.yaml</c> among them.</param>
public sealed record LayerText(string Folder, ImmutableArray<SourceText> Files);

/// <summary>A file's text.</summary>
/// <param name="Path">Relative to the workspace root, with forward slashes.</param>
/// <param name="Text">All of it.</param>
public sealed record SourceText(string Path, string Text);
