// A tensor of a network. Unaware of who computes it.

using System.Collections.Immutable;

namespace Imagecraft.Vnpu.Networks;

/// <summary>Types of elements that matter here, numbered as ONNX does.</summary>
public enum ElementType
{
    /// <summary>Any other type.</summary>
    Other = 0,

    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>Bytes without a sign.</summary>
    UInt8 = 2,

    /// <summary>Bytes with a sign.</summary>
    Int8 = 3,

    /// <summary>32-bit integers.</summary>
    Int32 = 6,

    /// <summary>64-bit integers.</summary>
    Int64 = 7,
}

/// <summary>A tensor by name, type and shape.</summary>
/// <param name="Name">Its name within the network.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Sizes of its axes; a negative one is not known. Default when not even their number is.</param>
public sealed record NetworkValue(string Name, ElementType Type, ImmutableArray<long> Shape)
{
    /// <summary>Its elements, little-endian, when it is a constant.</summary>
    public ReadOnlyMemory<byte>? Constant { get; init; }

    /// <summary>Whether all sizes are known.</summary>
    public bool IsFixed => !Shape.IsDefault && Shape.All(size => size >= 0);

    /// <summary>How many elements it has; of one whose sizes are known.</summary>
    public long Count => Shape.Aggregate(1L, (count, size) => checked(count * size));

    /// <summary>Whether its elements are bytes.</summary>
    public bool IsBytes => Type is ElementType.UInt8 or ElementType.Int8;
}
