// An expression of Kconfig and what it is worth under a final configuration. Unaware of files and of words for people.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>An expression. Its worth is 0 (n), 1 (m) or 2 (y), and null where a macro decides, which only a run of its command could tell.</summary>
/// <remarks>Source: the kernel's Documentation/kbuild/kconfig-language.rst, "Menu dependencies".</remarks>
internal abstract record KconfigExpression
{
    private KconfigExpression()
    {
    }

    /// <summary>The worth when <paramref name="valueOf"/> gives each symbol's value as configurations write it, <c>n</c> when it has none.</summary>
    public abstract int? Worth(Func<string, string> valueOf);

    /// <summary>All must hold.</summary>
    public sealed record All(ImmutableArray<KconfigExpression> Parts) : KconfigExpression
    {
        public override int? Worth(Func<string, string> valueOf)
        {
            var worths = Parts.Select(p => p.Worth(valueOf)).ToArray();
            return worths.Contains(0) ? 0 : worths.Contains(null) ? null : worths.Min();
        }

        public override string ToString() => string.Join(" && ", Parts.Select(p => p is Any ? $"({p})" : p.ToString()));
    }

    /// <summary>One must hold.</summary>
    public sealed record Any(ImmutableArray<KconfigExpression> Parts) : KconfigExpression
    {
        public override int? Worth(Func<string, string> valueOf)
        {
            var worths = Parts.Select(p => p.Worth(valueOf)).ToArray();
            return worths.Contains(2) ? 2 : worths.Contains(null) ? null : worths.Max();
        }

        public override string ToString() => string.Join(" || ", Parts);
    }

    /// <summary>It must not hold.</summary>
    public sealed record Not(KconfigExpression Part) : KconfigExpression
    {
        public override int? Worth(Func<string, string> valueOf) => 2 - Part.Worth(valueOf);

        public override string ToString() => Part is All or Any or Comparison ? $"!({Part})" : $"!{Part}";
    }

    /// <summary>A symbol, without <c>CONFIG_</c>.</summary>
    public sealed record Symbol(string Name) : KconfigExpression
    {
        public override int? Worth(Func<string, string> valueOf) => valueOf(Name) switch { "y" => 2, "m" => 1, _ => 0 };

        public override string ToString() => Name;
    }

    /// <summary><c>y</c>, <c>m</c>, <c>n</c>, a number or a text.</summary>
    public sealed record Constant(string Text) : KconfigExpression
    {
        public override int? Worth(Func<string, string> valueOf) => Text switch { "y" => 2, "m" => 1, _ => 0 };

        public override string ToString() => Text;
    }

    /// <summary>A macro with its <c>$(...)</c>, or what could not be read.</summary>
    public sealed record Macro(string Text) : KconfigExpression
    {
        public override int? Worth(Func<string, string> valueOf) => null;

        public override string ToString() => Text;
    }

    /// <summary>Two values held against each other.</summary>
    public sealed record Comparison(KconfigExpression Left, string Operator, KconfigExpression Right) : KconfigExpression
    {
        public override int? Worth(Func<string, string> valueOf)
        {
            if (Left is Macro || Right is Macro)
                return null;
            var (left, right) = (Value(Left, valueOf), Value(Right, valueOf));
            var order = Number(left) is { } a && Number(right) is { } b ? a.CompareTo(b) : string.CompareOrdinal(left, right);
            var holds = Operator switch { "=" => order == 0, "!=" => order != 0, "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
            return holds ? 2 : 0;
        }

        public override string ToString() => $"{Left} {Operator} {Right}";

        private static string Value(KconfigExpression operand, Func<string, string> valueOf) => (operand is Symbol symbol ? valueOf(symbol.Name) : operand.ToString()!).Trim('"');

        private static long? Number(string text) =>
            text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                ? long.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex) ? hex : null
                : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
