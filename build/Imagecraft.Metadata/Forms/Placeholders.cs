// Texts with places that are filled in later: `{cmdline}` and the like. Unaware of what fills them.

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>A text whose placeholders must be known. Braces that hold anything but one word are part of the text, as is <c>${name}</c>.</summary>
/// <param name="known">Words in braces; one that ends with a colon has a name behind it.</param>
sealed partial class Placeholders(params string[] known) : Shape<Sited<string>>
{
    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out Sited<string> value)
    {
        if (!ScalarShapes.Text.TryRead(node, what, reading, out value))
            return false;
        var before = reading.Problems.Count;
        foreach (Match place in Places().Matches(value.Value))
        {
            var isKnown = IsKnown(place.Groups["word"].Value, place.Groups["name"].Value);
            var isClosed = place.Groups["end"].Length > 0;
            if (isClosed && !isKnown)
                reading.Error(Codes.UnknownWord, $"Unknown placeholder `{place.Value}` in {what}", value.Span, Hint(place.Groups["word"].Value));
            else if (isKnown && !isClosed)
                reading.Error(Codes.WrongFormat, $"The placeholder `{place.Value}` in {what} is not closed", value.Span, $"Write `{place.Value}}}`");
        }

        return reading.Problems.Count == before;
    }

    public override JsonObject Schema() => ScalarShapes.Text.Schema();

    bool IsKnown(string word, string name) => known.Contains(word) && word.EndsWith(':') == (name.Length > 0);

    string Hint(string word)
    {
        var shown = known.Select(Shown).ToArray();
        return Nearest.To(word, known) is { } near ? $"Did you mean `{Shown(near)}`?" : $"Known are [ {string.Join(", ", shown.Select(name => $"`{name}`"))} ]";
    }

    static string Shown(string word) => word.EndsWith(':') ? $"{{{word}NAME}}" : $"{{{word}}}";

    [GeneratedRegex(@"(?<!\$)\{(?<word>[A-Za-z][A-Za-z0-9_-]*:?)(?<name>(?<=:)[^{}\s,]*)?((?<end>\})|$|(?=,))", RegexOptions.ExplicitCapture)]
    private static partial Regex Places();
}
