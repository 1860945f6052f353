// How far a graph is optimized offline. Unaware of graphs.

namespace Imagecraft.Onnx.Passes;

/// <summary>How far ONNX Runtime goes: constant folding and removal of the superfluous, or fusions too. The level that depends on the build host's CPU is not offered.</summary>
public enum OptimizationLevel
{
    /// <summary>The graph stays as it is.</summary>
    None,

    /// <summary>Standard operators only.</summary>
    Basic,

    /// <summary>Fused operators of ONNX Runtime's CPU provider, the same for every CPU.</summary>
    Extended,
}
