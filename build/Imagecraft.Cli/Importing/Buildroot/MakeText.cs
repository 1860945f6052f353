// A `.mk` file as statements. Unaware of what packages are; nothing is evaluated.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>A statement of make.</summary>
/// <param name="Place">Its first line.</param>
internal abstract record MakeStatement(ForeignPlace Place)
{
    /// <summary>A value for a variable.</summary>
    public sealed record Assignment(ForeignPlace Place, string Name, string Operator, string Value) : MakeStatement(Place);

    /// <summary>A variable of several lines, each with its own place.</summary>
    public sealed record Define(ForeignPlace Place, string Name, ImmutableArray<ForeignLine> Lines) : MakeStatement(Place);

    /// <summary>A package is declared by <c>$(eval $(KIND))</c>.</summary>
    public sealed record Declaration(ForeignPlace Place, string Kind) : MakeStatement(Place);

    /// <summary><c>ifeq</c> (or <c>ifneq</c>, <c>ifdef</c>, <c>ifndef</c>); <c>else</c> before it when it is an alternative.</summary>
    public sealed record If(ForeignPlace Place, string Word, string Arguments, bool IsElse) : MakeStatement(Place);

    /// <summary><c>else</c> alone.</summary>
    public sealed record Else(ForeignPlace Place) : MakeStatement(Place);

    /// <summary><c>endif</c>.</summary>
    public sealed record End(ForeignPlace Place) : MakeStatement(Place);

    /// <summary>Anything else.</summary>
    public sealed record Other(ForeignPlace Place, string Text) : MakeStatement(Place);
}

/// <summary>Takes files of make apart.</summary>
internal static partial class MakeText
{
    /// <summary>The statements of a file.</summary>
    /// <param name="file">Its name, for places.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="CommandLine.ProblemException">It is not whole.</exception>
    public static List<MakeStatement> Parse(string file, string text)
    {
        var statements = new List<MakeStatement>();
        var lines = ForeignLine.Of(file, text);
        var open = new Stack<ForeignPlace>();
        for (var at = 0; at < lines.Count; at++)
        {
            var (place, raw) = lines[at];
            var line = WithoutComment(raw).Trim();
            if (line.Length == 0)
                continue;
            if (DefineLine().Match(line) is { Success: true } define)
            {
                var end = lines.FindIndex(at + 1, one => EndDefine().IsMatch(one.Text));
                if (end < 0)
                    throw place.Refuse($"`define {define.Groups["name"].Value}` has no `endef`", "Mend the file");
                statements.Add(new MakeStatement.Define(place, define.Groups["name"].Value, [.. lines[(at + 1)..end]]));
                at = end;
            }
            else if (Conditional().Match(line) is { Success: true } conditional)
            {
                if (conditional.Groups["else"].Success && open.Count == 0)
                    throw place.Refuse("`else` is in no `ifeq`", "Mend the file");
                if (!conditional.Groups["else"].Success)
                    open.Push(place);
                statements.Add(new MakeStatement.If(place, conditional.Groups["word"].Value, conditional.Groups["rest"].Value.Trim(), conditional.Groups["else"].Success));
            }
            else if (line is "else")
                statements.Add(open.Count > 0 ? new MakeStatement.Else(place) : throw place.Refuse("`else` is in no `ifeq`", "Mend the file"));
            else if (line is "endif")
            {
                if (!open.TryPop(out _))
                    throw place.Refuse("`endif` ends nothing", "Mend the file");
                statements.Add(new MakeStatement.End(place));
            }
            else if (Eval().Match(line) is { Success: true } eval)
                statements.Add(new MakeStatement.Declaration(place, eval.Groups["kind"].Value));
            else if (Assign().Match(line) is { Success: true } assign)
                statements.Add(new MakeStatement.Assignment(place, assign.Groups["name"].Value, assign.Groups["operator"].Value, assign.Groups["value"].Value));
            else
                statements.Add(new MakeStatement.Other(place, line));
        }

        return open.TryPeek(out var unclosed) ? throw unclosed.Refuse("What begins here has no `endif`", "Mend the file") : statements;
    }

    private static string WithoutComment(string line)
    {
        for (var at = 0; at < line.Length; at++)
            if (line[at] == '#' && (at == 0 || line[at - 1] != '\\'))
                return line[..at];
        return line;
    }

    [GeneratedRegex(@"^define\s+(?<name>[A-Za-z0-9_.$()/-]+)\s*=?$")]
    private static partial Regex DefineLine();

    [GeneratedRegex(@"^\s*endef\b")]
    private static partial Regex EndDefine();

    [GeneratedRegex(@"^((?<else>else)\s+)?(?<word>ifeq|ifneq|ifdef|ifndef)\b(?<rest>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Conditional();

    [GeneratedRegex(@"^\$\(eval \$\((?<kind>[a-z0-9-]+)\)\)$")]
    private static partial Regex Eval();

    [GeneratedRegex(@"^(export\s+)?(?<name>[A-Za-z0-9_.-]+)\s*(?<operator>::?=|\+=|\?=|=)\s*(?<value>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Assign();
}
