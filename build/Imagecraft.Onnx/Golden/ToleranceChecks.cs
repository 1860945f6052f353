// Holds a recipe's tolerances against the network that they are for. Unaware of values.

using Imagecraft.Onnx.Execution;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Golden;

static class ToleranceChecks
{
    /// <summary>An <see cref="OnnxException"/> when a rule is for an output that the network has not.</summary>
    public static void Check(this Tolerance tolerance, IReadOnlyList<TensorPort> outputs, string model)
    {
        if (tolerance.Outputs.Keys.FirstOrDefault(name => outputs.All(port => port.Name != name)) is { } unknown)
            throw new OnnxException($"`tolerance` of `{model}` names the output `{unknown}`, but it has [{string.Join(", ", outputs.Select(port => port.Name))}]");
    }

    /// <summary>Whether values of a type are whole numbers or booleans.</summary>
    public static bool IsWhole(this ElementType type) => type is not (ElementType.Float or ElementType.Double or ElementType.Float16);
}
