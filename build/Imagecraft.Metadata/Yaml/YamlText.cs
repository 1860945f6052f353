// Turns the text of one file into a tree with places. Unaware of what the keys mean.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Imagecraft.Metadata.Yaml;

/// <summary>What a file's text gave.</summary>
/// <param name="Root">The document; of a malformed file as much as could be read before the problem.</param>
/// <param name="Diagnostics">Problems of the YAML itself.</param>
public sealed record YamlDocument(YamlMap? Root, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>The text could be read to its end.</summary>
    public bool IsWhole => Diagnostics.IsEmpty;
}

/// <summary>Reads YAML 1.2 text with one document of maps, lists and text; anchors, tags and several documents are refused.</summary>
public sealed class YamlText
{
    const int DeepestNesting = 64;

    readonly string file;
    readonly Parser parser;
    readonly List<Diagnostic> problems = [];
    YamlMap? partial;
    readonly Stack<Mark> open = new();
    Mark last = Mark.Empty;
    int depth;

    YamlText(string file, string text)
    {
        this.file = file;
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads the text of <paramref name="file"/> (its name is only used for places).</summary>
    public static YamlDocument Parse(string file, string text)
    {
        var reader = new YamlText(file, text);
        YamlMap? root;
        try
        {
            root = reader.Document();
        }
        catch (Exception problem) when (IsOfTheText(problem))
        {
            reader.problems.Add(YamlProblem.Describe(file, text, problem, reader.last, reader.open.Count > 0 ? reader.open.Peek() : null));
            root = reader.partial;
        }
        return new YamlDocument(root, [.. reader.problems]);
    }

    YamlMap? Document()
    {
        Expect<StreamStart>();
        if (Next() is not DocumentStart)
        {
            Report(Codes.EmptyFile, "The file holds no document", new SourceSpan(file, 1, 1, 0), $"Start it with one of the keys [ {KindNames.List} ], or remove it");
            return null;
        }
        var root = Node(Next(), isRoot: true);
        Expect<DocumentEnd>();
        if (Next() is DocumentStart second)
            Report(Codes.SeveralDocuments, "A second document begins here", Span(second.Start, second.End), "Put each document in a file of its own");
        if (root is YamlMap map)
            return map;
        if (root is YamlScalar { IsNothing: true })
            Report(Codes.EmptyFile, "The file holds no document", new SourceSpan(file, 1, 1, 0), $"Start it with one of the keys [ {KindNames.List} ], or remove it");
        else
            Report(Codes.WrongType, $"A document must be a map, not {root.Noun}", root.Span, $"Start it with one of the keys [ {KindNames.List} ]");
        return null;
    }

    YamlNode Node(ParsingEvent start, bool isRoot = false)
    {
        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
            Report(Codes.Anchor, $"Anchor `&{anchored.Anchor.Value}` is not supported", Span(start.Start, start.End), "Write the value out at each place, so that it has one place of its own");
        if (start is NodeEvent { Tag.IsEmpty: false } tagged && !tagged.Tag.IsNonSpecific)
            Report(Codes.Tag, $"Tag `{tagged.Tag.Value}` is not supported", Span(start.Start, start.End), "Remove the tag; the type of a value follows from its key");
        return start switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, Span(scalar.Start, scalar.End)),
            SequenceStart list => List(list),
            MappingStart map => Map(map, isRoot),
            AnchorAlias alias => Alias(alias),
            _ => throw new YamlException(start.Start, start.End, $"Unexpected {start.GetType().Name}"),
        };
    }

    YamlScalar Alias(AnchorAlias alias)
    {
        var span = Span(alias.Start, alias.End);
        Report(Codes.Anchor, $"Alias `*{alias.Value.Value}` is not supported", span, "Write the value out at each place; text that begins with `*` needs quotes");
        return new YamlScalar(alias.Value.Value, Plain: false, span);
    }

    YamlList List(SequenceStart start)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        Descend(start, start.Style == SequenceStyle.Flow);
        for (var next = Next(); next is not SequenceEnd; next = Next())
            items.Add(Node(next));
        Ascend(start.Style == SequenceStyle.Flow);
        return new YamlList(items.DrainToImmutable(), Span(start.Start, start.End));
    }

    YamlMap Map(MappingStart start, bool isRoot)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        Descend(start, start.Style == MappingStyle.Flow);
        try
        {
            for (var next = Next(); next is not MappingEnd; next = Next())
                Entry(next, entries);
            Ascend(start.Style == MappingStyle.Flow);
        }
        catch (Exception problem) when (isRoot && IsOfTheText(problem))
        {
            partial = new YamlMap(entries.DrainToImmutable(), Span(start.Start, start.End));
            throw;
        }
        return new YamlMap(entries.DrainToImmutable(), Span(start.Start, start.End));
    }

    void Entry(ParsingEvent start, ImmutableArray<YamlEntry>.Builder entries)
    {
        var key = Node(start);
        var value = Node(Next());
        if (key is not YamlScalar name)
        {
            Report(Codes.WrongType, $"A key must be text, not {key.Noun}", key.Span, "Text with `{` or `[` at its start needs quotes");
            return;
        }
        if (name is { Text: "<<", Plain: true })
        {
            Report(Codes.Anchor, "The merge key `<<` is not supported", name.Span, "Write the keys out in each map, so that each has one place of its own");
            return;
        }
        foreach (var entry in entries)
        {
            if (entry.Key.Text != name.Text)
                continue;
            Report(Codes.DuplicateKey, $"Key `{name.Text}` stands twice in one map", name.Span, $"It was first written in line {entry.Key.Span.Line}; remove one of the two");
            return;
        }
        entries.Add(new YamlEntry(name, value));
    }

    void Descend(NodeEvent start, bool isFlow)
    {
        if (isFlow)
            open.Push(start.Start);
        if (++depth > DeepestNesting)
            throw new NestingException(start.Start, start.End, DeepestNesting);
    }

    void Ascend(bool isFlow)
    {
        depth--;
        if (isFlow)
            open.Pop();
    }

    ParsingEvent Next()
    {
        parser.MoveNext();
        last = parser.Current!.End;
        return parser.Current;
    }

    /// <summary>What the parser throws for bad text; not all of it is a <see cref="YamlException"/>.</summary>
    static bool IsOfTheText(Exception problem) => problem is YamlException or InvalidOperationException or ArgumentException;

    void Expect<T>() where T : ParsingEvent
    {
        if (Next() is not T)
            throw new YamlException(parser.Current!.Start, parser.Current.End, $"Unexpected {parser.Current.GetType().Name}");
    }

    void Report(string code, string message, SourceSpan span, string hint) =>
        problems.Add(new Diagnostic(code, Severity.Error, message, span, hint));

    SourceSpan Span(in Mark start, in Mark end)
    {
        var length = end.Line == start.Line ? (int)(end.Column - start.Column) : 0;
        return new SourceSpan(file, (int)start.Line, (int)start.Column, length);
    }
}
