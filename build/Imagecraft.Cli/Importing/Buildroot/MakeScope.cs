// Variables of a `.mk` file with their conditions, and what their values say. Pure; make itself is never run.

using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>A variable of several lines, and when it is there.</summary>
internal sealed record ConditionalDefine(MakeStatement.Define Define, ForeignCondition When);

/// <summary>Reads statements, keeps variables and expands them.</summary>
internal sealed partial class MakeScope
{
    private readonly Dictionary<string, PieceText> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ForeignPlace> _places = new(StringComparer.Ordinal);
    private readonly MakeConditions _conditions;
    private readonly SortedSet<string> _given = new(StringComparer.Ordinal);
    private readonly ImmutableDictionary<string, string> _fixed;
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    /// <param name="statements">Its statements.</param>
    /// <param name="own">The configuration symbol of the package.</param>
    /// <param name="fixedValues">Variables that the package infrastructure sets, in the words of recipes.</param>
    public MakeScope(IEnumerable<MakeStatement> statements, string own, ImmutableDictionary<string, string> fixedValues)
    {
        _conditions = new(own, _given);
        _fixed = fixedValues;
        Read(statements);
    }

    /// <summary>Which packages are declared.</summary>
    public List<MakeStatement.Declaration> Declarations { get; } = [];

    /// <summary>Variables of several lines by name.</summary>
    public Dictionary<string, List<ConditionalDefine>> Defines { get; } = new(StringComparer.Ordinal);

    /// <summary>What could not be read.</summary>
    public List<Untranslated> Rest { get; } = [];

    /// <summary>Symbols that were decided by what is always so here.</summary>
    public IEnumerable<string> Given => _given;

    /// <summary>Names of variables that somebody asked for.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    /// <summary>All variables with the places where they were set first.</summary>
    public IReadOnlyDictionary<string, ForeignPlace> Places => _places;

    /// <summary>Whether a variable was set.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>A variable as it is written, unexpanded; empty when it is not set.</summary>
    public PieceText Raw(string name)
    {
        Used.Add(name);
        return _values.GetValueOrDefault(name, PieceText.Empty);
    }

    /// <summary>A variable's value; empty when it is not set; null: it cannot be said here.</summary>
    public PieceText? Value(string name, out Reason? problem)
    {
        Used.Add(name);
        problem = null;
        if (!_values.TryGetValue(name, out var raw))
            return PieceText.Empty;
        if (!_open.Add(name))
        {
            problem = new($"`{name}` is made of itself", "Write the value by hand");
            return null;
        }

        try
        {
            return Expand(raw, out problem);
        }
        finally
        {
            _open.Remove(name);
        }
    }

    /// <summary>The value of all pieces.</summary>
    public PieceText? Expand(PieceText raw, out Reason? problem)
    {
        var all = PieceText.Empty;
        problem = null;
        foreach (var piece in raw.Pieces)
        {
            if (Expand(piece.Text, piece.Place, out problem) is not { } expanded)
                return null;
            all = all.Then(expanded.Under(piece.When));
        }

        return all;
    }

    /// <summary>What a text of make says, with <c>${NAME}</c> for variables of recipes and <c>$$</c> for a dollar sign; null: it cannot be said here.</summary>
    public PieceText? Expand(string text, ForeignPlace place, out Reason? problem)
    {
        var all = PieceText.Empty;
        var plain = new StringBuilder();
        problem = null;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                plain.Append(text[at]);
                continue;
            }

            if (text[at + 1] == '$')
            {
                problem = new("a variable of the shell stands in it", "Write the value by hand");
                return null;
            }

            if (Reference(text, at) is not { } reference)
            {
                problem = new($"`{text[at..Math.Min(text.Length, at + 2)]}` is known to rules of make only", "Write the value by hand");
                return null;
            }

            all = all.Then(PieceText.Of(plain.ToString(), place));
            plain.Clear();
            if (Reference(reference.Inner, place, out problem) is not { } value)
                return null;
            all = all.Then(value);
            at = reference.End - 1;
        }

        return all.Then(PieceText.Of(plain.ToString(), place));
    }

    /// <summary>What stands in the parentheses of a reference, and where it ends; null: it is none.</summary>
    public static (string Inner, int End)? Reference(string text, int at)
    {
        if (at + 1 >= text.Length || text[at + 1] is not ('(' or '{'))
            return null;
        var (open, close, depth) = (text[at + 1], text[at + 1] == '(' ? ')' : '}', 0);
        for (var end = at + 1; end < text.Length; end++)
        {
            depth += text[end] == open ? 1 : text[end] == close ? -1 : 0;
            if (depth == 0)
                return (text[(at + 2)..end], end + 1);
        }

        return null;
    }

    private PieceText? Reference(string inner, ForeignPlace place, out Reason? problem)
    {
        problem = null;
        if (_fixed.TryGetValue(inner, out var known))
            return PieceText.Of(known, place);
        if (Has(inner))
            return Value(inner, out problem);
        if (Function().Match(inner) is { Success: true } function)
            return Call(function.Groups["name"].Value, Arguments(function.Groups["rest"].Value), inner, place, out problem);
        Used.Add(inner);
        problem = inner.StartsWith("BR2_", StringComparison.Ordinal) ? new($"nothing here says what `{inner}` is", "Write the value by hand") : new($"`{inner}` is set by other files of Buildroot", "Write the value by hand");
        return null;
    }

    private PieceText? Call(string name, List<string> arguments, string whole, ForeignPlace place, out Reason? problem)
    {
        if (name == "if" && arguments.Count is 2 or 3)
        {
            var when = _conditions.NotEmpty(arguments[0].Trim(), out problem);
            if (when is null && Expand(arguments[0].Trim(), place, out _)?.Plain is { } constant)
                when = constant.Length > 0 ? ForeignCondition.Always : ForeignCondition.Never;
            if (when?.Negated() is not { } contrary)
                return null;
            return Expand(arguments[1].TrimStart(), place, out problem) is { } yes && (arguments.Count == 2 ? PieceText.Empty : Expand(arguments[2], place, out problem)) is { } no ? yes.Under(when).Then(no.Under(contrary)) : null;
        }

        var values = new List<string>();
        foreach (var argument in arguments)
        {
            if (Expand(argument, place, out problem)?.Plain is not { } value)
            {
                problem ??= new($"`$({whole})` depends on options", "Write the value by hand");
                return null;
            }

            values.Add(value);
        }

        problem = null;
        if (MakeFunctions.Call(name, values) is { } result)
            return PieceText.Of(result, place);
        problem = new($"`$({name} ...)` is no function that is translated", "Write the value by hand");
        return null;
    }

    private static List<string> Arguments(string text)
    {
        var (arguments, depth, start) = (new List<string>(), 0, 0);
        for (var at = 0; at < text.Length; at++)
        {
            depth += text[at] switch { '(' or '{' => 1, ')' or '}' => -1, _ => 0 };
            if (text[at] != ',' || depth > 0)
                continue;
            arguments.Add(text[start..at]);
            start = at + 1;
        }

        arguments.Add(text[start..]);
        return arguments;
    }

    private void Read(IEnumerable<MakeStatement> statements)
    {
        var branches = new Stack<Branch>();
        foreach (var statement in statements)
        {
            var (when, doubt) = branches.Aggregate(((ForeignCondition?)ForeignCondition.Always, (Reason?)null), (all, branch) => (branch.When is null ? null : all.Item1?.And(branch.When), all.Item2 ?? branch.Doubt));
            switch (statement)
            {
                case MakeStatement.If { IsElse: false } begin:
                    var condition = _conditions.Of(begin.Word, begin.Arguments, out var why);
                    branches.Push(new(condition, condition?.Negated(), condition?.Negated() is null ? why ?? new("the contrary of its condition has no words here", "Decide it by hand") : null));
                    break;
                case MakeStatement.If alternative:
                    branches.Push(branches.Pop().ElseIf(_conditions.Of(alternative.Word, alternative.Arguments, out var doubtful), doubtful));
                    break;
                case MakeStatement.Else:
                    branches.Push(branches.Pop().Else());
                    break;
                case MakeStatement.End:
                    branches.Pop();
                    break;
                case MakeStatement.Declaration declaration:
                    Declarations.Add(declaration);
                    break;
                case MakeStatement.Assignment assignment when when is null:
                    Used.Add(assignment.Name);
                    Rest.Add(new(assignment.Place, $"{assignment.Name} {assignment.Operator} {assignment.Value}", doubt!));
                    break;
                case MakeStatement.Assignment assignment when !when.IsNever:
                    Assign(assignment, when);
                    break;
                case MakeStatement.Define define when when is null:
                    Rest.Add(new(define.Place, $"define {define.Name}", doubt!));
                    break;
                case MakeStatement.Define define when !when.IsNever:
                    if (!Defines.TryGetValue(define.Name, out var defines))
                        Defines[define.Name] = defines = [];
                    defines.Add(new(define, when));
                    break;
                case MakeStatement.Other other when when is not { IsNever: true }:
                    Rest.Add(new(other.Place, other.Text, new("rules, includes and calls of make are not translated", "See what it does, and write that by hand if it is needed")));
                    break;
            }
        }
    }

    private void Assign(MakeStatement.Assignment assignment, ForeignCondition when)
    {
        var (name, place) = (assignment.Name, assignment.Place);
        _places.TryAdd(name, place);
        var present = _values.GetValueOrDefault(name, PieceText.Empty);
        var value = PieceText.Of(assignment.Value, place);
        switch (assignment.Operator)
        {
            case "+=":
                _values[name] = present.Then(PieceText.Of(" ", place)).Then(value.Under(when));
                break;
            case "?=" when _values.ContainsKey(name):
                break;
            default:
                // What make expands at once may name the variable itself.
                if (assignment.Operator is ":=" or "::=" && Expand(assignment.Value, place, out _) is { } expanded)
                    value = expanded;
                if (present.Replaced(value, when) is { } replaced)
                    _values[name] = replaced;
                else
                    Rest.Add(new(place, $"{name} {assignment.Operator} {assignment.Value}", new("it replaces another value under a condition whose contrary has no words here", "Decide it by hand")));
                break;
        }
    }

    // What holds in a branch, and what must hold for the branches behind it. Null: unknown.
    private sealed record Branch(ForeignCondition? When, ForeignCondition? Otherwise, Reason? Doubt)
    {
        public Branch Else() => new(Otherwise, ForeignCondition.Never, Doubt);

        public Branch ElseIf(ForeignCondition? condition, Reason? doubt) =>
            new(condition is null ? null : Otherwise?.And(condition), condition?.Negated() is { } contrary ? Otherwise?.And(contrary) : null, Doubt ?? doubt ?? (condition?.Negated() is null ? new Reason("the contrary of its condition has no words here", "Decide it by hand") : null));
    }

    [GeneratedRegex(@"^(?<name>[a-z-]+)\s+(?<rest>.*)$")]
    private static partial Regex Function();
}
