// What a network tells of how it may be loaded. Unaware of sessions.

using System.Collections.Immutable;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Execution;

/// <summary>A network whose pairs no session may fuse carries the names of ONNX Runtime's optimizers that must be left out, so that the board knows it whoever copies the file: the entry <c>imagecraft.left-out</c> of its metadata, with the names between semicolons.</summary>
static class LoadHints
{
    const string Key = "imagecraft.left-out";

    /// <summary>Quantizes weights and biases of nodes that read integers; so does it those that the quantizer left float.</summary>
    public const string AddsPairs = "WeightBiasQuantization";

    /// <summary>Moves pairs of QuantizeLinear and DequantizeLinear over operators that the quantizer left float because they are slow on integers.</summary>
    public const string MovesPairs = "QDQPropagationTransformer";

    /// <summary>The names; none when all may run.</summary>
    public static ImmutableArray<string> LeftOut(ModelProto model) => [.. model.MetadataProps.FirstOrDefault(entry => entry.Key == Key)?.Value.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? []];

    /// <summary>The same network with what holds for it as it is now.</summary>
    /// <param name="model">It is changed.</param>
    /// <param name="file">Names it in messages.</param>
    public static ModelProto State(ModelProto model, string file)
    {
        if (model.MetadataProps.FirstOrDefault(entry => entry.Key == Key) is { } old)
            model.MetadataProps.Remove(old);
        if (PairAxes.LeftOut(model, file) is { IsEmpty: false } names)
            model.MetadataProps.Add(new StringStringEntryProto { Key = Key, Value = string.Join(';', names) });
        return model;
    }
}
