// What a network said on a test set, unit by unit, read only while somebody looks at it. Unaware of metrics and statistics.

using System.Collections;
using Imagecraft.Onnx.Data;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>Units are whole sequences, or their frames. Going through them reads each output once and keeps none; an index reads the output that it lies in.</summary>
/// <param name="sequences">What the network was run on.</param>
/// <param name="outputs">What it said.</param>
/// <param name="references">What the float network said; the same object when that is the network.</param>
/// <param name="areFramesAlone">Frames are the units.</param>
sealed class ScoredUnits(IReadOnlyList<LabelledSequence> sequences, OutputSpool outputs, OutputSpool references, bool areFramesAlone) : IReadOnlyList<ScoredSequence>
{
    public int Count { get; } = areFramesAlone ? sequences.Sum(sequence => sequence.Count) : sequences.Count;

    public ScoredSequence this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            if (!areFramesAlone)
                return Sequence(index);
            var (sequence, frame) = (0, index);
            while (frame >= sequences[sequence].Count)
                frame -= sequences[sequence++].Count;
            return Sequence(sequence).Frame(frame);
        }
    }

    public IEnumerator<ScoredSequence> GetEnumerator()
    {
        var whole = Enumerable.Range(0, sequences.Count).Select(Sequence);
        return (areFramesAlone ? whole.SelectMany(sequence => sequence.Frames()) : whole).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    ScoredSequence Sequence(int index)
    {
        var reference = references[index];
        return new(ReferenceEquals(outputs, references) ? reference : outputs[index], sequences[index].Labels, reference) { Truths = sequences[index].Truths };
    }
}

/// <summary>A list whose items are made of another's each time somebody looks at them.</summary>
sealed class SeenAs<T>(IReadOnlyList<T> items, Func<T, T> see) : IReadOnlyList<T>
{
    public int Count => items.Count;

    public T this[int index] => see(items[index]);

    public IEnumerator<T> GetEnumerator() => items.Select(see).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
