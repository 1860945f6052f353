// Frames with what is true of them, in memory or read when they are asked for. Unaware of where they come from.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>Writes the frames from <paramref name="first"/> on into memory that is zero before, as many as it holds; may be called by several threads at once.</summary>
public delegate void FrameReader(int first, Span<float> frames);

/// <summary>Frames that a network is stepped over, its state zero before the first.</summary>
public sealed record LabelledSequence
{
    readonly FloatTensor? kept;
    readonly FrameReader? read;
    readonly long[] shape;
    readonly int first;

    /// <summary>A sequence that lies in memory.</summary>
    /// <param name="name">File-name part.</param>
    /// <param name="frames">Shape [count, then the input's].</param>
    /// <param name="labels">One a frame, a class index or 0 and 1; none when nothing is known, or more than classes: <see cref="Truths"/>.</param>
    public LabelledSequence(string name, FloatTensor frames, ImmutableArray<float> labels)
    {
        (Name, kept, Labels, shape, Count) = (name, frames, labels, frames.Shape[1..], (int)frames.Shape[0]);
        FrameLength = frames.Values.Length / Count;
    }

    /// <summary>A sequence of which only what is asked for is in memory.</summary>
    /// <param name="name">File-name part.</param>
    /// <param name="count">How many frames.</param>
    /// <param name="frameShape">The input's shape.</param>
    /// <param name="read">Reads some of them; the same every time.</param>
    /// <param name="labels">One a frame, or none.</param>
    public LabelledSequence(string name, int count, long[] frameShape, FrameReader read, ImmutableArray<float> labels)
        : this(name, 0, count, frameShape, read, labels)
    {
    }

    LabelledSequence(string name, int first, int count, long[] frameShape, FrameReader read, ImmutableArray<float> labels)
    {
        (Name, this.first, Count, shape, this.read, Labels) = (name, first, count, frameShape, read, labels);
        FrameLength = (int)frameShape.Aggregate(1L, (product, size) => checked(product * size));
    }

    /// <summary>File-name part.</summary>
    public string Name { get; }

    /// <summary>One a frame, a class index or 0 and 1; none when nothing is known, or more than classes: <see cref="Truths"/>.</summary>
    public ImmutableArray<float> Labels { get; }

    /// <summary>One a frame where the truth is more than a class; otherwise none.</summary>
    public ImmutableArray<FrameLabel> Truths { get; init; } = [];

    /// <summary>Frames follow each other in time, so that they are no samples of their own: chance draws whole sequences.</summary>
    public bool IsSeries { get; init; }

    /// <summary>How many frames.</summary>
    public int Count { get; }

    /// <summary>Values of one frame.</summary>
    public int FrameLength { get; }

    /// <summary>All frames at once, shape [count, then the input's]; read anew each time when they are not in memory.</summary>
    public FloatTensor Frames
    {
        get
        {
            if (kept is not null)
                return kept;
            var frames = FloatTensor.Zeros([Count, .. shape]);
            read!(first, frames.Values);
            return frames;
        }
    }

    /// <summary>The frames from <paramref name="start"/> on with their labels, at most <paramref name="count"/>; none of them is read yet.</summary>
    public LabelledSequence Slice(int start, int count)
    {
        var end = Math.Min(start + count, Count);
        var labels = Labels.IsEmpty ? [] : Labels[start..end];
        var truths = Truths.IsEmpty ? [] : Truths[start..end];
        return kept is null
            ? new(Name, first + start, end - start, shape, read!, labels) { Truths = truths, IsSeries = IsSeries }
            : new(Name, new([end - start, .. shape], kept.Values[(start * FrameLength)..(end * FrameLength)]), labels) { Truths = truths, IsSeries = IsSeries };
    }

    /// <summary>The same with all frames in memory.</summary>
    public LabelledSequence Kept() => kept is not null ? this : new(Name, Frames, Labels) { Truths = Truths, IsSeries = IsSeries };

    /// <summary>A reader of several frames from one of a single frame.</summary>
    /// <param name="length">Values of a frame.</param>
    /// <param name="one">Reads a frame.</param>
    public static FrameReader Each(int length, FrameReader one) => (first, frames) =>
    {
        for (var i = 0; i < frames.Length / length; i++)
            one(first + i, frames.Slice(i * length, length));
    };

    /// <summary>Parts of at most that many bytes, but at least one frame each, in order.</summary>
    public IEnumerable<LabelledSequence> Parts(long bytes)
    {
        var size = (int)Math.Clamp(bytes / sizeof(float) / Math.Max(1, FrameLength), 1, Count);
        if (size >= Count)
            return [this];
        return Enumerable.Range(0, (Count + size - 1) / size).Select(part => Slice(part * size, size));
    }
}
