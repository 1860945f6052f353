// Ranges of versions. Unaware of whose they are.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Imagecraft.Metadata.Model;

/// <summary>Versions that all of some comparisons hold for, such as <c>&gt;=0.1 &lt;0.3</c>.</summary>
/// <param name="Text">As it was written.</param>
public sealed record VersionRange(string Text)
{
    // Longer ones first, because they begin with the shorter ones.
    static readonly ImmutableArray<(string Sign, Func<int, bool> Holds)> Signs =
        [(">=", order => order >= 0), ("<=", order => order <= 0), (">", order => order > 0), ("<", order => order < 0), ("=", order => order == 0)];

    /// <summary>Reads comparisons that are separated by blanks.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out VersionRange? range)
    {
        var words = Words(text);
        range = words.Length > 0 && words.All(word => IsVersion(word[SignOf(word).Sign.Length..]) && SignOf(word).Sign.Length > 0) ? new VersionRange(text) : null;
        return range is not null;
    }

    /// <summary>Whether a version is one of them.</summary>
    public bool Includes(string version) => Words(Text).All(word => SignOf(word) is var (sign, holds) && holds(Versions.Compare(version, word[sign.Length..])));

    /// <summary>Whether a text is a version of numbers and dots.</summary>
    public static bool IsVersion(string text) => text.Length > 0 && text.Split('.').All(part => part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit));

    /// <inheritdoc/>
    public override string ToString() => Text;

    static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    static (string Sign, Func<int, bool> Holds) SignOf(string word)
    {
        foreach (var sign in Signs)
            if (word.StartsWith(sign.Sign, StringComparison.Ordinal))
                return sign;
        return ("", _ => false);
    }
}
