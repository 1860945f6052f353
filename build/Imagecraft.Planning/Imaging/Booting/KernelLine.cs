// What the kernel is told when it starts, at each place where it is told: QEMU's arguments and texts of boot files. Unaware of what the words mean.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Imaging.Booting;

/// <summary>One kernel command line.</summary>
/// <param name="Pieces">Its parts in order, each where it was written.</param>
/// <param name="IsWhole">The kernel gets this and nothing else; otherwise a boot loader that nobody here knows may say more.</param>
/// <param name="IsOfQemu">It is QEMU that hands it over.</param>
internal sealed record KernelLine(ImmutableArray<Sited<string>> Pieces, bool IsWhole, bool IsOfQemu)
{
    private const string Placeholder = "$CMDLINE", Root = "root=";

    /// <summary>All lines of a board with an image; the command line itself when nothing hands it over.</summary>
    public static ImmutableArray<KernelLine> Of(Board board, Image image)
    {
        var own = new[] { board.CommandLine, image.CommandLine }.OfType<Sited<string>>().ToImmutableArray();
        var texts = board.Partitions.SelectMany(p => p.Files).Select(f => f.Text).OfType<Sited<string>>();
        ImmutableArray<KernelLine> lines =
        [
            .. texts.SelectMany(text => text.Value.Split('\n').Where(line => !line.TrimStart().StartsWith('#')).SelectMany(line => Filled(text with { Value = line }, own, false))),
            .. (board.Qemu?.Arguments ?? []).SelectMany(argument => Filled(argument, own, true)),
        ];
        return lines.Any(line => line.IsWhole) ? lines : [new(own, false, false), .. lines];
    }

    /// <summary>The last value of an argument, as the kernel takes it, with its place; null when there is none.</summary>
    public Sited<string>? Value(string key)
    {
        foreach (var piece in Pieces.Reverse())
        {
            var words = Words(piece.Value);
            for (var i = words.Count - 1; i >= 0; i--)
                if (words[i].Text.StartsWith($"{key}=", StringComparison.Ordinal))
                    return new(words[i].Text[(key.Length + 1)..].Trim('"'), Narrow(piece, words[i].Start, words[i].Text.Length));
        }

        return null;
    }

    private static IEnumerable<KernelLine> Filled(Sited<string> text, ImmutableArray<Sited<string>> own, bool isOfQemu)
    {
        var at = text.Value.IndexOf(Placeholder, StringComparison.Ordinal);
        if (at >= 0)
            yield return new([text with { Value = text.Value[..at] }, .. own, text with { Value = text.Value[(at + Placeholder.Length)..] }], true, isOfQemu);
        else if (Words(text.Value).Any(word => word.Text.StartsWith(Root, StringComparison.Ordinal)))
            yield return new([text], false, isOfQemu);
    }

    /// <summary>Words up to `--`, behind which they are for init; blanks within quotes part nothing.</summary>
    private static List<(string Text, int Start)> Words(string line)
    {
        var words = new List<(string, int)>();
        for (var start = 0; start < line.Length;)
        {
            var (end, isQuoted) = (start, false);
            for (; end < line.Length && (isQuoted || !char.IsWhiteSpace(line[end])); end++)
                isQuoted ^= line[end] == '"';
            if (line[start..end] == "--")
                break;
            if (end > start)
                words.Add((line[start..end], start));
            start = end + 1;
        }

        return words;
    }

    /// <summary>The place of a word, where the text is written in one line as it is; otherwise the place of the text.</summary>
    private static SourceSpan Narrow(Sited<string> piece, int start, int length)
    {
        var quotes = piece.Span.Length - piece.Value.Length;
        return quotes is 0 or 2 ? piece.Span with { Column = piece.Span.Column + quotes / 2 + start, Length = length } : piece.Span;
    }
}
