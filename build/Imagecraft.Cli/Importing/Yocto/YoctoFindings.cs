// What the readers of a recipe share: its variables, and where they put what they find. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>A recipe while it is read.</summary>
internal sealed class YoctoFindings(string name, ForeignPlace place, string folder, BitbakeScope scope, ForeignFiles files)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its first line.</summary>
    public ForeignPlace Place => place;

    /// <summary>Its folder below the layer.</summary>
    public string Folder => folder;

    /// <summary>Its variables.</summary>
    public BitbakeScope Scope => scope;

    /// <summary>The files of its layer.</summary>
    public ForeignFiles Files => files;

    /// <summary>Its classes.</summary>
    public List<(string Name, ForeignPlace Place)> Classes { get; } = [];

    /// <summary>What was not translated.</summary>
    public List<Untranslated> Rest { get; } = [];

    /// <summary>What nobody misses.</summary>
    public List<Needless> Needless { get; } = [];

    /// <summary>Files beside it that go into the sources, by their paths below the layer.</summary>
    public SortedSet<string> Taken { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it has a class.</summary>
    public bool Inherits(params ReadOnlySpan<string> any)
    {
        foreach (var one in any)
            if (Classes.Exists(own => own.Name == one))
                return true;
        return false;
    }

    /// <summary>One text, or null: it is not set, or (told) it cannot be said.</summary>
    public string? Text(string variable)
    {
        if (!scope.Has(variable))
            return null;
        var value = scope.ValueOf(variable, out var problem);
        if (value?.Plain is { } plain)
            return plain;
        Tell(variable, problem ?? new("it depends on options or architectures", "Write the value by hand"));
        return null;
    }

    /// <summary>Words with conditions; what cannot be said is told piece by piece.</summary>
    public ImmutableArray<ForeignWord> Words(string variable)
    {
        if (!scope.Has(variable))
            return [];
        if (scope.ValueOf(variable, out var problem) is { } whole && whole.TryWords(out var all, out problem))
            return all;
        if (scope.IsThinned(variable))
        {
            Tell(variable, problem!);
            return [];
        }

        var words = ImmutableArray.CreateBuilder<ForeignWord>();
        // A word that cannot be said leaves the others as they are, where it stands alone.
        foreach (var piece in scope.Raw(variable).Pieces)
            foreach (var part in Parts(piece.Text))
                if (scope.Expand(new PieceText([piece with { Text = part, When = ForeignCondition.Always }]), out var why) is { } value && value.TryWords(out var found, out why))
                    words.AddRange(found.Select(word => word with { When = word.When.And(piece.When) }).Where(word => !word.When.IsNever));
                else
                    Rest.Add(new(piece.Place, $"{variable}: {part}", why!));
        return words.ToImmutable();
    }

    /// <summary>Tells that a variable is not translated.</summary>
    public void Tell(string variable, Reason reason) => Rest.Add(new(scope.PlaceOf(variable) ?? place, $"{variable} = \"{scope.Shown(variable)}\"", reason));

    // Words as they are written: a blank within a reference or quotes parts nothing.
    private static IEnumerable<string> Parts(string text)
    {
        var (depth, quote, start) = (0, '\0', 0);
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length)
            {
                if (quote == '\0' && text[at] is '{' or '}')
                    depth += text[at] == '{' ? 1 : -1;
                else if (depth == 0 && text[at] is '"' or '\'')
                    quote = quote == '\0' ? text[at] : quote == text[at] ? '\0' : quote;
            }

            if (at < text.Length && (!char.IsWhiteSpace(text[at]) || depth > 0 || quote != '\0'))
                continue;
            if (at > start)
                yield return text[start..at];
            start = at + 1;
        }
    }
}
