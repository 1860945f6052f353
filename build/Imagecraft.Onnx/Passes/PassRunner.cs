// Applies passes one by one and proves each harmless. Unaware of which passes there are.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>After each pass the model is run on generated frames and compared with the model before the pass.</summary>
sealed class PassRunner(ModelOptions options, string scratch)
{
    const int ProbeFrames = 16;
    const long ProbeSeed = 20260101;

    /// <summary>Passes that give the model its fixed form come first: only from then on it can be run. The others are verified.</summary>
    public ModelProto Run(ModelProto model, IReadOnlyList<IModelPass> forming, IReadOnlyList<IModelPass> verified, CancellationToken cancellationToken)
    {
        foreach (var pass in forming)
            model = pass.Apply(model, options.Name);
        var before = Outputs(model, "the model", cancellationToken);
        foreach (var pass in verified)
        {
            model = pass.Apply(model, options.Name);
            var after = Outputs(model, $"the model after `{pass.Name}`", cancellationToken);
            var deviation = GoldenMaker.Largest(before, after);
            if (!(deviation <= options.Tolerance))
                throw new OnnxException(FormattableString.Invariant($"The pass `{pass.Name}` changes the outputs of `{options.Name}` by {deviation:G3}, allowed is {options.Tolerance:G3}"));
            before = after;
        }
        return model;
    }

    Dictionary<string, FloatTensor> Outputs(ModelProto model, string what, CancellationToken cancellationToken)
    {
        var path = Path.Combine(scratch, "probe.onnx");
        OnnxFile.Write(model, path);
        using var session = ReferenceSession.Load(path, $"{options.Name} ({what})");
        var recurrence = new Recurrence(session, options.Carry, options.Name);
        var shape = recurrence.Sequence.Shape;
        var frames = FloatTensor.Zeros([ProbeFrames, .. shape]);
        frames = frames with { Values = new NoiseGenerator(ProbeSeed).Take(frames.Values.Length, 1) };
        var outputs = recurrence.Run(frames, cancellationToken);
        File.Delete(path);
        return outputs;
    }
}
