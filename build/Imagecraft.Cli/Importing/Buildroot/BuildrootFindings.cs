// What the readers of a package share: its variables, and where they put what they find. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>A package while it is read.</summary>
internal sealed class BuildrootFindings(BuildrootName name, ForeignPlace place, MakeScope scope, ForeignFiles files)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Its name.</summary>
    public BuildrootName Name => name;

    /// <summary>Where it is declared.</summary>
    public ForeignPlace Place => place;

    /// <summary>Its variables.</summary>
    public MakeScope Scope => scope;

    /// <summary>The files beside it.</summary>
    public ForeignFiles Files => files;

    /// <summary>What was not translated.</summary>
    public List<Untranslated> Rest { get; } = [.. scope.Rest];

    /// <summary>What nobody misses.</summary>
    public List<Needless> Needless { get; } = [];

    /// <summary>Files beside it that go into the sources.</summary>
    public SortedSet<string> Taken { get; } = new(StringComparer.Ordinal);

    /// <summary>The package is for the build host alone, whose variables have a prefix of their own.</summary>
    public bool IsHost { get; init; }

    /// <summary>Suffixes of variables that were asked for.</summary>
    public IReadOnlySet<string> Asked => _taken;

    /// <summary>The full name of a variable: that of the build host's variant where it counts and is set.</summary>
    public string Full(string suffix)
    {
        _taken.Add(suffix);
        return IsHost && (scope.Has($"HOST_{name.Prefix}_{suffix}") || scope.Defines.ContainsKey($"HOST_{name.Prefix}_{suffix}")) ? $"HOST_{name.Prefix}_{suffix}" : $"{name.Prefix}_{suffix}";
    }

    /// <summary>Where a variable was set first.</summary>
    public ForeignPlace PlaceOf(string suffix) => scope.Places.GetValueOrDefault(Full(suffix), place);

    /// <summary>One text, or null: it is not set, or (told) it cannot be said.</summary>
    public string? Text(string suffix)
    {
        if (!scope.Has(Full(suffix)))
            return null;
        var value = scope.Value(Full(suffix), out var problem);
        if (value?.Plain is { } plain)
            return plain;
        Tell(suffix, problem ?? new("it depends on options", "Write the value by hand"));
        return null;
    }

    /// <summary>Words with conditions; what cannot be said is told piece by piece.</summary>
    public ImmutableArray<ForeignWord> Words(string suffix)
    {
        var words = ImmutableArray.CreateBuilder<ForeignWord>();
        // Values added on lines of their own fail alone.
        foreach (var piece in scope.Raw(Full(suffix)).Pieces.Where(piece => !string.IsNullOrWhiteSpace(piece.Text)))
        {
            if (scope.Expand(new PieceText([piece with { When = ForeignCondition.Always }]), out var problem) is { } value && value.TryWords(out var found, out problem))
                words.AddRange(found.Select(word => word with { When = word.When.And(piece.When) }).Where(word => !word.When.IsNever));
            else
                Rest.Add(new(piece.Place, $"{Full(suffix)} = {piece.Text}", problem!));
        }

        return words.ToImmutable();
    }

    /// <summary>Tells that a variable is not translated.</summary>
    public void Tell(string suffix, Reason reason) =>
        Rest.Add(new(PlaceOf(suffix), $"{Full(suffix)} = {string.Concat(scope.Raw(Full(suffix)).Pieces.Select(piece => piece.Text))}".Trim(), reason));
}
