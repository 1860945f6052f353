// Applies passes one by one and proves each harmless. Unaware of which passes there are.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
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
        FrameSet[] frames = samples.Count > 0 ? [.. samples.Select(sample => recurrence.Frames("sample", sample))] : [GeneratedFrames.Make(model, recurrence.Sequences, options.Carry.Count > 0)];
        var original = Outputs(recurrence, frames, cancellationToken);
        foreach (var pass in verified)
        {
            var before = model.Clone();
            model = pass.Apply(model, options.Name);
            if (ComputesAs(before, model))
                continue;
            var changed = Outputs(Recurrence(model, $"the model after `{pass.Name}`"), frames, cancellationToken);
            if (original.Zip(changed, (left, right) => Closeness.Of(left, right, options.Tolerance)).SelectMany(deviations => deviations).Where(deviation => !deviation.Passes).MaxBy(deviation => deviation.Largest) is { } far)
                throw new OnnxException(FormattableString.Invariant($"The pass `{pass.Name}` changes the outputs of `{options.Name}` by {far.Largest:G3} (`{far.Output}`), allowed is {far.Bound:G3}; leave it out in `passes`, or allow more by `tolerance`"));
        }
        return model;
    }

    Recurrence Recurrence(ModelProto model, string what) => new(new(model, $"{options.Name} ({what})"), options.Carry, options.Name);

    static ImmutableArray<Dictionary<string, TypedTensor>> Outputs(Recurrence recurrence, FrameSet[] frames, CancellationToken cancellationToken) => [.. frames.Select(set => recurrence.Run(set, cancellationToken))];

    /// <summary>Whether nothing but stated shapes differs.</summary>
    static bool ComputesAs(ModelProto before, ModelProto after)
    {
        before.Graph.ValueInfo.Clear();
        before.Graph.ValueInfo.AddRange(after.Graph.ValueInfo);
        return before.Equals(after);
    }
}
