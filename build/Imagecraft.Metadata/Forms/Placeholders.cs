// Texts with places that are filled in later: `$CMDLINE` and the like. Unaware of what fills them.

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>
/// A text with variables: <c>$NAME</c> or <c>${NAME}</c> in capitals. Whatever else has a dollar sign belongs to the language that the text is written in.
/// In the value all are written without braces but those with a file, so that what fills them in needs to look for nothing else.
/// </summary>
/// <param name="text">What the text must be besides.</param>
/// <param name="known">Names; one that ends with a colon has the name of a file behind it.</param>
sealed partial class Placeholders(Shape<Sited<string>> text, params string[] known) : Shape<Sited<string>>
{
    /// <summary>Any text with these variables.</summary>
    public Placeholders(params string[] known)
        : this(ScalarShapes.Text, known)
    {
    }

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out Sited<string> value)
    {
        if (!text.TryRead(node, what, reading, out value))
            return false;
        var (all, span, before) = (value.Value, value.Span, reading.Problems.Count);
        foreach (Match old in InBraces().Matches(value.Value))
            if (known.FirstOrDefault(name => name.TrimEnd(':').Equals(old.Groups["name"].Value, StringComparison.OrdinalIgnoreCase)) is { } meant)
                reading.Error(Codes.UnknownWord, $"`{old.Value}` in {what} stands for nothing", span, $"Write `{(meant.EndsWith(':') ? $"${{{meant}{old.Groups["file"].Value}}}" : $"${meant}")}`");
        var filled = Places().Replace(value.Value, place =>
        {
            var (name, file) = (place.Groups["name"].Value, place.Groups["file"].Value);
            var isOpen = place.Value.StartsWith("${", StringComparison.Ordinal) && !place.Value.EndsWith('}');
            if (isOpen)
                reading.Error(Codes.WrongFormat, $"The variable `{place.Value}` in {what} is not closed", span, $"Write `{place.Value}}}`");
            else if (!known.Contains(name + (file.Length > 0 ? ":" : "")))
                reading.Error(Codes.UnknownWord, $"Unknown variable `{place.Value}` in {what}", span, Hint(name));
            else if (place.Value[1] == '{' && file.Length == 0 && place.Index + place.Length < all.Length && (char.IsAsciiLetterOrDigit(all[place.Index + place.Length]) || all[place.Index + place.Length] == '_'))
                reading.Error(Codes.WrongFormat, $"The variable `{place.Value}` in {what} runs into `{all[place.Index + place.Length]}`", span, "Put a space or a sign between them");
            return file.Length > 0 ? place.Value : $"${name}";
        });
        value = value with { Value = filled };
        return reading.Problems.Count == before;
    }

    public override JsonObject Schema() => text.Schema();

    string Hint(string word) => Nearest.To(word, known.Select(name => name.TrimEnd(':'))) is { } near
        ? $"Did you mean `{Shown(near)}`?"
        : $"Known are [ {string.Join(", ", known.Select(name => $"`{Shown(name.TrimEnd(':'))}`"))} ]";

    string Shown(string word) => known.Contains(word) ? $"${word}" : $"${{{word}:NAME}}";

    [GeneratedRegex(@"\$(?<name>[A-Z][A-Z0-9_]*)(?![a-z])|\$\{(?<name>[A-Z][A-Z0-9_]*)(:(?<file>[^{}\s,]*))?(\}|(?=[\s,]|$))", RegexOptions.ExplicitCapture)]
    private static partial Regex Places();

    [GeneratedRegex(@"(?<!\$)\{(?<name>[a-z]+)(:(?<file>[^{}\s,]*))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex InBraces();
}
