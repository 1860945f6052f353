// Tells networks that compute on integers already. Unaware of how they came to.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Operators of quantized networks, in all forms: pairs (QDQ), QLinear, integers with a scale behind, and ONNX Runtime's own.</summary>
public static class QuantizedOperators
{
    /// <summary>Whether it has any.</summary>
    public static bool Any(ModelProto model) => model.Graph.AllNodes().Any(node => IsOne(node.OpType));

    /// <summary>How many of each there are, in words; empty when there are none.</summary>
    public static string Counts(ModelProto model) =>
        string.Join(", ", model.Graph.AllNodes().Where(node => IsOne(node.OpType)).CountBy(node => node.OpType).OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value} {count.Key}"));

    /// <summary>An <see cref="OnnxException"/> that counts them, when a network that is to be quantized has any.</summary>
    /// <param name="model">The network.</param>
    /// <param name="file">Names it in messages.</param>
    public static void Refuse(ModelProto model, string file)
    {
        if (Any(model))
            throw new OnnxException($"`{file}` is quantized already: it has [{Counts(model)}]; write `quantize: {{ method: taken }}`, and its integers are deployed, or let `source` name the float network");
    }

    // QuantizeLinear, QLinearConv, QGemm, MatMulIntegerToFloat, MatMulNBits, GatherBlockQuantized...
    static bool IsOne(string kind) =>
        kind.Contains("quantiz", StringComparison.OrdinalIgnoreCase) || kind.Contains("Integer", StringComparison.Ordinal) || kind.Contains("NBits", StringComparison.Ordinal)
        || (kind.Length > 1 && kind[0] == 'Q' && char.IsAsciiLetterUpper(kind[1]));
}
