// A network that comes with integers of its own training, brought to the form of which ONNX Runtime makes integer kernels. Unaware of recipes and of accuracy.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>
/// Quantization-aware exports of PyTorch, TensorFlow (tf2onnx) and AIMET: QuantizeLinear and DequantizeLinear around what was trained so. Each pass but that of biases is exact; what all of them and ONNX Runtime's fusions make is
/// held, by integer arithmetic, against what the pairs compute in float.
/// </summary>
static class TakenNetwork
{
    /// <summary>Signal to noise in dB below which integers are others than those that the pairs mean: a rounding that tips over leaves 40 and more, a scale along a wrong axis 20 and less.</summary>
    const double LeastDecibels = 25;

    /// <summary>The operators whose weights are what a network is quantized for.</summary>
    static readonly ImmutableArray<string> Weighted = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

    /// <summary>Brings the pairs to the form that is fused.</summary>
    /// <param name="model">A prepared network, which is changed.</param>
    /// <param name="options">Of these the target and the range of weights count.</param>
    /// <param name="file">Names it in messages.</param>
    /// <exception cref="OnnxException">It is a float network.</exception>
    public static ModelProto Normalize(ModelProto model, QuantizationOptions options, string file)
    {
        if (!QuantizedOperators.Any(model))
            throw new OnnxException($"`{file}` has no integers that could be taken: it has no QuantizeLinear, DequantizeLinear or operator on integers; choose the `method` static, dynamic or float16, or export the network with its quantization");
        var isOwn = options.Target == QuantizationTarget.OnnxRuntime;
        IModelPass[] passes =
        [
            new FoldConstants(), new PairConstants(), new DropClamps(), new MovePairs(), new MergePairs(), new PairBiases(),
            .. isOwn ? [new UnsignPairs(weights: options.ReduceRange)] : Array.Empty<IModelPass>(),
        ];
        return passes.Aggregate(model, (changed, pass) => pass.Apply(changed, file));
    }

    /// <summary>How the finished network's outputs differ from those of the network as it was prepared, both computed here.</summary>
    /// <param name="prepared">Pairs in float.</param>
    /// <param name="finished">The same on integers.</param>
    /// <param name="carry">Input name to the output that is fed back into it.</param>
    /// <param name="file">Names it in messages.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    /// <exception cref="OnnxException">They are no roundings of the same.</exception>
    public static double Compare(ModelProto prepared, ModelProto finished, ImmutableSortedDictionary<string, string> carry, string file, CancellationToken cancellationToken)
    {
        var compared = ComparedValues.Of(prepared, finished, carry, file);
        var (left, right) = (new Recurrence(new(compared.Left, file), carry, file), new Recurrence(new(compared.Right, file), carry, file));
        // For inputs of any number and type.
        var frames = GeneratedFrames.Make(prepared, left.Sequences, carry.Count > 0);
        var (meant, computed) = (Floats(left.Run(frames, cancellationToken)), Floats(right.Run(frames, cancellationToken)));
        var worst = compared.Names.Where(meant.ContainsKey).Select(name => (Key: name, Decibels: Decibels(meant[name], computed[name]))).MinBy(output => output.Decibels);
        return worst.Decibels >= LeastDecibels
            ? worst.Decibels
            : throw new OnnxException(FormattableString.Invariant($"On integers `{worst.Key}` of `{file}` is another than what its QuantizeLinear and DequantizeLinear mean: signal to noise is {worst.Decibels:0.0} dB, at least {LeastDecibels} are expected; write `optimize: basic`, which leaves the pairs as they are, or export the network with one scale for each output channel"));
    }

    /// <summary>What has weights and computes in float all the same, with what the source lacks.</summary>
    /// <param name="paired">The network before ONNX Runtime fuses.</param>
    /// <param name="finished">The network after.</param>
    /// <param name="isFused">Whether pairs were fused in it, or are left to somebody's compiler.</param>
    /// <param name="file">Names it in messages.</param>
    public static ImmutableArray<FloatNode> FloatNodes(ModelProto paired, ModelProto finished, bool isFused, string file)
    {
        var (index, after) = (new GraphIndex(paired.Graph, file), new GraphIndex(finished.Graph, file));
        return
        [
            .. from node in index.TopologicalOrder()
               where node.Is([.. Weighted]) && node.Output.Count == 1
               let why = Lack(index, node) ?? (isFused && IsFloat(index, after, node) ? "ONNX Runtime has no kernel of integers for this form" : null)
               where why is not null
               select new FloatNode(QuantizationPlanner.NameOf(node), node.OpType, why),
        ];
    }

    /// <summary>A fused product makes the integers itself, or the floats in another way.</summary>
    static bool IsFloat(GraphIndex index, GraphIndex after, NodeProto node) =>
        index.Consumers(node.Output[0]).Where(PairParameters.IsQuantize).Any(reader => PairParameters.IsQuantize(after.Producer(reader.Output[0])) && after.Producer(node.Output[0]) is not { OpType: "MatMulIntegerToFloat" or "QGemm" })
        || after.Producer(node.Output[0])?.Is([.. Weighted]) == true;

    static string? Lack(GraphIndex index, NodeProto node) =>
        !IsDequantized(index, node.InputAt(0)) ? "the source does not quantize its input"
        : !IsDequantized(index, node.InputAt(1)) ? "the source does not quantize its weights"
        : !node.Is("Conv", "ConvTranspose") ? null
        : index.IsOutput(node.Output[0]) ? "the source gives its output away in float"
        : index.Consumers(node.Output[0]).FirstOrDefault(reader => !PairParameters.IsQuantize(reader)) is { } reader ? $"{reader.Display()} reads its output in float"
        : null;

    static bool IsDequantized(GraphIndex index, string value) => PairParameters.IsDequantize(index.Producer(value));

    static Dictionary<string, FloatTensor> Floats(Dictionary<string, TypedTensor> outputs) => outputs.ToDictionary(output => output.Key, output => output.Value.Floats());

    static double Decibels(FloatTensor signal, FloatTensor other)
    {
        if (!signal.Shape.AsSpan().SequenceEqual(other.Shape))
            return double.NegativeInfinity;
        var (power, noise) = (0.0, 0.0);
        for (var i = 0; i < signal.Values.Length; i++)
        {
            if (signal.Values[i].Equals(other.Values[i]) && !float.IsFinite(signal.Values[i]))
                continue;
            var difference = (double)signal.Values[i] - other.Values[i];
            (power, noise) = (power + ((double)signal.Values[i] * signal.Values[i]), noise + (difference * difference));
        }
        return noise == 0 ? double.PositiveInfinity : double.IsNaN(noise) ? double.NegativeInfinity : 10 * Math.Log10(power / noise);
    }
}
