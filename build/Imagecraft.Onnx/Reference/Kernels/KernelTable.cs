// Which operator is computed by what. Unaware of graphs.

using System.Collections.Frozen;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>All operators that have reference arithmetic: those of ONNX itself, and those of ONNX Runtime's domain.</summary>
static class KernelTable
{
    static readonly FrozenDictionary<string, Kernel> Standard = Table([
        .. Arithmetics.All, .. Functions.All, .. Comparisons.All, .. Shaping.All, .. Cutting.All, .. Rearranging.All, .. Gathering.All, .. Convolutions.All, .. TransposedConvolutions.All, .. Pools.All, .. Products.All,
        .. Reductions.All, .. Normalizations.All, .. Recurrent.All, .. Resizing.All, .. Quantization.All, .. Control.All, .. Regions.All, .. Einsum.All,
    ]);

    static readonly FrozenDictionary<string, Kernel> Runtime = Table([.. RuntimeQuantized.All, .. RuntimeFused.All]);

    /// <summary>The kernel of a node, or null when there is none.</summary>
    public static Kernel? Find(NodeProto node) => node.Domain switch
    {
        "" or "ai.onnx" => Standard.GetValueOrDefault(node.OpType) ?? (node.OpType == "SimplifiedLayerNormalization" ? Runtime[node.OpType] : null),
        "com.microsoft" => Runtime.GetValueOrDefault(node.OpType),
        _ => null,
    };

    static FrozenDictionary<string, Kernel> Table(IEnumerable<(string Name, Kernel Kernel)> kernels) => kernels.ToFrozenDictionary(entry => entry.Name, entry => entry.Kernel, StringComparer.Ordinal);
}
