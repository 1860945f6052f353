// Puts what the YAML parser complains about into words. Unaware of what the keys mean.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using YamlDotNet.Core;

namespace Imagecraft.Metadata.Yaml;

static class YamlProblem
{
    /// <summary>The diagnostic for a parser's exception; a tab used as indentation is named as such.</summary>
    public static Diagnostic Describe(string file, string text, YamlException problem)
    {
        var line = (int)Math.Max(1, problem.Start.Line);
        var column = (int)Math.Max(1, problem.Start.Column);
        if (TabAt(text, line) is { } tab)
        {
            return new Diagnostic(Codes.Tab, Severity.Error, "A tab is used for indentation",
                new SourceSpan(file, tab.Line, tab.Column, 1), "Indent with spaces; YAML allows no tabs there");
        }
        var reason = problem.Message;
        var colon = reason.LastIndexOf("): ", StringComparison.Ordinal);
        if (reason.StartsWith('(') && colon >= 0)
            reason = reason[(colon + 3)..];
        var words = reason.Length > 1 ? char.ToLowerInvariant(reason[0]) + reason[1..].TrimEnd('.') : "unreadable";
        return new Diagnostic(Codes.MalformedYaml, Severity.Error, $"Malformed YAML: {words}",
            new SourceSpan(file, line, column, 0), "Look for a missing quote, bracket, colon or wrong indentation here or in the line above");
    }

    /// <summary>The first tab in the indentation of the problem's line or the one above, where parsers notice it late.</summary>
    static (int Line, int Column)? TabAt(string text, int problemLine)
    {
        var lines = text.Split('\n');
        for (var line = Math.Max(1, problemLine - 1); line <= Math.Min(lines.Length, problemLine); line++)
        {
            var content = lines[line - 1].AsSpan();
            var indentation = content[..^content.TrimStart(" \t").Length];
            var tab = indentation.IndexOf('\t');
            if (tab >= 0)
                return (line, tab + 1);
        }
        return null;
    }
}
