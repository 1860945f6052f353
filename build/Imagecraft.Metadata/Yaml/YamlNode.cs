// A YAML document as a small tree with places. Unaware of what the keys mean.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Yaml;

/// <summary>A node of a document and where it was written.</summary>
public abstract record YamlNode(SourceSpan Span)
{
    /// <summary>What people call it: <c>text</c>, <c>a list</c>, <c>a map</c> or <c>nothing</c>.</summary>
    public abstract string Noun { get; }
}

/// <summary>Text as it was written; whether it is a number or a size is for the reader of its key to say.</summary>
/// <param name="Text">The value after YAML's own unquoting and folding.</param>
/// <param name="Plain">Written without quotes and not as a block, so that an empty one means "no value".</param>
/// <param name="Span">Where it was written.</param>
public sealed record YamlScalar(string Text, bool Plain, SourceSpan Span) : YamlNode(Span)
{
    /// <summary>The key has no value at all (<c>key:</c>, <c>key: ~</c> or <c>key: null</c>).</summary>
    public bool IsNothing => Plain && Text is ("" or "~" or "null");

    /// <inheritdoc/>
    public override string Noun => IsNothing ? "nothing" : "text";
}

/// <summary>A list.</summary>
public sealed record YamlList(ImmutableArray<YamlNode> Items, SourceSpan Span) : YamlNode(Span)
{
    /// <inheritdoc/>
    public override string Noun => "a list";
}

/// <summary>A map in the order it was written.</summary>
public sealed record YamlMap(ImmutableArray<YamlEntry> Entries, SourceSpan Span) : YamlNode(Span)
{
    /// <inheritdoc/>
    public override string Noun => "a map";

    /// <summary>The value of a key, or null.</summary>
    public YamlNode? this[string key]
    {
        get
        {
            foreach (var entry in Entries)
                if (entry.Key.Text == key)
                    return entry.Value;
            return null;
        }
    }
}

// A class on purpose: collections of classes run code that was compiled ahead, those of structs are compiled at every start.

/// <summary>A key and its value.</summary>
public sealed record YamlEntry(YamlScalar Key, YamlNode Value);
