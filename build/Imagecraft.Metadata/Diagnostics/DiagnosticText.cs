// Renders a diagnostic as people read it on a terminal or in a log. Unaware of where source texts are kept.

using System.Globalization;
using System.Text;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Diagnostics;

/// <summary>The text of diagnostics: place, message, the source line with a caret, hint.</summary>
public static class DiagnosticText
{
    // A longer line has more than a screen of text, and nobody finds the caret below it.
    const int LongestLine = 1000, Before = 100;

    const string More = "...";

    /// <summary>Renders one diagnostic, lines separated by a line feed and none at the end.</summary>
    /// <param name="diagnostic">What to render.</param>
    /// <param name="source">Text of a file by its workspace-relative path; null when it cannot be had.</param>
    public static string Render(Diagnostic diagnostic, Func<string, string?> source)
    {
        var text = new StringBuilder();
        if (diagnostic.Span is { } place)
            text.Append(place).Append(": ");
        text.Append(diagnostic.Severity == Severity.Error ? "error " : "warning ")
            .Append(diagnostic.Code).Append(": ").Append(diagnostic.Message);
        if (diagnostic.Span is { } span && Line(source(span.File), span.Line) is { Length: > 0 } line)
            AppendLine(text, line, span);
        if (diagnostic.Hint is { } hint)
            text.Append("\nhint: ").Append(hint);
        if (diagnostic.Note is { } note)
            text.Append("\nnote: ").Append(note);
        return text.ToString();
    }

    /// <summary>Renders all, in order of their places, with an empty line between two and a count at the end.</summary>
    public static string RenderAll(IEnumerable<Diagnostic> diagnostics, Func<string, string?> source)
    {
        var all = diagnostics.ToArray();
        var errors = all.Count(d => d.Severity == Severity.Error);
        var count = errors == 1 ? "1 error" : $"{errors} errors";
        if (all.Length > errors)
            count += all.Length - errors == 1 ? ", 1 warning" : $", {all.Length - errors} warnings";
        return string.Join("\n\n", all.Select(d => Render(d, source)).Append(count));
    }

    static void AppendLine(StringBuilder text, string line, SourceSpan span)
    {
        var number = span.Line.ToString(CultureInfo.InvariantCulture);
        var start = Math.Min(span.Column - 1, line.Length);
        var length = Math.Clamp(span.Length, 1, Math.Max(1, line.Length - start));
        (line, start, length) = Cropped(line, start, length);
        text.Append("\n  ").Append(number).Append(" | ").Append(line);
        text.Append("\n  ").Append(' ', number.Length).Append(" | ");
        foreach (var character in line.AsSpan(0, start))
            text.Append(character == '\t' ? '\t' : ' ');
        text.Append('^', length);
    }

    /// <summary>The part of a long line around the place; what is left out on either side is <c>...</c>.</summary>
    static (string Line, int Start, int Length) Cropped(string line, int start, int length)
    {
        if (line.Length <= LongestLine)
            return (line, start, length);
        var first = start <= Before ? 0 : start - Before;
        var end = Math.Min(line.Length, first + LongestLine);
        var before = first > 0 ? More : "";
        return ($"{before}{line[first..end]}{(end < line.Length ? More : "")}", start - first + before.Length, Math.Min(length, Math.Max(1, end - start)));
    }

    static string? Line(string? text, int number)
    {
        if (text is null)
            return null;
        var rest = text.AsSpan();
        for (var line = 1; line < number; line++)
        {
            var end = rest.IndexOf('\n');
            if (end < 0)
                return null;
            rest = rest[(end + 1)..];
        }
        var length = rest.IndexOf('\n');
        return (length < 0 ? rest : rest[..length]).TrimEnd('\r').ToString();
    }
}
