// Tells a document's kind and name from its first key. Unaware of the other keys.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Layers;

static class DocumentKind
{
    /// <summary>Kind and name, or null when they cannot be told, which is reported unless the file is malformed anyway.</summary>
    public static DocumentId? Of(YamlMap root, string path, bool isWhole, Reading reading)
    {
        if (root.Entries.IsEmpty)
            return Refuse(isWhole, reading, Codes.UnknownKind, "The document is empty", new SourceSpan(path, 1, 1, 0), $"Start it with one of the keys [ {KindNames.List} ]");
        var (key, value) = root.Entries[0];
        if (key.Text == KindNames.Layer)
            return Refuse(isWhole, reading, Codes.UnknownKind, "A layer is described by `layer.yaml` in its own folder only", key.Span, "Move it to `layers/NAME/layer.yaml`");
        if (!KindNames.All.Contains(key.Text))
            return Refuse(isWhole, reading, Codes.UnknownKind, $"Unknown kind of document `{key.Text}`", key.Span, Hint(root, key.Text));
        if (value is YamlScalar { IsNothing: false, Text.Length: > 0 } name)
            return new DocumentId(key.Text, name.Text);
        if (key.Text == KindNames.Append && value is YamlMap map)
            return OfAppend(map, isWhole, reading);
        return Refuse(isWhole, reading, Codes.WrongType, $"`{key.Text}` must be a name, not {value.Noun}", value.Span, $"Write `{key.Text}: NAME`");
    }

    /// <summary>Reports a file that is a document by its first key, but would be passed over; others belong to a recipe.</summary>
    public static bool WrongEnding(YamlMap? root, string path, Reading reading)
    {
        if (root is not { Entries: [var first, ..] } || (first.Key.Text != KindNames.Layer && !KindNames.All.Contains(first.Key.Text)))
            return false;
        var name = path[(path.LastIndexOf('/') + 1)..];
        reading.Error(Codes.WrongEnding, $"`{path}` is not read: documents are files that end with `.yaml`", first.Key.Span, $"Rename it to `{name[..name.LastIndexOf('.')]}.yaml`");
        return true;
    }

    /// <summary>An append to something else than a recipe says what it is: <c>{ board: NAME }</c>.</summary>
    static DocumentId? OfAppend(YamlMap map, bool isWhole, Reading reading)
    {
        if (map.Entries is not [var (kind, value)])
            return Refuse(isWhole, reading, Codes.WrongType, "`append` must be the name of a recipe, or a map of one kind and name", map.Span, "Write `append: NAME`, or for example `append: { board: NAME }`");
        if (!KindNames.Appendable.Contains(kind.Text))
            return Refuse(isWhole, reading, Codes.UnknownKind, $"Unknown kind of document `{kind.Text}` to append to", kind.Span, Nearest.Hint(kind.Text, KindNames.Appendable, "kind"));
        return value is YamlScalar { IsNothing: false, Text.Length: > 0 } name
            ? new DocumentId(KindNames.Append, kind.Text == KindNames.Recipe ? name.Text : $"{kind.Text} {name.Text}")
            : Refuse(isWhole, reading, Codes.WrongType, $"`{kind.Text}` must be a name, not {value.Noun}", value.Span, $"Write `append: {{ {kind.Text}: NAME }}`");
    }

    static string Hint(YamlMap root, string first)
    {
        foreach (var (key, _) in root.Entries)
            if (key.Text != KindNames.Architecture && KindNames.All.Contains(key.Text))
                return $"Move `{key.Text}:` to the first line";
        return Nearest.To(first, KindNames.All) is { } near ? $"Did you mean `{near}`?" : $"Start it with one of the keys [ {KindNames.List} ]";
    }

    static DocumentId? Refuse(bool isWhole, Reading reading, string code, string message, SourceSpan span, string hint)
    {
        if (isWhole)
            reading.Error(code, message, span, hint);
        return null;
    }
}
