// Frames with what is true of them. Unaware of where they come from.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>Frames that a network is stepped over, its state zero before the first.</summary>
/// <param name="Name">File-name part.</param>
/// <param name="Frames">Shape [count, then the input's].</param>
/// <param name="Labels">One a frame, a class index or 0 and 1; none when nothing is known.</param>
public sealed record LabelledSequence(string Name, FloatTensor Frames, ImmutableArray<float> Labels)
{
    /// <summary>How many frames.</summary>
    public int Count => (int)Frames.Shape[0];

    /// <summary>Values of one frame.</summary>
    public int FrameLength => Frames.Values.Length / Count;

    /// <summary>The frames from <paramref name="start"/> on with their labels, at most <paramref name="count"/>.</summary>
    public LabelledSequence Slice(int start, int count)
    {
        var end = Math.Min(start + count, Count);
        return new(Name, new([end - start, .. Frames.Shape[1..]], Frames.Values[(start * FrameLength)..(end * FrameLength)]), Labels.IsEmpty ? [] : Labels[start..end]);
    }
}
