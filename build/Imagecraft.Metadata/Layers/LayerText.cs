// The texts of a layer, as the rim read them. Unaware of disks and of YAML.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Layers;

/// <summary>A layer's YAML texts.</summary>
/// <param name="Folder">Folder relative to the workspace root; empty text is the root itself.</param>
/// <param name="Files">Its YAML files, <c>layer.yaml</c> among them.</param>
public sealed record LayerText(string Folder, ImmutableArray<SourceText> Files)
{
    /// <summary>Whether it is the core layer, which lies lowest.</summary>
    public bool IsCore { get; init; } = Folder.Length == 0;

    /// <summary>Whether it is the workspace itself, standing on a core layer that lies elsewhere: it lies highest, and <c>imagecraft.yaml</c> describes it.</summary>
    public WorkspaceFile? Workspace { get; init; }

    /// <summary>Where the workspace says that it comes from; null for the core layer, the workspace itself, and folders that nobody lists.</summary>
    public LayerPlace? Place { get; init; }

    /// <summary>What the rim did not read, and why.</summary>
    public ImmutableArray<RefusedEntry> Refused { get; init; } = [];
}

/// <summary>An entry of a layer's folders that is not taken.</summary>
/// <param name="Path">Relative to the workspace root, with forward slashes.</param>
/// <param name="Code">A diagnostic's code.</param>
/// <param name="Message">What is wrong with it.</param>
/// <param name="Hint">The remedy.</param>
public sealed record RefusedEntry(string Path, string Code, string Message, string Hint);

/// <summary>A file's text.</summary>
/// <param name="Path">Relative to the workspace root, with forward slashes.</param>
/// <param name="Text">All of it.</param>
public sealed record SourceText(string Path, string Text);
