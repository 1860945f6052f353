// Writes hard activations as sums, products and clips. Unaware of quantization's arithmetic.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// HardSigmoid becomes <c>clip(alpha x + beta, 0, 1)</c> and HardSwish <c>x clip(x + 3, 0, 6) / 6</c>: ONNX Runtime has integer kernels for sums and products, not for these.
/// </summary>
/// <param name="keep">Names and kinds of nodes that stay.</param>
sealed class SplitHardActivations(ImmutableSortedSet<string> keep) : IModelPass
{
    /// <inheritdoc/>
    public string Name => "split-hard-activations";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.Nodes.Where(node => node.Is("HardSwish", "HardSigmoid") && !keep.Contains(node.OpType) && !keep.Contains(QuantizationPlanner.NameOf(node))))
        {
            index.Remove(node);
            var (name, input, output) = (QuantizationPlanner.NameOf(node), node.Input[0], node.Output[0]);
            if (node.OpType == "HardSigmoid")
            {
                var scaled = Apply(index, "Mul", name, input, Number(index, node.GetNumber("alpha", 0.2f)));
                Clip(index, name, Apply(index, "Add", name, scaled, Number(index, node.GetNumber("beta", 0.5f))), 1, output);
            }
            else
            {
                var clipped = Clip(index, name, Apply(index, "Add", name, input, Number(index, 3)), 6, index.FreshName(name + ".clip"));
                Apply(index, "Mul", name, Apply(index, "Mul", name, input, clipped), Number(index, 1 / 6f), output);
            }
        }
        index.Finish();
        return model;
    }

    static string Apply(GraphIndex index, string kind, string name, string left, string right, string? output = null)
    {
        output ??= index.FreshName($"{name}.{kind.ToLowerInvariant()}");
        index.Add(new NodeProto { OpType = kind, Name = index.FreshName($"{name}.{kind}"), Input = { left, right }, Output = { output } });
        return output;
    }

    static string Clip(GraphIndex index, string name, string value, float largest, string output)
    {
        index.Add(new NodeProto { OpType = "Clip", Name = index.FreshName(name + ".Clip"), Input = { value, Number(index, 0), Number(index, largest) }, Output = { output } });
        return output;
    }

    static string Number(GraphIndex index, float value) => index.Add(TensorData.Make<float>(index.FreshName("number"), [value]));
}
