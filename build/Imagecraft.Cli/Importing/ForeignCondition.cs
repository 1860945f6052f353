// Under which circumstances a part of a foreign recipe counts, as far as `when:` can say it. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing;

/// <summary>What a condition is about.</summary>
public enum ConditionSubject
{
    /// <summary>An option of the recipe.</summary>
    Option,

    /// <summary>The architecture that it is built for.</summary>
    Architecture,
}

/// <summary>One thing that is so, or is not.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Name">Name of the option or architecture.</param>
/// <param name="IsNegated">Whether it must not be so.</param>
public readonly record struct Literal(ConditionSubject Subject, string Name, bool IsNegated)
{
    /// <summary>The contrary.</summary>
    public Literal Contrary() => this with { IsNegated = !IsNegated };
}

/// <summary>A conjunction of clauses, of each of which one literal must hold. All literals of a clause are about one subject, as those of a key of <c>when:</c> are.</summary>
public sealed class ForeignCondition : IEquatable<ForeignCondition>
{
    // Words that YAML takes for something else than a text.
    private static readonly ImmutableHashSet<string> Reserved = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

    private readonly ImmutableArray<ImmutableArray<Literal>> _clauses;

    private ForeignCondition(IEnumerable<ImmutableArray<Literal>> clauses) => _clauses = Simplified([.. clauses.Select(clause => clause.Distinct().Order(Comparer<Literal>.Create(Compare)).ToImmutableArray())]);

    /// <summary>It always counts.</summary>
    public static ForeignCondition Always { get; } = new([]);

    /// <summary>It never counts.</summary>
    public static ForeignCondition Never { get; } = new([[]]);

    /// <summary>One of the literals holds.</summary>
    /// <param name="literals">Of one subject.</param>
    public static ForeignCondition Any(params IEnumerable<Literal> literals) => new([[.. literals]]);

    /// <summary>All literals hold.</summary>
    public static ForeignCondition All(IEnumerable<Literal> literals) => new(literals.Select(literal => ImmutableArray.Create(literal)));

    /// <summary>An option is on.</summary>
    public static ForeignCondition Option(string name) => Any(new Literal(ConditionSubject.Option, name, false));

    /// <summary>It is built for an architecture.</summary>
    public static ForeignCondition Architecture(string name) => Any(new Literal(ConditionSubject.Architecture, name, false));

    /// <summary>Whether it says nothing.</summary>
    public bool IsAlways => _clauses.IsEmpty;

    /// <summary>Whether it cannot hold.</summary>
    public bool IsNever => _clauses is [{ IsEmpty: true }];

    /// <summary>Names of all options in it.</summary>
    public IEnumerable<string> Options => _clauses.SelectMany(clause => clause).Where(literal => literal.Subject == ConditionSubject.Option).Select(literal => literal.Name);

    /// <summary>Both hold.</summary>
    public ForeignCondition And(ForeignCondition other) => IsAlways ? other : other.IsAlways ? this : new(_clauses.Concat(other._clauses));

    /// <summary>The contrary; null: <c>when:</c> has no words for it.</summary>
    public ForeignCondition? Negated() =>
        IsNever ? Always
        : _clauses.Length == 1 ? All(_clauses[0].Select(literal => literal.Contrary()))
        : IsAlways ? Never
        : _clauses.All(clause => clause.Length == 1) && _clauses.DistinctBy(clause => clause[0].Subject).Count() == 1 ? Any(_clauses.Select(clause => clause[0].Contrary()))
        : null;

    /// <summary>The condition where an option is known to be off.</summary>
    public ForeignCondition WithoutOption(string option)
    {
        var (on, off) = (new Literal(ConditionSubject.Option, option, false), new Literal(ConditionSubject.Option, option, true));
        return new(_clauses.Where(clause => !clause.Contains(off)).Select(clause => clause.Remove(on)));
    }

    /// <summary>A text or flow map of YAML that counts under this condition alone.</summary>
    /// <param name="value">The value in flow style.</param>
    /// <param name="otherwise">What stands in its place when it does not hold; null: nothing.</param>
    public string Around(string value, string? otherwise = null)
    {
        // A key is there once in a `when`, so that further clauses of its subject go around it.
        var open = _clauses.ToList();
        while (open.Count > 0)
        {
            var now = open.DistinctBy(clause => clause[0].Subject).ToList();
            open.RemoveAll(now.Contains);
            value = $"{{ value: {value}, when: {{ {string.Join(", ", now.Select(Key))} }}{(otherwise is null ? "" : $", otherwise: {otherwise}")} }}";
        }

        return value;
    }

    /// <summary>Whether one <c>when:</c> says it.</summary>
    public bool IsSimple => _clauses.DistinctBy(clause => clause.Length == 0 ? default : clause[0].Subject).Count() == _clauses.Length;

    /// <inheritdoc/>
    public bool Equals(ForeignCondition? other) => other is not null && _clauses.Length == other._clauses.Length && _clauses.Zip(other._clauses).All(pair => pair.First.SequenceEqual(pair.Second));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ForeignCondition);

    /// <inheritdoc/>
    public override int GetHashCode() => _clauses.Aggregate(0, (hash, clause) => clause.Aggregate(hash, HashCode.Combine));

    /// <inheritdoc/>
    public override string ToString() => IsAlways ? "always" : IsNever ? "never" : string.Join(" and ", _clauses.Select(clause => string.Join(" or ", clause.Select(literal => (literal.IsNegated ? "not " : "") + literal.Name))));

    private static string Key(ImmutableArray<Literal> clause)
    {
        var words = clause.Select(literal => literal.IsNegated ? $"\"!{literal.Name}\"" : Reserved.Contains(literal.Name) || !char.IsAsciiLetter(literal.Name[0]) ? $"\"{literal.Name}\"" : literal.Name).ToList();
        return $"{(clause[0].Subject == ConditionSubject.Option ? "option" : "architecture")}: {(words.Count == 1 ? words[0] : $"[ {string.Join(", ", words)} ]")}";
    }

    private static int Compare(Literal left, Literal right) => (left.Subject, left.IsNegated).CompareTo((right.Subject, right.IsNegated)) is not 0 and var order ? order : string.CompareOrdinal(left.Name, right.Name);

    // What single literals decide is taken out of the others; a clause of which nothing is left can never hold.
    private static ImmutableArray<ImmutableArray<Literal>> Simplified(ImmutableArray<ImmutableArray<Literal>> clauses)
    {
        var all = clauses.ToList();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var unit in all.Where(clause => clause.Length == 1).Select(clause => clause[0]).ToList())
            {
                for (var at = 0; at < all.Count; at++)
                {
                    if (all[at] is [var own] && own == unit)
                        continue;
                    var left = all[at].Contains(unit) ? (ImmutableArray<Literal>?)null : all[at].RemoveAll(literal => literal == unit.Contrary() || Excludes(unit, literal));
                    if (left is { } rest && rest.Length == all[at].Length)
                        continue;
                    changed = true;
                    if (left is null)
                        all.RemoveAt(at--);
                    else
                        all[at] = left.Value;
                }
            }
        }

        all.RemoveAll(clause => clause.Any(literal => clause.Contains(literal.Contrary())));
        return all.Any(clause => clause.IsEmpty) ? [[]] : [.. all.DistinctBy(clause => string.Join('|', clause)).OrderBy(clause => clause[0], Comparer<Literal>.Create(Compare))];
    }

    // It is built for one architecture at a time.
    private static bool Excludes(Literal unit, Literal other) => unit is { Subject: ConditionSubject.Architecture, IsNegated: false } && other is { Subject: ConditionSubject.Architecture, IsNegated: false } && other.Name != unit.Name;
}
