// Frames with what is true of them. Unaware of where they come from.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>Frames that a network is stepped over, its state zero before the first.</summary>
/// <param name="Name">File-name part.</param>
/// <param name="Frames">Shape [count, then the input's].</param>
/// <param name="Labels">One a frame, a class index or 0 and 1; none when nothing is known, or more than classes: <see cref="Truths"/>.</param>
public sealed record LabelledSequence(string Name, FloatTensor Frames, ImmutableArray<float> Labels)
{
    /// <summary>One a frame where the truth is more than a class; otherwise none.</summary>
    public ImmutableArray<FrameLabel> Truths { get; init; } = [];

    /// <summary>Frames follow each other in time, so that they are no samples of their own: chance draws whole sequences.</summary>
    public bool IsSeries { get; init; }

    /// <summary>How many frames.</summary>
    public int Count => (int)Frames.Shape[0];

    /// <summary>Values of one frame.</summary>
    public int FrameLength => Frames.Values.Length / Count;

    /// <summary>The frames from <paramref name="start"/> on with their labels, at most <paramref name="count"/>.</summary>
    public LabelledSequence Slice(int start, int count)
    {
        var end = Math.Min(start + count, Count);
        return this with
        {
            Frames = new([end - start, .. Frames.Shape[1..]], Frames.Values[(start * FrameLength)..(end * FrameLength)]),
            Labels = Labels.IsEmpty ? [] : Labels[start..end],
            Truths = Truths.IsEmpty ? [] : Truths[start..end],
        };
    }
}
