// Runs a network before and after passes. Unaware of which passes.

using System.Collections.Immutable;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Tests;

public static class Harmless
{
    const double Tolerance = 1e-5;

    /// <summary>The changed model, which gives the same outputs for noise as the model before.</summary>
    public static ModelProto Apply(ModelProto model, params IModelPass[] passes)
    {
        var before = Run(model);
        var after = passes.Aggregate(model.Clone(), (changed, pass) => pass.Apply(changed, "m"));
        foreach (var (name, output) in Run(after))
            Assert.InRange(output.Deviation(before[name]), 0, Tolerance);
        return after;
    }

    /// <summary>The same with shapes known before and dead nodes removed after.</summary>
    public static ModelProto ApplyInferred(ModelProto model, params IModelPass[] passes)
    {
        using var folder = new TemporaryFolder();
        return Apply(model, [new InferShapes(folder.Root), .. passes, new RemoveDeadNodes()]);
    }

    public static string[] Types(this ModelProto model) => [.. model.Graph.Node.Select(node => node.OpType)];

    static Dictionary<string, FloatTensor> Run(ModelProto model)
    {
        var recurrence = new Recurrence(new(model, "m"), ImmutableSortedDictionary<string, string>.Empty, "m");
        var frames = FloatTensor.Zeros([2, .. recurrence.Sequence.Shape]);
        return recurrence.Run(frames with { Values = new NoiseGenerator(5).Take(frames.Values.Length, 2) }, TestContext.Current.CancellationToken);
    }
}
