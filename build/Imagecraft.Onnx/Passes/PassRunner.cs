// Applies passes one by one and proves each harmless. Unaware of which passes there are.

using System.Collections.Immutable;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>After each pass the model is run on the samples and compared with the model in its first form that can be run, so that small deviations of many passes do not add up unseen. A pass that changed nothing is believed.</summary>
sealed class PassRunner(ModelOptions options)
{
    const int CarriedProbeFrames = 16, ProbeFrames = 2;
    const long ProbeSeed = 20260101;

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
        var original = Outputs(model, "the model", samples, cancellationToken);
        var (other, meant) = OtherSizes(model, cancellationToken);
        foreach (var pass in verified)
        {
            var before = model.Clone();
            model = pass.Apply(model, options.Name);
            if (ComputesAs(before, model))
                continue;
            var what = $"the model after `{pass.Name}`";
            var deviation = original.Zip(Outputs(model, what, samples, cancellationToken), GoldenMaker.Largest).Max();
            if (other is not null)
                deviation = Math.Max(deviation, GoldenMaker.Largest(meant!, Outputs(UsualSizes.Changed(model, other)!, what, [], cancellationToken)[0]));
            if (!(deviation <= options.Tolerance))
                throw new OnnxException(FormattableString.Invariant($"The pass `{pass.Name}` changes the outputs of `{options.Name}` by {deviation:G3}, allowed is {options.Tolerance:G3}; leave it out in `passes`, or allow more by `tolerance`"));
        }
        return model;
    }

    ImmutableArray<Dictionary<string, FloatTensor>> Outputs(ModelProto model, string what, IReadOnlyList<FloatTensor> samples, CancellationToken cancellationToken)
    {
        var recurrence = new Recurrence(new(model, $"{options.Name} ({what})"), options.Carry, options.Name);
        return [.. (samples.Count > 0 ? samples : [Noise(recurrence.Sequence.Shape)]).Select(frames => recurrence.Run(frames, cancellationToken))];
    }

    /// <summary>A pass that took the usual size of a free axis for its only one is right at that size alone, so the model is run at another too: what it gives there.</summary>
    (Func<long, long>? Change, Dictionary<string, FloatTensor>? Outputs) OtherSizes(ModelProto model, CancellationToken cancellationToken)
    {
        OnnxException? last = null;
        // Many networks only take multiples of what their strides come to.
        foreach (var change in new Func<long, long>[] { size => size + 1, size => size * 2 })
        {
            if (UsualSizes.Changed(model, change) is not { } changed)
                return (null, null);
            try
            {
                return (change, Outputs(changed, "the model with other sizes of its free axes", [], cancellationToken)[0]);
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

    /// <summary>State takes some frames to show what is wrong with it.</summary>
    FloatTensor Noise(long[] shape)
    {
        var frames = FloatTensor.Zeros([options.Carry.Count > 0 ? CarriedProbeFrames : ProbeFrames, .. shape]);
        return frames with { Values = new NoiseGenerator(ProbeSeed).Take(frames.Values.Length, 1) };
    }
}
