// Splits a clear-signed message into its text and its signatures. Unaware of keys.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>The parts of a clear-signed message.</summary>
/// <param name="Lines">The signed lines as they are hashed: without dash escapes and without blanks at their ends.</param>
/// <param name="Armour">The armoured signatures.</param>
internal sealed record ClearText(ImmutableArray<string> Lines, string Armour)
{
    private const string MessageLine = "-----BEGIN PGP SIGNED MESSAGE-----";
    private const string SignatureLine = "-----BEGIN PGP SIGNATURE-----";
    private const string EndLine = "-----END PGP SIGNATURE-----";

    /// <summary>Reads a message that is nothing but one signed text.</summary>
    /// <exception cref="FeedException">It is none, has something outside of the signed text, or is ambiguous.</exception>
    public static ClearText Read(string text, string place)
    {
        var all = text.Split('\n');
        for (var i = 0; i < all.Length; i++)
            if (all[i].EndsWith('\r')) all[i] = all[i][..^1];
        var start = Array.FindIndex(all, line => line.Length > 0);
        if (start < 0 || all[start] != MessageLine) throw No(place);
        var blank = Array.FindIndex(all, start, line => line.Length == 0);
        var end = blank < 0 ? -1 : Array.FindIndex(all, blank, line => line == SignatureLine);
        var last = end < 0 ? -1 : Array.FindIndex(all, end, line => line.TrimEnd() == EndLine);
        if (last < 0) throw No(place);
        // Nothing signs what stands here; a reader who used it would believe anybody. Source: RFC 9580 section 7.
        for (var i = start + 1; i < blank; i++)
            if (!all[i].StartsWith("Hash: ", StringComparison.Ordinal)) throw Bad(place, i, "is neither a `Hash` header nor blank");
        for (var i = last + 1; i < all.Length; i++)
            if (all[i].Trim().Length > 0) throw Bad(place, i, "stands behind the signatures");
        var lines = ImmutableArray.CreateBuilder<string>(end - blank - 1);
        for (var i = blank + 1; i < end; i++) lines.Add(Line(all[i], place, i));
        return new ClearText(lines.MoveToImmutable(), string.Join('\n', all[end..(last + 1)]));
    }

    // A line that others would split, or see as an end, is refused rather than interpreted.
    private static string Line(string line, string place, int number)
    {
        if (line.StartsWith('-'))
        {
            if (!line.StartsWith("- ", StringComparison.Ordinal)) throw Bad(place, number, "begins with a dash that is not escaped");
            line = line[2..];
        }
        return line.AsSpan().ContainsAnyInRange('\0', '\b') || line.AsSpan().ContainsAnyInRange('\n', '\u001f') || line.AsSpan().ContainsAny('\u0085', '\u2028', '\u2029')
            ? throw Bad(place, number, "holds a control character")
            : line.TrimEnd(' ', '\t');
    }

    private static FeedException No(string place) => new($"`{place}` is not a clear-signed message; the mirror answered with something else", userError: false);

    private static FeedException Bad(string place, int index, string what) => new($"`{place}` is not a proper clear-signed message: line {index + 1} {what}", userError: false);
}
