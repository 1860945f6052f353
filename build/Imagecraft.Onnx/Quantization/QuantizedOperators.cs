// Tells networks that compute on integers already. Unaware of how they came to.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Operators of quantized networks, in all forms: pairs (QDQ), QLinear, integers with a scale behind, and ONNX Runtime's own.</summary>
public static class QuantizedOperators
{
    /// <summary>An <see cref="OnnxException"/> that counts them, when a network that is to be quantized has any.</summary>
    /// <param name="model">The network.</param>
    /// <param name="file">Names it in messages.</param>
    public static void Refuse(ModelProto model, string file)
    {
        var counts = model.Graph.AllNodes().Where(node => IsOne(node.OpType)).CountBy(node => node.OpType).OrderBy(count => count.Key, StringComparer.Ordinal).ToList();
        if (counts.Count > 0)
            throw new OnnxException($"`{file}` is quantized already: it has [{string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))}]; leave `quantize` out of its recipe, and it is deployed as it is, or let `source` name the float network");
    }

    // QuantizeLinear, QLinearConv, QGemm, MatMulIntegerToFloat, MatMulNBits, GatherBlockQuantized...
    static bool IsOne(string kind) =>
        kind.Contains("quantiz", StringComparison.OrdinalIgnoreCase) || kind.Contains("Integer", StringComparison.Ordinal) || kind.Contains("NBits", StringComparison.Ordinal)
        || (kind.Length > 1 && kind[0] == 'Q' && char.IsAsciiLetterUpper(kind[1]));
}
