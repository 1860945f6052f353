// Lays the documents of all layers over each other. Unaware of what the keys of a document mean.

using System.Collections.Immutable;
using Imagecraft.Metadata.Conditions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Layers;

/// <summary>Merges: later layers override whole documents, appends change what lies below them, and documents that extend another begin with what that one says.</summary>
sealed class LayerMerge(Reading reading)
{
    /// <summary>The key that names what a document begins with.</summary>
    public const string Extends = "extends";

    readonly Dictionary<DocumentId, Stacked> stacked = [];
    readonly Dictionary<DocumentId, YamlScalar> later = [];
    readonly Dictionary<DocumentId, LayerDocument> merged = [];
    readonly List<DocumentId> open = [];
    readonly List<(DocumentId From, DocumentId To, SourceSpan Span)> extensions = [];

    /// <summary>Which documents begin with which.</summary>
    public IReadOnlyList<(DocumentId From, DocumentId To, SourceSpan Span)> Extensions => extensions;

    /// <summary>All documents, merged.</summary>
    /// <param name="layers">Documents of each layer, lowest layer first.</param>
    public Dictionary<DocumentId, LayerDocument> Merge(IReadOnlyList<IReadOnlyList<LayerDocument>> layers)
    {
        foreach (var layer in layers)
            foreach (var document in layer)
                if (document.Id.Kind != KindNames.Append)
                    later[document.Id] = document.Name;
        foreach (var layer in layers)
        {
            Override(layer.Where(document => document.Id.Kind != KindNames.Append));
            foreach (var append in layer.Where(document => document.Id.Kind == KindNames.Append))
                Append(append);
        }
        foreach (var id in stacked.Keys)
            Whole(id);
        return merged;
    }

    void Override(IEnumerable<LayerDocument> layer)
    {
        var here = new Dictionary<DocumentId, LayerDocument>();
        foreach (var document in layer)
        {
            reading.Owner = document.Id;
            if (here.TryGetValue(document.Id, out var first))
            {
                reading.Error(Codes.DuplicateName, $"Two documents of one layer describe {document.Id.Kind} `{document.Id.Name}`", document.Name.Span,
                    $"The other is at {first.Name.Span}; rename one, or move one to a layer above to override");
                continue;
            }
            here.Add(document.Id, document);
            stacked[document.Id] = new Stacked(document);
        }
    }

    void Append(LayerDocument append)
    {
        var target = append.Target;
        reading.Owner = append.Id;
        if (!stacked.TryGetValue(target, out var below))
        {
            var hint = later.TryGetValue(target, out var above)
                ? $"It is described by a layer above, at {above.Span}; raise this layer's `priority`"
                : Nearest.Hint(target.Name, stacked.Keys.Where(id => id.Kind == target.Kind).Select(id => id.Name), target.Kind);
            reading.Error(Codes.UnknownAppendTarget, $"Unknown {target.Kind} `{target.Name}` to append to", append.Name.Span, hint);
            return;
        }
        if (!append.IsWhole)
            return;
        if (append.Root.Entries.Skip(1).FirstOrDefault(entry => entry.Key.Text == target.Kind) is { } renaming)
        {
            reading.Owner = target;
            reading.Error(Codes.UnknownKey, $"An append cannot rename a {target.Kind}", renaming.Key.Span, $"Remove the key `{target.Kind}`");
            return;
        }
        below.Changes.Add(append.Root with { Entries = append.Root.Entries.RemoveAt(0) });
    }

    /// <summary>A document with what it begins with and what changes it.</summary>
    LayerDocument Whole(DocumentId id)
    {
        if (merged.TryGetValue(id, out var known))
            return known;
        var (document, changes) = stacked[id];
        var root = document.Root;
        if (document.IsWhole && root[Extends] is { } extended)
        {
            open.Add(id);
            // Without what it begins with, only its name can be relied on.
            if (Extended(document, extended) is { } begun)
                root = begun;
            else
                document = document with { IsWhole = false };
            open.Remove(id);
        }
        reading.Owner = id;
        foreach (var change in document.IsWhole ? changes : [])
            root = YamlMerge.Apply(root, change, reading);
        return merged[id] = document with { Root = root, HasConditions = ConditionalTree.HasAny(root) };
    }

    YamlMap? Extended(LayerDocument document, YamlNode extended)
    {
        reading.Owner = document.Id;
        if (!ScalarShapes.Name.TryRead(extended, $"`{Extends}`", reading, out var name))
            return null;
        var id = new DocumentId(document.Id.Kind, name.Value);
        if (!stacked.ContainsKey(id))
        {
            reading.Error(Codes.UnknownName, $"Unknown {id.Kind} `{id.Name}`, which {document.Id.Kind} `{document.Id.Name}` extends", name.Span, Nearest.Hint(id.Name, stacked.Keys.Where(other => other.Kind == id.Kind && other != document.Id).Select(other => other.Name), id.Kind));
            return null;
        }
        extensions.Add((document.Id, id, name.Span));
        if (id == document.Id)
        {
            reading.Error(Codes.Cycle, $"The {id.Kind} `{id.Name}` extends itself", name.Span, $"Write `append: {{ {id.Kind}: {id.Name} }}` in place of `{id.Kind}: {id.Name}` and `{Extends}` to change it, or give this one another name");
            return null;
        }
        if (open.Contains(id))
        {
            var cycle = open.SkipWhile(step => step != id).Append(id);
            reading.Error(Codes.Cycle, $"Documents extend each other in a cycle: {string.Join(" -> ", cycle.Select(step => $"`{step.Name}`"))}", name.Span, $"Remove one `{Extends}`");
            return null;
        }
        var below = Whole(id);
        reading.Owner = document.Id;
        return below.IsWhole ? YamlMerge.Apply(below.Root, Without(document.Root), reading) : null;
    }

    static YamlMap Without(YamlMap root) => root with { Entries = root.Entries.RemoveAll(entry => entry.Key.Text == Extends) };

    /// <summary>A document of the highest layer that has it, with the changes of the appends above.</summary>
    sealed record Stacked(LayerDocument Document)
    {
        public List<YamlMap> Changes { get; } = [];

        public void Deconstruct(out LayerDocument document, out IReadOnlyList<YamlMap> changes) => (document, changes) = (Document, Changes);
    }
}
