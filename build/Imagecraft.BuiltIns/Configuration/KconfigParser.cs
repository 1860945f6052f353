// Reads expressions of Kconfig. Unaware of what their symbols are worth.

using System.Collections.Immutable;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>Reads one expression; what it cannot read counts as a macro, about which nothing is known.</summary>
/// <remarks>Source: the kernel's Documentation/kbuild/kconfig-language.rst and kconfig-macro-language.rst.</remarks>
internal sealed class KconfigParser
{
    private static readonly string[] Operators = ["!=", "<=", ">=", "=", "<", ">"];

    private readonly string text;
    private int at;

    private KconfigParser(string text) => this.text = text;

    /// <summary>Reads the whole text, apart from a comment at its end.</summary>
    public static KconfigExpression Read(string text)
    {
        var parser = new KconfigParser(text);
        return parser.Any() is { } expression && parser.AtEnd ? expression : new KconfigExpression.Macro(text.Trim());
    }

    /// <summary>Splits <c>WHAT if CONDITION</c>, as defaults and prompts have it; the condition is null when there is none.</summary>
    public static (string What, string? Condition) SplitIf(string text)
    {
        for (var i = 0; i < text.Length; i = Skip(text, i))
        {
            if (string.CompareOrdinal(text, i, " if ", 0, 4) == 0)
                return (text[..i].Trim(), text[(i + 4)..].Trim());
        }

        return (text.Trim(), null);
    }

    private bool AtEnd
    {
        get
        {
            SkipBlanks();
            return at == text.Length || text[at] == '#';
        }
    }

    private KconfigExpression? Any() => Several("||", All, parts => new KconfigExpression.Any(parts));

    private KconfigExpression? All() => Several("&&", One, parts => new KconfigExpression.All(parts));

    private KconfigExpression? Several(string between, Func<KconfigExpression?> part, Func<ImmutableArray<KconfigExpression>, KconfigExpression> join)
    {
        var parts = ImmutableArray.CreateBuilder<KconfigExpression>();
        do
        {
            if (part() is not { } next)
                return null;
            parts.Add(next);
        }
        while (Take(between));
        return parts.Count == 1 ? parts[0] : join(parts.ToImmutable());
    }

    private KconfigExpression? One()
    {
        if (!(AtEnd || string.CompareOrdinal(text, at, "!=", 0, 2) == 0) && Take("!"))
            return One() is { } negated ? new KconfigExpression.Not(negated) : null;
        if (Take("("))
            return Any() is { } inner && Take(")") ? inner : null;
        if (Operand() is not { } left)
            return null;
        return Operators.FirstOrDefault(Take) is not { } sign ? left : Operand() is { } right ? new KconfigExpression.Comparison(left, sign, right) : null;
    }

    private KconfigExpression? Operand()
    {
        if (AtEnd)
            return null;
        var start = at;
        if (text[at] is '"' or '\'' || IsMacro(text, at))
        {
            at = Skip(text, at);
            var piece = text[start..at];
            return piece[0] == '$' ? new KconfigExpression.Macro(piece) : new KconfigExpression.Constant(piece);
        }

        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-' or '.' or '/'))
            at++;
        var word = text[start..at];
        return word.Length == 0 ? null : word is "y" or "m" or "n" || char.IsAsciiDigit(word[0]) || word[0] == '-' ? new KconfigExpression.Constant(word) : new KconfigExpression.Symbol(word);
    }

    private bool Take(string sign)
    {
        SkipBlanks();
        if (string.CompareOrdinal(text, at, sign, 0, sign.Length) != 0)
            return false;
        at += sign.Length;
        return true;
    }

    private void SkipBlanks()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
    }

    private static bool IsMacro(string text, int at) => string.CompareOrdinal(text, at, "$(", 0, 2) == 0;

    // The place after the quoted text, macro or character at `at`.
    private static int Skip(string text, int at)
    {
        if (text[at] is '"' or '\'')
        {
            var end = text.IndexOf(text[at], at + 1);
            return end < 0 ? text.Length : end + 1;
        }

        if (!IsMacro(text, at))
            return at + 1;
        var depth = 0;
        for (var i = at + 1; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
                return i + 1;
        }

        return text.Length;
    }
}
