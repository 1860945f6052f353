// Lays the documents of all layers over each other. Unaware of what the keys of a document mean.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Layers;

/// <summary>A document before or after merging.</summary>
/// <param name="Id">Kind and name.</param>
/// <param name="Root">All of it.</param>
/// <param name="IsWhole">Its file could be read to the end; otherwise only its name can be trusted.</param>
sealed record LayerDocument(DocumentId Id, YamlMap Root, bool IsWhole)
{
    /// <summary>The scalar with its name.</summary>
    public YamlScalar Name => (YamlScalar)Root.Entries[0].Value;

    /// <summary>The document that it makes or changes.</summary>
    public DocumentId Target => Id.Kind == KindNames.Append ? new DocumentId(KindNames.Recipe, Id.Name) : Id;
}

/// <summary>Merges: later layers override whole documents, appends change named fields of what lies below them.</summary>
sealed class LayerMerge(Reading reading)
{
    readonly Dictionary<DocumentId, LayerDocument> merged = [];
    readonly Dictionary<string, YamlScalar> laterRecipes = [];

    /// <summary>All documents, merged.</summary>
    /// <param name="layers">Documents of each layer, lowest layer first.</param>
    public Dictionary<DocumentId, LayerDocument> Merge(IReadOnlyList<IReadOnlyList<LayerDocument>> layers)
    {
        foreach (var layer in layers)
            foreach (var document in layer)
                if (document.Id.Kind == KindNames.Recipe)
                    laterRecipes[document.Id.Name] = document.Name;
        foreach (var layer in layers)
        {
            Override(layer.Where(document => document.Id.Kind != KindNames.Append));
            foreach (var append in layer.Where(document => document.Id.Kind == KindNames.Append))
                Append(append);
        }
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
            merged[document.Id] = document;
        }
    }

    void Append(LayerDocument append)
    {
        var target = append.Target;
        reading.Owner = append.Id;
        if (!merged.TryGetValue(target, out var document))
        {
            var hint = laterRecipes.TryGetValue(append.Id.Name, out var later)
                ? $"It is described by a layer above, at {later.Span}; raise this layer's `priority`"
                : Nearest.Hint(append.Id.Name, merged.Keys.Where(id => id.Kind == KindNames.Recipe).Select(id => id.Name), "recipe");
            reading.Error(Codes.UnknownAppendTarget, $"Unknown recipe `{append.Id.Name}` to append to", append.Name.Span, hint);
            return;
        }
        if (!append.IsWhole)
            return;
        var changes = new YamlMap(append.Root.Entries.RemoveAt(0), append.Root.Span);
        foreach (var (key, _) in changes.Entries)
        {
            if (key.Text != KindNames.Recipe)
                continue;
            reading.Owner = target;
            reading.Error(Codes.UnknownKey, "An append cannot rename a recipe", key.Span, "Remove the key `recipe`");
            return;
        }
        merged[target] = document with { Root = Apply(document.Root, changes) };
    }

    static YamlMap Apply(YamlMap below, YamlMap above)
    {
        var entries = below.Entries.ToBuilder();
        foreach (var (key, value) in above.Entries)
        {
            var index = 0;
            while (index < entries.Count && entries[index].Key.Text != key.Text)
                index++;
            if (index == entries.Count)
                entries.Add(new YamlEntry(key, value));
            else
                entries[index] = new YamlEntry(key, Apply(entries[index].Value, value));
        }
        return below with { Entries = entries.DrainToImmutable() };
    }

    static YamlNode Apply(YamlNode below, YamlNode above) => (below, above) switch
    {
        (YamlMap lower, YamlMap upper) => Apply(lower, upper),
        (YamlList lower, YamlList upper) => lower with { Items = [.. lower.Items, .. upper.Items] },
        _ => above,
    };
}
