// Holds the labels of a test set against what a network tells. Unaware of figures.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>A label that no output can ever match would count as wrong silently, and one too many would move all others.</summary>
static class LabelChecks
{
    /// <summary>The metrics that compare the place of the largest value of a frame with a class.</summary>
    static readonly ImmutableArray<string> OfClasses = ["top-1", "top-5"];

    /// <summary>An <see cref="OnnxException"/> that names sequence, frame, label and classes.</summary>
    /// <param name="metric">What is measured.</param>
    /// <param name="sequences">Frames with labels, or without.</param>
    /// <param name="outputs">The judged output of each, stacked over its frames.</param>
    /// <param name="dataset">Names the test set in messages.</param>
    public static void Check(string metric, IReadOnlyList<LabelledSequence> sequences, IReadOnlyList<FloatTensor> outputs, string dataset)
    {
        foreach (var (sequence, output) in sequences.Zip(outputs))
        {
            var labels = sequence.Labels;
            if (labels.IsEmpty)
                continue;
            if (labels.Length != sequence.Count)
                throw new OnnxException($"`{sequence.Name}` of the dataset `{dataset}` has {sequence.Count} frames, but {labels.Length} labels; give each frame one");
            if (!OfClasses.Contains(metric))
                continue;
            var classes = output.Values.Length / sequence.Count;
            for (var frame = 0; frame < labels.Length; frame++)
                if (!(labels[frame] >= 0 && labels[frame] < classes && float.IsInteger(labels[frame])))
                    throw new OnnxException($"Frame {frame} of `{sequence.Name}` of the dataset `{dataset}` has the label {labels[frame]}, but the network tells the classes 0 to {classes - 1}; correct the labels, or the output that is judged");
        }
    }
}
