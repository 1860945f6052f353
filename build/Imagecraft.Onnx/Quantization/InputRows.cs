// What a product or convolution multiplies its weights with. Unaware of integers.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Operators;
using Imagecraft.Onnx.Reference;
using Imagecraft.Onnx.Reference.Kernels;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Rows of inputs: of a convolution the elements of a window, channel by channel, of a matrix product the last dimension.</summary>
sealed class InputRows
{
    /// <summary>Rows that are taken of one frame and group; neighbouring windows tell much the same.</summary>
    const int MostRows = 64;

    readonly NodeProto node;
    readonly int[] kernel;
    readonly WeightLayout layout;

    InputRows(NodeProto node, int[] kernel, WeightLayout layout) => (this.node, this.kernel, this.layout) = (node, kernel, layout);

    /// <summary>The rows of a node; null when it is none whose outputs each have a row of inputs.</summary>
    /// <param name="node">The node.</param>
    /// <param name="weights">Shape of its weights.</param>
    public static InputRows? Of(NodeProto node, IReadOnlyList<long> weights) => node.OpType switch
    {
        "Conv" => new(node, [.. weights.Skip(2).Select(size => (int)size)], WeightLayout.OfConvolution(node, weights)),
        "MatMul" or "Gemm" when weights.Count == 2 => new(node, [], WeightLayout.OfProduct(node, weights)),
        _ => null,
    };

    /// <summary>Outputs that read different inputs.</summary>
    public int Groups => layout.Groups;

    /// <summary>Outputs of a group.</summary>
    public int Outputs => layout.Outputs / layout.Groups;

    /// <summary>Inputs of a row.</summary>
    public int Size => layout.Inputs / layout.Groups * layout.Taps;

    /// <summary>Position among the weights of that which multiplies an input of the row.</summary>
    /// <param name="output">Channel of the output.</param>
    /// <param name="input">Position in the row.</param>
    public int Weight(int output, int input) => layout.OutputsFirst ? (output * Size) + input : (input * layout.Outputs) + output;

    /// <summary>Adds rows of a value, spread evenly over it.</summary>
    /// <param name="groups">One for each group.</param>
    /// <param name="shape">Shape of the value.</param>
    /// <param name="values">Its numbers.</param>
    public void AddTo(InputProducts[] groups, long[] shape, ReadOnlySpan<float> values)
    {
        if (kernel.Length == 0)
        {
            foreach (var at in Spread(values.Length / Size))
                groups[0].Add(values.Slice(at * Size, Size));
            return;
        }
        var call = new Call(node, 0, [], new([]), (_, _) => []);
        var window = Window.Of(call, [.. shape.Skip(2).Select(size => (int)size)], kernel);
        var (plane, channels) = (Tensor.Product(window.Input), layout.Inputs / layout.Groups);
        var (row, inside) = (new float[Size], new List<(int Input, int Kernel)>());
        for (var batch = 0; batch < shape[0]; batch++)
            foreach (var at in Spread(Tensor.Product(window.Output)))
            {
                window.At(at, inside);
                for (var group = 0; group < layout.Groups; group++)
                {
                    var source = values[(((batch * layout.Groups) + group) * channels * plane)..];
                    Array.Clear(row);
                    for (var channel = 0; channel < channels; channel++)
                        foreach (var (from, to) in inside)
                            row[(channel * layout.Taps) + to] = source[(channel * plane) + from];
                    groups[group].Add(row);
                }
            }
    }

    static IEnumerable<int> Spread(int count)
    {
        var taken = Math.Min(count, MostRows);
        return Enumerable.Range(0, taken).Select(i => (int)(((2L * i) + 1) * count / (2 * taken)));
    }
}
