// What an accelerator or a CPU takes of a network, and who runs networks on a board. Unaware of ONNX.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>The abilities of what runs networks. What is left out is not limited.</summary>
public sealed record ProfileSpec
{
    /// <summary>Whose graphs are made: <c>onnx-runtime</c> or <c>accelerator</c>; null: an accelerator's own is <c>accelerator</c>, a CPU's <c>onnx-runtime</c>.</summary>
    public Sited<string>? Target { get; init; }

    /// <summary>One scale for all channels of weights.</summary>
    public bool PerTensor { get; init; }

    /// <summary>Zero lies in the middle of the integers of activations.</summary>
    public bool Symmetric { get; init; }

    /// <summary>Types of activations, of <c>uint8</c> and <c>int8</c>; empty: it computes in float only.</summary>
    public ImmutableArray<Sited<string>> Activations { get; init; } = [];

    /// <summary>Types of weights, as <see cref="Activations"/>.</summary>
    public ImmutableArray<Sited<string>> Weights { get; init; } = [];

    /// <summary>Whether it computes in float, too.</summary>
    public bool TakesFloat { get; init; } = true;

    /// <summary>Whether kernels may have gaps.</summary>
    public bool Dilation { get; init; } = true;

    /// <summary>Whether the eighth bit of weights makes its sums overflow.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>Bytes of memory on the chip; null: not known.</summary>
    public long? Memory { get; init; }

    /// <summary>Operators by kind with their limits; null: all.</summary>
    public ImmutableSortedDictionary<string, OperatorSpec>? Operators { get; init; }
}

/// <summary>Limits of one operator; what is empty or null is not limited.</summary>
/// <param name="Kernels">Side lengths of kernels.</param>
/// <param name="Stride">Largest step of a kernel.</param>
/// <param name="Groups">Groupings of channels, of <c>none</c>, <c>depthwise</c> and <c>any</c>.</param>
/// <param name="Dimensions">Dimensions of kernels: 1 for sound, 2 for images.</param>
public sealed record OperatorSpec(ImmutableArray<long> Kernels, int? Stride, ImmutableArray<Sited<string>> Groups, ImmutableArray<int> Dimensions);

/// <summary>Who runs networks on a board.</summary>
/// <param name="Accelerator">One of the board's accelerators, which has a profile; null: the CPU.</param>
/// <param name="Fallback">Whether the CPU may run what the accelerator does not take.</param>
public sealed record InferenceSpec(Sited<string>? Accelerator, bool Fallback);
