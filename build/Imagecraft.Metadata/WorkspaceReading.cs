// What reading a workspace gave: the merged records, all problems, and where each field was set. Unaware of how it was read.

using System.Collections.Immutable;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata;

/// <summary>A field's final value and the place that set it.</summary>
/// <param name="Path">Keys and list indexes, e.g. <c>build.fragments[1]</c>.</param>
/// <param name="Value">As it was written.</param>
/// <param name="Span">Where it was written.</param>
public sealed record FieldOrigin(string Path, string Value, SourceSpan Span);

/// <summary>The result of <see cref="WorkspaceReader.Read"/>.</summary>
public sealed class WorkspaceReading
{
    readonly IReadOnlyDictionary<DocumentId, LayerDocument> documents;

    internal WorkspaceReading(Workspace? workspace, ImmutableArray<Diagnostic> diagnostics, IReadOnlyDictionary<DocumentId, LayerDocument> documents)
    {
        Workspace = workspace;
        Diagnostics = diagnostics;
        this.documents = documents;
    }

    /// <summary>The merged documents, from which the workspace was read.</summary>
    internal IReadOnlyDictionary<DocumentId, LayerDocument> Documents => documents;

    /// <summary>Everything the layers say together; null when there is an error.</summary>
    public Workspace? Workspace { get; }

    /// <summary>All problems, in order of file and line.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>Workspace and diagnostics as a pair.</summary>
    public void Deconstruct(out Workspace? workspace, out ImmutableArray<Diagnostic> diagnostics) => (workspace, diagnostics) = (Workspace, Diagnostics);

    /// <summary>Every field of a merged document with the place that set it, in the order of the document; empty when there is none of that name.</summary>
    /// <param name="kind">One of <see cref="KindNames"/>.</param>
    /// <param name="name">The document's name.</param>
    public ImmutableArray<FieldOrigin> Origins(string kind, string name)
    {
        var origins = ImmutableArray.CreateBuilder<FieldOrigin>();
        if (documents.TryGetValue(new DocumentId(kind, name), out var document))
            Collect("", document.Root, origins);
        return origins.DrainToImmutable();
    }

    static void Collect(string path, YamlNode node, ImmutableArray<FieldOrigin>.Builder origins)
    {
        switch (node)
        {
            case YamlMap { Entries.IsEmpty: false } map:
                foreach (var (key, value) in map.Entries)
                    Collect(path.Length == 0 ? key.Text : $"{path}.{key.Text}", value, origins);
                break;
            case YamlList { Items.IsEmpty: false } list:
                for (var index = 0; index < list.Items.Length; index++)
                    Collect($"{path}[{index}]", list.Items[index], origins);
                break;
            default:
                origins.Add(new FieldOrigin(path, node switch { YamlScalar scalar => scalar.Text, YamlList => "[]", _ => "{}" }, node.Span));
                break;
        }
    }
}
