// Puts what the YAML parser complains about into words. Unaware of what the keys mean.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using YamlDotNet.Core;

namespace Imagecraft.Metadata.Yaml;

/// <summary>A list or map in more others than are read.</summary>
sealed class NestingException(Mark start, Mark end, int deepest) : YamlException(start, end, $"Nested deeper than {deepest} levels");

static class YamlProblem
{
    /// <summary>The diagnostic for a parser's exception; a tab used as indentation and a bracket left open are named as such.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="text">Its text.</param>
    /// <param name="problem">What the parser threw.</param>
    /// <param name="last">End of what was read before: the parser's own place may lie too early.</param>
    /// <param name="open">Start of the innermost <c>[</c> or <c>{</c> that is not closed yet.</param>
    public static Diagnostic Describe(string file, string text, Exception problem, Mark last, Mark? open)
    {
        var place = problem is YamlException { Start: var start } && start.Index >= last.Index ? start : last;
        var (line, column) = ((int)Math.Max(1, place.Line), (int)Math.Max(1, place.Column));
        if (TabAt(text, line, line + 2) is { } tab)
        {
            return new Diagnostic(Codes.Tab, Severity.Error, "A tab is used for indentation",
                new SourceSpan(file, tab.Line, tab.Column, 1), "Indent with spaces; YAML allows no tabs there");
        }
        if (problem is NestingException)
        {
            return new Diagnostic(Codes.MalformedYaml, Severity.Error, $"Malformed YAML: {Words(problem)}",
                new SourceSpan(file, line, column, 1), "Nothing that is read has so many levels; look for brackets that are not closed");
        }
        if (open is { } bracket)
        {
            return new Diagnostic(Codes.MalformedYaml, Severity.Error, $"Malformed YAML: {Words(problem)}",
                new SourceSpan(file, (int)bracket.Line, (int)bracket.Column, 1), $"Close the `{text[(int)bracket.Index]}`; reading stopped in line {line}, column {column}");
        }
        return new Diagnostic(Codes.MalformedYaml, Severity.Error, $"Malformed YAML: {Words(problem)}",
            new SourceSpan(file, line, column, 0), "Look for a missing quote, colon or wrong indentation here or in the line above");
    }

    static string Words(Exception problem)
    {
        // The scanner of YamlDotNet 18.1.0 throws this for `key:` within an open `[`.
        if (problem is not YamlException { Message.Length: > 0 })
            return "a key within an open bracket";
        return char.ToLowerInvariant(problem.Message[0]) + problem.Message[1..].TrimEnd('.');
    }

    static (int Line, int Column)? TabAt(string text, int first, int last)
    {
        var lines = text.Split('\n');
        for (var line = first; line <= Math.Min(lines.Length, last); line++)
        {
            var content = lines[line - 1].AsSpan();
            var tab = content[..^content.TrimStart(" \t").Length].IndexOf('\t');
            if (tab >= 0)
                return (line, tab + 1);
        }
        return null;
    }
}
