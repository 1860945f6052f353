// What a network said about frames, beside what is true of them. Unaware of metrics.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>What a network said about a sequence, with what it is compared with.</summary>
/// <param name="Output">The first output, stacked over the frames.</param>
/// <param name="Labels">One a frame, or none.</param>
/// <param name="Reference">The float network's <paramref name="Output"/>.</param>
public sealed record ScoredSequence(FloatTensor Output, ImmutableArray<float> Labels, FloatTensor Reference)
{
    /// <summary>One a frame where the truth is more than a class.</summary>
    public ImmutableArray<FrameLabel> Truths { get; init; } = [];

    /// <summary>How many frames.</summary>
    public int Count => (int)Output.Shape[0];

    /// <summary>The output on one frame.</summary>
    public ReadOnlySpan<float> Of(int frame) => Row(Output, frame);

    /// <summary>The float network's output on one frame.</summary>
    public ReadOnlySpan<float> ReferenceOf(int frame) => Row(Reference, frame);

    /// <summary>Each frame as a sequence of its own.</summary>
    public IEnumerable<ScoredSequence> Frames() => Enumerable.Range(0, Count).Select(Frame);

    /// <summary>One frame as a sequence of its own.</summary>
    public ScoredSequence Frame(int frame) => new(Cut(Output, frame), Labels.IsEmpty ? [] : [Labels[frame]], Cut(Reference, frame)) { Truths = Truths.IsEmpty ? [] : [Truths[frame]] };

    FloatTensor Cut(FloatTensor stack, int frame) => new([1, .. stack.Shape[1..]], Row(stack, frame).ToArray());

    ReadOnlySpan<float> Row(FloatTensor stack, int frame)
    {
        var length = stack.Values.Length / Count;
        return stack.Values.AsSpan(frame * length, length);
    }
}
