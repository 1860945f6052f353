// What ONNX Runtime does to a network when it loads it. Unaware of sessions.

namespace Imagecraft.Onnx.Passes;

/// <summary>How a network is arranged for the very processor that loads it, behind all that the build did for any.</summary>
public enum LoadOptimization
{
    /// <summary>All that ONNX Runtime knows: memory layouts of that processor's vectors, and what can be computed once.</summary>
    All,

    /// <summary>Nothing: it runs as it lies in the file, with the same order of sums on each processor of a kind.</summary>
    None,
}
