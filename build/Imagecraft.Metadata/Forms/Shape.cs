// The one description of a value: how it is read and what its JSON Schema is. Unaware of which kinds exist.

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>Reads a node as a <typeparamref name="T"/>, and says in JSON Schema what it accepts.</summary>
abstract class Shape<T>
{
    /// <summary>Reads <paramref name="node"/>; problems are reported and give false.</summary>
    /// <param name="node">The value.</param>
    /// <param name="what">How messages call the value, e.g. <c>`depends`</c>.</param>
    /// <param name="reading">Takes the problems.</param>
    /// <param name="value">What was read.</param>
    public abstract bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out T value);

    /// <summary>JSON Schema (draft 2020-12) of what is accepted.</summary>
    public abstract JsonObject Schema();

    /// <summary>The same shape with its value turned into another.</summary>
    public Shape<TOther> Select<TOther>(Func<T, TOther> turn) => new Selected<TOther>(this, turn);

    /// <summary>Reports that the node is not what was expected.</summary>
    protected static bool Wrong(YamlNode node, string what, string expected, Reading reading, string? hint = null)
    {
        reading.Error(Codes.WrongType, $"{Capital(what)} must be {expected}, not {node.Noun}", node.Span, hint);
        return false;
    }

    /// <summary>The words with a capital first letter.</summary>
    protected static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    sealed class Selected<TOther>(Shape<T> inner, Func<T, TOther> turn) : Shape<TOther>
    {
        public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out TOther value)
        {
            var good = inner.TryRead(node, what, reading, out var read);
            value = good ? turn(read!) : default;
            return good;
        }

        public override JsonObject Schema() => inner.Schema();
    }
}
