// Lets what the float network says stand in for labels. Unaware of metrics.

using Imagecraft.Onnx.Data;

namespace Imagecraft.Onnx.Evaluation.Metrics;

static class Relabel
{
    /// <summary>The sequence with the labels that its reference amounts to.</summary>
    public static ScoredSequence ByReference(ScoredSequence sequence, Reader read)
    {
        var truths = Enumerable.Range(0, sequence.Count).Select(frame => read(sequence.ReferenceOf(frame), sequence.Reference.Shape.AsSpan(1))).ToArray();
        return truths.All(truth => truth is FrameLabel.OneClass)
            ? sequence with { Labels = [.. truths.Select(truth => (float)((FrameLabel.OneClass)truth).Index)], Truths = [] }
            : sequence with { Labels = [], Truths = [.. truths] };
    }
}
