// A text of which parts only count under conditions, and how it falls into words. Pure.

using System.Collections.Immutable;
using System.Text;

namespace Imagecraft.Cli.Importing;

/// <summary>A part of a text.</summary>
/// <param name="Text">What is written.</param>
/// <param name="When">When it counts.</param>
/// <param name="Place">Where it stands.</param>
public sealed record Piece(string Text, ForeignCondition When, ForeignPlace Place);

/// <summary>A word that counts under a condition.</summary>
/// <param name="Text">The word, without the quotes around it.</param>
/// <param name="When">When it counts.</param>
/// <param name="Place">Where it stands.</param>
public sealed record ForeignWord(string Text, ForeignCondition When, ForeignPlace Place);

/// <summary>The value of a variable: all pieces whose conditions hold, one behind the other.</summary>
public sealed class PieceText(ImmutableArray<Piece> pieces)
{
    private static readonly Reason Tangled = new("its words depend on too much at once", "Write the value by hand, with `when:`");

    /// <summary>Nothing.</summary>
    public static PieceText Empty { get; } = new([]);

    /// <summary>The parts.</summary>
    public ImmutableArray<Piece> Pieces { get; } = pieces;

    /// <summary>A text that always counts.</summary>
    public static PieceText Of(string text, ForeignPlace place) => text.Length == 0 ? Empty : new([new(text, ForeignCondition.Always, place)]);

    /// <summary>The text, where all of it always counts; null: parts of it do not.</summary>
    public string? Plain => Pieces.All(piece => piece.When.IsAlways) ? string.Concat(Pieces.Select(piece => piece.Text)).Trim() : null;

    /// <summary>Another text behind this one.</summary>
    public PieceText Then(PieceText other) => new(Pieces.AddRange(other.Pieces));

    /// <summary>This text, and nothing where a condition does not hold.</summary>
    public PieceText Under(ForeignCondition when) => when.IsAlways ? this : new([.. Pieces.Select(piece => piece with { When = piece.When.And(when) }).Where(piece => !piece.When.IsNever)]);

    /// <summary>This text, replaced by another one where a condition holds; null: the contrary of the condition cannot be said.</summary>
    public PieceText? Replaced(PieceText other, ForeignCondition when)
    {
        if (when.IsAlways || Pieces.IsEmpty)
            return other.Under(when);
        // What holds only where the condition does not needs no further word.
        var kept = Pieces.Select(piece => piece.When.And(when).IsNever ? piece : when.Negated() is { } contrary ? piece with { When = piece.When.And(contrary) } : null).ToList();
        return kept.Contains(null) ? null : new([.. kept.OfType<Piece>().Where(piece => !piece.When.IsNever), .. other.Under(when).Pieces]);
    }

    /// <summary>The words, as a shell would see them.</summary>
    /// <param name="words">Words with their conditions.</param>
    /// <param name="problem">Why it does not fall into words.</param>
    public bool TryWords(out ImmutableArray<ForeignWord> words, out Reason? problem)
    {
        var found = ImmutableArray.CreateBuilder<ForeignWord>();
        var splitter = new Splitter();
        foreach (var piece in Pieces)
            splitter.Read(piece);
        splitter.End();
        words = [];
        problem = splitter.Problem;
        if (problem is not null)
            return false;
        foreach (var word in splitter.Words)
            if (!TryVariants(word, found))
            {
                problem = Tangled;
                return false;
            }

        words = found.ToImmutable();
        return true;
    }

    // Each way in which the conditions of its parts can turn out.
    private static bool TryVariants(List<Piece> word, ImmutableArray<ForeignWord>.Builder found)
    {
        const int most = 3;
        var conditions = word.Select(part => part.When).Where(when => !when.IsAlways).Distinct().ToList();
        // One that is the contrary of another is decided with it.
        for (var at = conditions.Count - 1; at > 0; at--)
            if (conditions.Take(at).Any(other => conditions[at].Equals(other.Negated())))
                conditions.RemoveAt(at);
        if (conditions.Count > most)
            return false;
        for (var bits = 0; bits < 1 << conditions.Count; bits++)
        {
            var when = ForeignCondition.Always;
            var holding = new List<ForeignCondition> { ForeignCondition.Always };
            for (var at = 0; at < conditions.Count; at++)
            {
                var isOn = (bits >> (conditions.Count - 1 - at) & 1) == 0;
                if (conditions[at].Negated() is not { } contrary)
                    return false;
                when = when.And(isOn ? conditions[at] : contrary);
                holding.Add(isOn ? conditions[at] : contrary);
            }

            var text = string.Concat(word.Where(part => holding.Contains(part.When)).Select(part => part.Text));
            if (!when.IsNever && (text.Length > 0 || word.Any(part => part.When.IsAlways)))
                found.Add(new(text, when, word[0].Place));
        }

        return true;
    }

    private sealed class Splitter
    {
        private readonly StringBuilder _text = new();
        private List<Piece> _word = [];
        private char _quote;
        private bool _isBegun, _isEscaped;
        private ForeignCondition? _parted;

        public List<List<Piece>> Words { get; } = [];

        public Reason? Problem { get; private set; }

        public void Read(Piece piece)
        {
            foreach (var c in piece.Text)
            {
                if (_isEscaped)
                    (_isEscaped, _isBegun) = (false, Add(c));
                else if (c == '\\' && _quote != '\'')
                    _isEscaped = true;
                else if (_quote != '\0' ? c == _quote : c is '"' or '\'')
                    (_quote, _isBegun) = (_quote == '\0' ? c : '\0', true);
                else if (_quote == '\0' && char.IsWhiteSpace(c))
                    Part(piece);
                else
                    _isBegun = Add(c);
            }

            Take(piece);
        }

        public void End()
        {
            if (_quote != '\0')
                Problem ??= new("a quote is not closed", "Write the value by hand");
            Finish();
        }

        private bool Add(char c)
        {
            _text.Append(c);
            return true;
        }

        private void Take(Piece piece)
        {
            if (_text.Length == 0 && !_isBegun)
                return;
            if (_text.Length > 0 || _word.Count == 0)
            {
                // Where the blank does not count, the words on both sides of it would be one.
                if (_parted is { } blank && !piece.When.Equals(blank))
                    Problem ??= Tangled;
                _word.Add(piece with { Text = _text.ToString() });
            }

            _text.Clear();
        }

        private void Part(Piece piece)
        {
            Take(piece);
            var joins = !piece.When.IsAlways && _word.Exists(part => !part.When.Equals(piece.When));
            Finish();
            _parted = joins ? piece.When : piece.When.IsAlways ? null : _parted;
        }

        private void Finish()
        {
            if (_word.Count > 0)
            {
                Words.Add(_word);
                _parted = null;
            }

            _word = [];
            _isBegun = false;
        }
    }
}
