// Error rates of what is read or heard. Unaware of networks.
// Sources: V. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966; for reading: A. Graves and others, "Connectionist temporal classification", 2006.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation.Metrics;

/// <summary>Reads an output of [steps, classes]: the likeliest class of each step, of equal ones in a row the first, without blanks.</summary>
sealed record CtcReader(ImmutableArray<string> Alphabet, int Blank)
{
    public string Read(ReadOnlySpan<float> output)
    {
        if (Alphabet.IsEmpty || output.Length % Alphabet.Length != 0)
            throw new OnnxException($"`cer` and `wer` need a value a class at each step, but the first output has {output.Length} values for {Alphabet.Length} `labels`; give the text of each class, the blank among them, in `labels`");
        var (text, before) = (new StringBuilder(), Blank);
        for (var step = 0; step < output.Length; step += Alphabet.Length)
        {
            var now = ((FrameLabel.OneClass)TopClasses.Read(output.Slice(step, Alphabet.Length))).Index;
            if (now != before && now != Blank)
                text.Append(Alphabet[now]);
            before = now;
        }
        return text.ToString();
    }
}

static class EditRates
{
    /// <summary>Characters to insert, delete or replace, divided by those of the truth.</summary>
    public static WeightedFigure Characters(IReadOnlyList<ScoredSequence> sequences, CtcReader reader) => Rate(sequences, reader, text => [.. text.EnumerateRunes().Select(rune => rune.ToString())]);

    /// <summary>The same of words, which white space divides.</summary>
    public static WeightedFigure Words(IReadOnlyList<ScoredSequence> sequences, CtcReader reader) => Rate(sequences, reader, text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Least number of insertions, deletions and replacements between two sequences.</summary>
    public static int Distance(string[] one, string[] other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var (diagonal, left) = (row[0], i);
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var best = Math.Min(diagonal + (one[i - 1] == other[j - 1] ? 0 : 1), Math.Min(row[j], left) + 1);
                (diagonal, row[j], left) = (row[j], best, best);
            }
        }
        return row[^1];
    }

    static WeightedFigure Rate(IReadOnlyList<ScoredSequence> sequences, CtcReader reader, Func<string, string[]> split) => Tallies.Figure(sequences.Select(sequence =>
    {
        var sums = new double[2];
        for (var frame = 0; frame < sequence.Count; frame++)
        {
            var truth = split(sequence.Truths.Length > frame && sequence.Truths[frame] is FrameLabel.Words words ? words.Text : throw new OnnxException("`cer` and `wer` need words as labels"));
            sums[0] += Distance(split(reader.Read(sequence.Of(frame))), truth);
            sums[1] += truth.Length;
        }
        return sums;
    }), sums => sums[1] == 0 ? double.NaN : sums[0] / sums[1]);
}
