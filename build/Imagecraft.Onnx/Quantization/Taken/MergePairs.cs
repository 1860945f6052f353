// Removes pairs that say the same twice. Unaware of what computes.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>QuantizeLinear behind DequantizeLinear of the same numbers gives the integers that were there; a value that is quantized twice in the same way needs it once, or ONNX Runtime fuses nothing that makes it. Exact.</summary>
sealed class MergePairs : IModelPass
{
    public string Name => "merge-pairs";

    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.TopologicalOrder().Where(PairParameters.IsQuantize))
        {
            if (PairParameters.Of(index, node) is not { } numbers || index.IsOutput(node.Output[0]))
                continue;
            if (index.Producer(node.Input[0]) is { } source && PairParameters.IsDequantize(source) && PairParameters.Of(index, source)?.IsSame(numbers) == true)
                index.TryBypass(node, source.Input[0]);
            else if (index.Consumers(node.Input[0]).FirstOrDefault(other => !ReferenceEquals(other, node) && PairParameters.IsQuantize(other) && other.Input[0] == node.Input[0] && PairParameters.Of(index, other)?.IsSame(numbers) == true) is { } twin)
                index.TryBypass(node, twin.Output[0]);
        }
        index.Finish();
        return new RemoveDeadNodes().Apply(model, file);
    }
}
