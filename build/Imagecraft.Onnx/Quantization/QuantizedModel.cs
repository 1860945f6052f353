// What static quantization gives. Unaware of how it was made.

using System.Collections.Immutable;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>A network in QDQ form.</summary>
/// <param name="Model">The network; its values have the names they have in <paramref name="Reference"/>.</param>
/// <param name="Reference">The float network it was made from, in the form in which it was quantized.</param>
/// <param name="Layers">What computes on integers, in topological order.</param>
/// <param name="Origins">For each value of integers the float value it was made of.</param>
public sealed record QuantizedModel(ModelProto Model, ModelProto Reference, ImmutableArray<QuantizedLayer> Layers, IReadOnlyDictionary<string, string> Origins)
{
    /// <summary>What stayed float though nobody excluded it.</summary>
    public ImmutableArray<FloatNode> FloatNodes { get; init; } = [];
}

/// <summary>One quantized node.</summary>
/// <param name="Name">Of the node, or of its output when it has none.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Output">The value it makes: behind a clamp that became part of it, and behind a constant factor or summand where nothing else reads it.</param>
/// <param name="FloatBytes">Size of weights and bias before, in bytes.</param>
/// <param name="Bytes">Size of weights, scales and bias after, in bytes.</param>
public sealed record QuantizedLayer(string Name, string Kind, string Output, long FloatBytes, long Bytes);
