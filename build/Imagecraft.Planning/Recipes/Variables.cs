// The documented variables of list values in `build:`, filled in while planning. Unaware of shells.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Recipes;

/// <summary>Replaces <c>$NAME</c> and <c>${NAME}</c>; <c>$$</c> is a dollar sign; <c>$(...)</c> and a final <c>$</c> are left alone.</summary>
public sealed class Variables(PlanContext context, ImmutableSortedDictionary<string, string> values)
{
    /// <summary>The variables themselves, which are also the environment of the steps.</summary>
    public ImmutableSortedDictionary<string, string> Values { get; } = values;

    /// <summary>With further variables, or other values of them, in which these may stand.</summary>
    public Variables With(ImmutableSortedDictionary<string, Sited<string>> further) =>
        new(context, Values.SetItems(further.Select(v => KeyValuePair.Create(v.Key, Expand(v.Value)))));

    /// <summary>Every value of the list, expanded.</summary>
    public ImmutableArray<string> Expand(ImmutableArray<Sited<string>> list) => [.. list.Select(Expand)];

    /// <summary>The text with its variables replaced; an unknown one is a diagnostic.</summary>
    public string Expand(Sited<string> sited)
    {
        var text = sited.Value;
        if (!text.Contains('$', StringComparison.Ordinal))
            return text;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            if (text[i + 1] == '$')
            {
                result.Append('$');
                i++;
                continue;
            }

            var braced = text[i + 1] == '{';
            var start = i + (braced ? 2 : 1);
            var end = start;
            while (end < text.Length && (char.IsAsciiLetterUpper(text[end]) || char.IsAsciiDigit(text[end]) || text[end] == '_'))
                end++;
            if (end == start || (braced && (end == text.Length || text[end] != '}')))
            {
                result.Append('$');
                continue;
            }

            var name = text[start..end];
            if (Values.TryGetValue(name, out var value))
                result.Append(value);
            else
                context.Error("IC0330", $"Unknown variable `${name}`", sited.Span, $"Known are [{string.Join(", ", Values.Keys)}]; write `$$` for a dollar sign");
            i = braced ? end : end - 1;
        }

        return result.ToString();
    }
}
