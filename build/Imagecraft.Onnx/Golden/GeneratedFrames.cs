// Frames for networks of which nobody gave any. Unaware of recipes and of what networks compute.

using System.Collections.Immutable;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Golden;

/// <summary>
/// Noise from a seed, the same everywhere, within what an input takes: floats from -1 to 1, bytes of all values, and of whole numbers either indices of the table that they are looked up in, or 0 and 1,
/// as masks, flags and kinds of tokens are. A mask begins with 1, because nothing at all makes no sense to most networks.
/// </summary>
public static class GeneratedFrames
{
    const int CarriedFrames = 16, UsualFrames = 2;
    const long Seed = 20260101;

    /// <summary>Bytes of a frame from which one of them must do.</summary>
    const long LargeFrame = 1 << 20;

    /// <summary>What is said of whole numbers that are looked up nowhere.</summary>
    const int Flags = 2;

    /// <summary>Name of the sample in the card.</summary>
    public const string Name = "noise";

    /// <summary>Frames for all inputs that are not carried; state takes some frames to show what is wrong with it.</summary>
    /// <param name="model">The network, its shapes fixed.</param>
    /// <param name="inputs">The inputs that take frames.</param>
    /// <param name="carries">Whether others are carried.</param>
    public static FrameSet Make(ModelProto? model, ImmutableArray<TensorPort> inputs, bool carries)
    {
        var size = inputs.Sum(input => input.Shape.Aggregate((long)TensorData.Size(input.Element)!.Value, (product, length) => product * length));
        var count = carries ? CarriedFrames : size > LargeFrame ? 1 : UsualFrames;
        var (noise, index) = (new NoiseGenerator(Seed), model is null ? null : new GraphIndex(model.Graph, Name));
        return new(Name, count, inputs.ToDictionary(input => input.Name, input => Values(input, count, index is null ? Flags : Limit(index, input.Name) ?? Flags, noise)));
    }

    static TypedTensor Values(TensorPort input, int count, long limit, NoiseGenerator noise)
    {
        var shape = (long[])[count, .. input.Shape];
        var values = new float[FloatTensor.Zeros(shape).Values.Length];
        var frame = values.Length / count;
        for (var i = 0; i < values.Length; i++)
            values[i] = input.Element switch
            {
                ElementType.Float or ElementType.Double or ElementType.Float16 => noise.Next(),
                ElementType.Uint8 when limit == Flags => noise.Below(256),
                ElementType.Int8 when limit == Flags => noise.Below(256) - 128,
                ElementType.Bool => i % frame == 0 ? 1 : noise.Below(Flags),
                _ => i % frame == 0 ? Math.Min(1, limit - 1) : noise.Below((int)Math.Min(limit, 1 << 24)),
            };
        return TypedTensor.Of(new(shape, values), input.Element);
    }

    /// <summary>The length of the shortest table that a value is an index of; null when it is none.</summary>
    static long? Limit(GraphIndex index, string value)
    {
        long? least = null;
        foreach (var node in index.Consumers(value))
        {
            var found = node.OpType switch
            {
                "Gather" or "GatherElements" when node.InputAt(1) == value => Length(index, node, node.GetInteger("axis", 0)),
                "OneHot" when node.InputAt(0) == value => index.Constant(node.InputAt(1)) is { } depth ? Depth(depth) : null,
                "Cast" or "Identity" or "Reshape" or "Unsqueeze" or "Squeeze" or "Flatten" or "Transpose" or "Expand" or "Tile" when node.InputAt(0) == value => Limit(index, node.Output[0]),
                _ => null,
            };
            least = found is null ? least : Math.Min(least ?? long.MaxValue, found.Value);
        }
        return least;
    }

    static long? Length(GraphIndex index, NodeProto node, long axis) =>
        index.TryStaticShape(node.InputAt(0), out var shape) && shape.Length > 0 && axis >= -shape.Length && axis < shape.Length ? Math.Max(1, shape[(int)(axis < 0 ? axis + shape.Length : axis)]) : null;

    static long? Depth(TensorProto tensor) =>
        (ElementType)tensor.DataType is ElementType.Int64 or ElementType.Int32 && TensorData.ReadIntegers(tensor) is [> 0 and var depth] ? depth : null;
}
