// Skips a conversion that the next one makes needless. Unaware of all other operators.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Passes;

/// <summary>Lets a <c>Cast</c> of a <c>Cast</c> read the first one's input, when the first loses nothing: to a wider type of the same kind, or from integers to floats that hold them all. Assumes that stated types are true.</summary>
public sealed class MergeCasts : IModelPass
{
    /// <summary>For each type those that hold all its values.</summary>
    static readonly Dictionary<ElementType, ElementType[]> Wider = new()
    {
        [ElementType.Bool] = [ElementType.Uint8, ElementType.Int8, ElementType.Int16, ElementType.Int32, ElementType.Int64, ElementType.Float16, ElementType.Float, ElementType.Double],
        [ElementType.Uint8] = [ElementType.Uint16, ElementType.Int16, ElementType.Int32, ElementType.Int64, ElementType.Float16, ElementType.Float, ElementType.Double],
        [ElementType.Int8] = [ElementType.Int16, ElementType.Int32, ElementType.Int64, ElementType.Float16, ElementType.Float, ElementType.Double],
        [ElementType.Uint16] = [ElementType.Int32, ElementType.Int64, ElementType.Float, ElementType.Double],
        [ElementType.Int16] = [ElementType.Int32, ElementType.Int64, ElementType.Float, ElementType.Double],
        [ElementType.Int32] = [ElementType.Int64, ElementType.Double],
        [ElementType.Float16] = [ElementType.Float, ElementType.Double],
        [ElementType.Float] = [ElementType.Double],
    };

    /// <inheritdoc/>
    public string Name => "merge-casts";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file) => NodePairs.Merge(model, file, ["Cast"], (index, first, second) =>
        index.TypeOf(first.Input[0]) is not { } from || !Wider.TryGetValue(from, out var wider) || !wider.Contains((ElementType)first.GetInteger("to", 0)) ? PairFate.Kept
        : second.GetInteger("to", 0) == (long)from ? PairFate.Cancelled
        : PairFate.Merged);
}
