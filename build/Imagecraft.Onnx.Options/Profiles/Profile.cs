// What an accelerator or a CPU takes. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Profiles;

/// <summary>The abilities of what runs a network. An operator that is not listed runs elsewhere, or not at all.</summary>
public sealed record Profile
{
    /// <summary>Its name in messages.</summary>
    public required string Name { get; init; }

    /// <summary>Operators by kind; null: all there are.</summary>
    public ImmutableSortedDictionary<string, OperatorLimits>? Operators { get; init; }

    /// <summary>Whether it computes in float, too. If not, a node on float values is one that it does not take.</summary>
    public bool TakesFloat { get; init; } = true;

    /// <summary>One scale for all channels of weights.</summary>
    public bool PerTensorOnly { get; init; }

    /// <summary>Zero in the middle of the integers of activations.</summary>
    public bool SymmetricOnly { get; init; }

    /// <summary>Types that activations may have; none for float only.</summary>
    public ImmutableSortedSet<QuantizedType> ActivationTypes { get; init; } = [QuantizedType.UInt8, QuantizedType.Int8];

    /// <summary>Types that weights may have.</summary>
    public ImmutableSortedSet<QuantizedType> WeightTypes { get; init; } = [QuantizedType.UInt8, QuantizedType.Int8];

    /// <summary>Whether kernels may have gaps.</summary>
    public bool Dilation { get; init; } = true;

    /// <summary>Bytes of memory on the chip; null: not known.</summary>
    public long? Memory { get; init; }

    /// <summary>Whether the eighth bit of weights makes 16-bit sums overflow, as on x86-64 without VNNI.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>What the graph is shaped for.</summary>
    public QuantizationTarget Target { get; init; } = QuantizationTarget.Accelerator;
}

/// <summary>Limits of one operator; what is empty is not limited.</summary>
public sealed record OperatorLimits
{
    /// <summary>Side lengths that kernels may have.</summary>
    public ImmutableSortedSet<long> KernelSizes { get; init; } = [];

    /// <summary>Largest step of a kernel.</summary>
    public long? LargestStride { get; init; }

    /// <summary>How channels may be grouped.</summary>
    public ConvolutionGroups Groups { get; init; } = ConvolutionGroups.Any;

    /// <summary>Dimensions of kernels: 1 for sound, 2 for images.</summary>
    public ImmutableSortedSet<int> SpatialDimensions { get; init; } = [];
}

/// <summary>Groupings of a convolution's channels.</summary>
[Flags]
public enum ConvolutionGroups
{
    /// <summary>One group.</summary>
    None = 1,

    /// <summary>As many groups as channels.</summary>
    Depthwise = 2,

    /// <summary>Any number.</summary>
    Any = 4 | Depthwise | None,
}
