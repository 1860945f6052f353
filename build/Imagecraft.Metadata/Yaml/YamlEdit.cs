// Changes values in the text of a document and leaves all else as somebody wrote it. Unaware of what keys mean.

using System.Buffers;
using Imagecraft.Metadata.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Imagecraft.Metadata.Yaml;

/// <summary>Edits of keys at the root of a document. All give null where the text is not simple enough to be changed by a program.</summary>
public static class YamlEdit
{
    private static readonly SearchValues<char> OfSyntax = SearchValues.Create("[]{},#\"'");

    /// <summary>Sets a list of texts, which is added when it is not there.</summary>
    /// <param name="text">A document that can be read.</param>
    /// <param name="key">A key of the root.</param>
    /// <param name="values">What the list is to hold; none: the key is taken away.</param>
    /// <param name="after">Keys after the last of which a new one is written.</param>
    public static string? SetTexts(string text, string key, IReadOnlyList<string> values, params ReadOnlySpan<string> after)
    {
        var entries = Entries(text);
        if (entries.Find(entry => entry.Key == key) is not { } entry)
            return values.Count == 0 ? text : Insert(text, entries, $"{key}: {Flow(values)}", after);
        if (!entry.IsTexts)
            return null;
        if (values.Count == 0)
            return RemoveLines(text, entry.Start, entry.End);
        return entry.IsFlow ? string.Concat(text.AsSpan(0, entry.ValueStart), Flow(values), text.AsSpan(entry.End)) : SetLines(text, entry, values);
    }

    /// <summary>Sets a text, quoted as it was. Only one that is there and stands on one line.</summary>
    public static string? SetText(string text, string key, string value)
    {
        if (Entries(text).Find(entry => entry.Key == key) is not { Items: [] } entry || entry.ValueStart < 0 || text.AsSpan(entry.ValueStart, entry.End - entry.ValueStart).Contains('\n'))
            return null;
        var quote = text[entry.ValueStart] is '"' or '\'' ? text[entry.ValueStart].ToString() : Quote(value);
        return string.Concat(text.AsSpan(0, entry.ValueStart), quote + value + quote, text.AsSpan(entry.End));
    }

    /// <summary>Changes one text where it stands, quoted as it was. Only one that stands on one line and has no escapes.</summary>
    /// <param name="text">The document that <paramref name="place"/> is of.</param>
    /// <param name="place">Where the text stands, with its quotes.</param>
    /// <param name="change">The new words for the old ones, as they are written there: variables are not filled in.</param>
    public static string? ChangeAt(string text, SourceSpan place, Func<string, string> change)
    {
        var start = StartOfLine(text, place.Line) + place.Column - 1;
        if (place.Length == 0 || start + place.Length > text.Length || text.AsSpan(start, place.Length).ContainsAny('\n', '\\'))
            return null;
        var (token, isQuoted) = (text.Substring(start, place.Length), text[start] is '"' or '\'');
        if (isQuoted && (token.Length < 2 || token[^1] != token[0] || token.AsSpan(1, token.Length - 2).Contains(token[0])))
            return null;
        var before = isQuoted ? token[1..^1] : token;
        var after = change(before);
        if (after == before)
            return text;
        // What went without quotes goes on so, unless it would be read as something else.
        var quote = isQuoted ? token[..1] : Quote(before).Length == 0 ? Quote(after) : NeedsQuotes(after) ? "\"" : "";
        return string.Concat(text.AsSpan(0, start), quote + after + quote, text.AsSpan(start + place.Length));
    }

    private static int StartOfLine(string text, int line)
    {
        var start = 0;
        for (var number = 1; number < line && start >= 0; number++)
            start = text.IndexOf('\n', start) is >= 0 and var end ? end + 1 : text.Length;
        return start;
    }

    // Within a list on one line, too.
    private static bool NeedsQuotes(string value) => value.AsSpan().ContainsAny(OfSyntax) || value.Contains(": ", StringComparison.Ordinal) || value.Length == 0;

    /// <summary>A list as it stands on one line.</summary>
    public static string Flow(IEnumerable<string> values) => $"[ {string.Join(", ", values.Select(value => Quote(value) + value + Quote(value)))} ]";

    // What could be taken for something else than a text, or for a part of a list.
    private static string Quote(string value) => value.Length > 0 && char.IsAsciiLetterOrDigit(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or '+') && !double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out _) ? "" : "\"";

    // Lines of what stays are not touched, nor is what somebody wrote about them.
    private static string? SetLines(string text, Entry entry, IReadOnlyList<string> values)
    {
        var kept = entry.Items.Where(item => values.Contains(item.Text)).ToList();
        // What is in another order, or has others in between, is written anew only where no word is lost by that.
        if (!kept.Select(item => item.Text).SequenceEqual(values.Take(kept.Count)))
            return text.AsSpan(entry.ValueStart, entry.End - entry.ValueStart).Contains('#') ? null : string.Concat(text.AsSpan(0, entry.ValueStart), Flow(values), text.AsSpan(entry.End));
        var lines = text.Split('\n');
        var gone = entry.Items.Except(kept).Select(item => item.Line).ToHashSet();
        var anchor = (kept.Count > 0 ? kept[^1] : entry.Items[0]).Line;
        var indent = lines[anchor][..lines[anchor].IndexOf('-', StringComparison.Ordinal)];
        var added = values.Skip(kept.Count).Select(value => $"{indent}- {Quote(value)}{value}{Quote(value)}").ToArray();
        return string.Join('\n', lines.SelectMany((line, i) => (gone.Contains(i) ? [] : new[] { line }).Concat(i == anchor ? added : [])));
    }

    private static string Insert(string text, List<Entry> entries, string line, ReadOnlySpan<string> after)
    {
        var place = entries[0];
        foreach (var entry in entries)
            if (after.Contains(entry.Key))
                place = entry;
        var at = LineEnd(text, place.End);
        return $"{text[..at]}\n{line}{text[at..]}";
    }

    private static string RemoveLines(string text, int start, int end)
    {
        var from = text.LastIndexOf('\n', Math.Max(0, start - 1)) + 1;
        return text.Remove(from, Math.Min(text.Length, LineEnd(text, end) + 1) - from);
    }

    private static int LineEnd(string text, int at) => text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;

    // Keys of the root with the places of their values.
    private static List<Entry> Entries(string text)
    {
        var found = new List<Entry>();
        var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        var depth = 0;
        Entry? open = null;
        while (parser.MoveNext())
        {
            var at = parser.Current!;
            if (at is MappingEnd or SequenceEnd)
                depth--;
            if (depth == 1 && open is null && at is Scalar key)
            {
                found.Add(open = new Entry(key.Value, (int)key.Start.Index));
                continue;
            }

            if (open is not null && depth >= 1)
            {
                if (open.ValueStart < 0)
                {
                    open.ValueStart = (int)at.Start.Index;
                    open.IsFlow = at is SequenceStart { Style: SequenceStyle.Flow };
                    open.IsTexts = at is SequenceStart;
                }
                else if (depth == 2 && at is Scalar item)
                    open.Items.Add(new(item.Value, (int)item.Start.Line - 1));
                else if (at is MappingStart or SequenceStart)
                    open.IsTexts = false;
                // The end of what has no brackets is where the next token begins.
                if (at.End.Index > at.Start.Index)
                    open.End = (int)at.End.Index;
                else if (at is SequenceEnd or MappingEnd && at.Start.Index < text.Length && text[(int)at.Start.Index] is ']' or '}')
                    open.End = (int)at.Start.Index + 1;
                if (depth == 1 && at is Scalar or MappingEnd or SequenceEnd && depth == 1)
                    open = null;
            }

            if (at is MappingStart or SequenceStart)
                depth++;
        }

        return found;
    }

    private sealed record Item(string Text, int Line);

    private sealed class Entry(string key, int start)
    {
        public string Key { get; } = key;

        public int Start { get; } = start;

        public int ValueStart { get; set; } = -1;

        public int End { get; set; } = start + key.Length;

        public bool IsFlow { get; set; }

        public bool IsTexts { get; set; }

        public List<Item> Items { get; } = [];
    }
}
