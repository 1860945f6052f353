// Quantizes and runs networks for tests. Unaware of what is tested.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Tests.Quantization;

static class Quantizing
{
    public static readonly ImmutableSortedDictionary<string, string> NoCarry = ImmutableSortedDictionary<string, string>.Empty;

    public static QuantizedModel Quantize(ModelProto model, QuantizationOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return new StaticQuantizer(model, [TestNetwork.Frames(model)], NoCarry, options ?? new(), "net").Quantize([], TestContext.Current.CancellationToken);
    }

    /// <summary>All outputs of frames.</summary>
    public static Dictionary<string, FloatTensor> Run(ModelProto model, FloatTensor frames)
    {
        return new Recurrence(new(model, "net"), NoCarry, "net").Run(frames, TestContext.Current.CancellationToken);
    }

    /// <summary>Signal to noise in dB of the first output, on frames that were not used for calibration unless their seed is 7.</summary>
    public static double Decibels(ModelProto floating, ModelProto quantized, long seed = 8)
    {
        var frames = TestNetwork.Frames(floating, seed: seed);
        var (left, right) = (Run(floating, frames), Run(quantized, frames));
        var name = floating.Graph.Output[0].Name;
        Assert.Equal(left[name].Shape, right[name].Shape);
        var signal = left[name].Values.Sum(value => (double)value * value);
        var noise = left[name].Values.Zip(right[name].Values, (a, b) => ((double)a - b) * (a - b)).Sum();
        return 10 * Math.Log10(signal / noise);
    }

    /// <summary>The operators that ONNX Runtime runs in the end, in order.</summary>
    public static string[] RuntimeKinds(ModelProto model)
    {
        using var folder = new TemporaryFolder();
        return [.. new OptimizeGraph(OptimizationLevel.Extended, folder.Root) { KeepsFloats = true }.Apply(model.Clone(), "net").Graph.Node.Select(node => node.OpType)];
    }

    public static NodeProto Find(ModelProto model, string kind) => model.Graph.Node.First(node => node.OpType == kind);

    public static NodeProto Producer(ModelProto model, string value) => model.Graph.Node.Single(node => node.Output.Contains(value));

    public static TensorProto Constant(ModelProto model, string name) => model.Graph.Initializer.Single(tensor => tensor.Name == name);
}
