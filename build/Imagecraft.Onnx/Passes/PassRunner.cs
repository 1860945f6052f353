// Applies passes one by one and proves each harmless. Unaware of which passes there are.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>After each pass the model is run on the samples and compared with the model in its first form that can be run, so that small deviations of many passes do not add up unseen. A pass that changed nothing is believed.</summary>
sealed class PassRunner(ModelOptions options)
{
    /// <summary>Passes that give the model its fixed form come first: only from then on it can be run. The others are verified.</summary>
    /// <param name="model">The model, which may be changed in place.</param>
    /// <param name="forming">Passes that are believed.</param>
    /// <param name="verified">Passes that are not.</param>
    /// <param name="samples">Each a stack of frames, as <see cref="Recurrence.Run"/> takes them; where there are none, the model is run on generated noise.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public ModelProto Run(ModelProto model, IReadOnlyList<IModelPass> forming, IReadOnlyList<IModelPass> verified, IReadOnlyList<FloatTensor> samples, CancellationToken cancellationToken)
    {
        foreach (var pass in forming)
            model = pass.Apply(model, options.Name);
        var recurrence = Recurrence(model, "the model");
        options.Tolerance.Check(recurrence.Outputs, options.Name);
        FrameSet[] frames = samples.Count > 0 ? [.. samples.Select(sample => recurrence.Frames("sample", sample))] : [Noise(model, recurrence)];
        var original = Outputs(recurrence, frames, cancellationToken);
        var (other, meant) = OtherSizes(model, cancellationToken);
        foreach (var pass in verified)
        {
            var before = model.Clone();
            model = pass.Apply(model, options.Name);
            if (ComputesAs(before, model))
                continue;
            var what = $"the model after `{pass.Name}`";
            var deviations = original.Zip(Outputs(Recurrence(model, what), frames, cancellationToken), (left, right) => Closeness.Of(left, right, options.Tolerance)).SelectMany(outputs => outputs);
            if (other is not null)
                deviations = deviations.Concat(Closeness.Of(meant!, OfNoise(UsualSizes.Changed(model, other)!, what, cancellationToken), options.Tolerance));
            if (deviations.Where(deviation => !deviation.Passes).MaxBy(deviation => deviation.Largest) is { } far)
                throw new OnnxException(FormattableString.Invariant($"The pass `{pass.Name}` changes the outputs of `{options.Name}` by {far.Largest:G3} (`{far.Output}`), allowed is {far.Bound:G3}; leave it out in `passes`, or allow more by `tolerance`"));
        }
        return model;
    }

    Recurrence Recurrence(ModelProto model, string what) => new(new(model, $"{options.Name} ({what})"), options.Carry, options.Name);

    static ImmutableArray<Dictionary<string, TypedTensor>> Outputs(Recurrence recurrence, FrameSet[] frames, CancellationToken cancellationToken) => [.. frames.Select(set => recurrence.Run(set, cancellationToken))];

    FrameSet Noise(ModelProto model, Recurrence recurrence) => GeneratedFrames.Make(model, recurrence.Sequences, options.Carry.Count > 0);

    Dictionary<string, TypedTensor> OfNoise(ModelProto model, string what, CancellationToken cancellationToken)
    {
        var recurrence = Recurrence(model, what);
        return recurrence.Run(Noise(model, recurrence), cancellationToken);
    }

    /// <summary>A pass that took the usual size of a free axis for its only one is right at that size alone, so the model is run at another too: what it gives there.</summary>
    (Func<long, long>? Change, Dictionary<string, TypedTensor>? Outputs) OtherSizes(ModelProto model, CancellationToken cancellationToken)
    {
        OnnxException? last = null;
        // Many networks only take multiples of what their strides come to.
        foreach (var change in new Func<long, long>[] { size => size + 1, size => size * 2 })
        {
            if (UsualSizes.Changed(model, change) is not { } changed)
                return (null, null);
            try
            {
                return (change, OfNoise(changed, "the model with other sizes of its free axes", cancellationToken));
            }
            catch (OnnxException problem)
            {
                last = problem;
            }
        }
        throw new OnnxException($"The axes of `{options.Name}` that `free-axes` names take no other sizes than those in `shapes`, neither one more nor twice as many: {last!.Message}; take them out of `free-axes`", last);
    }

    /// <summary>Whether nothing but stated shapes differs.</summary>
    static bool ComputesAs(ModelProto before, ModelProto after)
    {
        before.Graph.ValueInfo.Clear();
        before.Graph.ValueInfo.AddRange(after.Graph.ValueInfo);
        return before.Equals(after);
    }
}
