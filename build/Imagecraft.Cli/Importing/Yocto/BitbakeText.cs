// A `.bb`, `.inc` or `.bbclass` file as statements. Unaware of what they mean; nothing is evaluated.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>A statement of BitBake.</summary>
/// <param name="Place">Its first line.</param>
internal abstract record BitbakeStatement(ForeignPlace Place)
{
    /// <summary>A value for a variable, with what stands behind its colons.</summary>
    public sealed record Assignment(ForeignPlace Place, string Name, ImmutableArray<string> Overrides, string Operator, string Value, bool IsExported) : BitbakeStatement(Place);

    /// <summary>A value for a flag of a variable.</summary>
    public sealed record Flag(ForeignPlace Place, string Name, string FlagName, string Operator, string Value) : BitbakeStatement(Place);

    /// <summary>A function of shell.</summary>
    public sealed record Function(ForeignPlace Place, string Name, ImmutableArray<string> Overrides, ImmutableArray<(ForeignPlace Place, string Text)> Lines) : BitbakeStatement(Place);

    /// <summary>Python, which is never run.</summary>
    public sealed record Python(ForeignPlace Place, string Text) : BitbakeStatement(Place);

    /// <summary>Classes.</summary>
    public sealed record Inherit(ForeignPlace Place, string Classes) : BitbakeStatement(Place);

    /// <summary>Another file.</summary>
    public sealed record Include(ForeignPlace Place, string File, bool IsRequired) : BitbakeStatement(Place);

    /// <summary>Anything else that BitBake knows.</summary>
    public sealed record Other(ForeignPlace Place, string Text) : BitbakeStatement(Place);
}

/// <summary>Takes files of BitBake apart.</summary>
/// <remarks>Source: BitBake User Manual, chapter "Syntax and Operators".</remarks>
internal static partial class BitbakeText
{
    /// <summary>The statements of a file.</summary>
    /// <param name="file">Its name, for places.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="CommandLine.ProblemException">It is malformed.</exception>
    public static List<BitbakeStatement> Parse(string file, string text)
    {
        var statements = new List<BitbakeStatement>();
        var lines = text.Split('\n').Select(line => line.TrimEnd()).ToArray();
        for (var at = 0; at < lines.Length; at++)
        {
            var place = new ForeignPlace(file, at + 1);
            var line = lines[at];
            if (line.Trim().Length == 0 || line.TrimStart()[0] == '#')
                continue;
            if (Definition().IsMatch(line))
            {
                statements.Add(new BitbakeStatement.Python(place, line.Trim()));
                while (at + 1 < lines.Length && (lines[at + 1].Length == 0 || char.IsWhiteSpace(lines[at + 1][0])))
                    at++;
                continue;
            }

            if (FunctionLine().Match(line) is { Success: true } function)
            {
                var end = Array.FindIndex(lines, at + 1, one => one.TrimEnd() == "}");
                if (end < 0)
                    throw place.Refuse($"The function `{function.Groups["name"].Value.Trim()}` has no `}}` at the start of a line", "Mend the file");
                var (name, overrides) = Split(function.Groups["name"].Value.Trim());
                statements.Add(function.Groups["python"].Success ? new BitbakeStatement.Python(place, $"python {function.Groups["name"].Value.Trim()}()")
                    : new BitbakeStatement.Function(place, name, overrides, Joined(file, lines, at + 1, end)));
                at = end;
                continue;
            }

            while (line.EndsWith('\\') && at + 1 < lines.Length)
                line = line[..^1] + lines[++at];
            statements.Add(Statement(place, line.TrimEnd()) ?? throw place.Refuse($"`{(line.Length > 60 ? line[..60] + " ..." : line)}` is no statement of BitBake", line.Contains('=', StringComparison.Ordinal) ? "Mend the file: a value stands in quotes, with a backslash at the end of each line but the last" : "Mend the file"));
        }

        return statements;
    }

    private static BitbakeStatement? Statement(ForeignPlace place, string line)
    {
        if (Assign().Match(line) is { Success: true } assign)
        {
            var value = assign.Groups["value"].Value;
            if (assign.Groups["flag"].Success)
                return new BitbakeStatement.Flag(place, assign.Groups["name"].Value, assign.Groups["flag"].Value, assign.Groups["operator"].Value, value);
            var (name, overrides) = Split(assign.Groups["name"].Value);
            return new BitbakeStatement.Assignment(place, name, overrides, assign.Groups["operator"].Value, value, assign.Groups["export"].Success);
        }

        if (InheritLine().Match(line) is { Success: true } inherit)
            return new BitbakeStatement.Inherit(place, inherit.Groups[1].Value);
        if (IncludeLine().Match(line) is { Success: true } include)
            return new BitbakeStatement.Include(place, include.Groups[2].Value.Trim(), include.Groups[1].Value == "require");
        return Known().IsMatch(line) ? new BitbakeStatement.Other(place, line.Trim()) : null;
    }

    // A variable is named by what stands before its first colon that is no part of a reference.
    private static (string Name, ImmutableArray<string> Overrides) Split(string name)
    {
        var (parts, depth, start) = (new List<string>(), 0, 0);
        for (var at = 0; at <= name.Length; at++)
        {
            if (at < name.Length && name[at] is '{' or '}')
                depth += name[at] == '{' ? 1 : -1;
            if (at < name.Length && (name[at] != ':' || depth > 0))
                continue;
            parts.Add(name[start..at]);
            start = at + 1;
        }

        return (parts[0], [.. parts.Skip(1)]);
    }

    private static ImmutableArray<(ForeignPlace Place, string Text)> Joined(string file, string[] lines, int from, int to)
    {
        var body = ImmutableArray.CreateBuilder<(ForeignPlace Place, string Text)>();
        for (var at = from; at < to; at++)
            body.Add((new(file, at + 1), lines[at]));
        return body.ToImmutable();
    }

    [GeneratedRegex(@"^def\s+[A-Za-z0-9_]+\s*\(")]
    private static partial Regex Definition();

    [GeneratedRegex(@"^(?<python>python\b)?\s*(fakeroot\s+)?(?<python>python\s+)?(?<name>[A-Za-z0-9_.+{}$:-]*)\s*\(\s*\)\s*\{\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex FunctionLine();

    [GeneratedRegex("^(?<export>export\\s+)?(?<name>[A-Za-z0-9_.+/~${}:@-]+?)(\\[(?<flag>[A-Za-z0-9_.+/@-]+)\\])?\\s*(?<operator>\\?\\?=|\\?=|:=|\\+=|=\\+|\\.=|=\\.|=)\\s*((?<quote>[\"'])(?<value>.*)\\k<quote>)\\s*(#.*)?$", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Assign();

    [GeneratedRegex(@"^inherit(?:_defer)?\s+(.*)$")]
    private static partial Regex InheritLine();

    [GeneratedRegex(@"^(require|include)\s+(.*)$")]
    private static partial Regex IncludeLine();

    [GeneratedRegex(@"^(addtask|deltask|addhandler|EXPORT_FUNCTIONS|unset|export\s+[A-Za-z0-9_]+\s*$|include_all|addpylib|addfragments)\b")]
    private static partial Regex Known();
}
