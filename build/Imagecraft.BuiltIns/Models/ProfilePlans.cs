// From the plan's words about an accelerator or CPU to a profile of the ONNX project. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Planning.Models;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

internal static class ProfilePlans
{
    public static Profile Profile(ProfilePlan plan) => new()
    {
        Name = plan.Name,
        Target = plan.Target == "accelerator" ? QuantizationTarget.Accelerator : QuantizationTarget.OnnxRuntime,
        PerTensorOnly = plan.PerTensor,
        SymmetricOnly = plan.Symmetric,
        ActivationTypes = [.. plan.Activations.Select(Type)],
        WeightTypes = [.. plan.Weights.Select(Type)],
        TakesFloat = plan.TakesFloat,
        Dilation = plan.Dilation,
        ReduceRange = plan.ReduceRange,
        Operators = plan.Operators?.ToImmutableSortedDictionary(o => o.Key, o => Limits(o.Value), StringComparer.Ordinal),
    };

    /// <summary>An integer type by its name in recipes and profiles.</summary>
    public static QuantizedType Type(string name) => name switch
    {
        "uint8" => QuantizedType.UInt8,
        "int8" => QuantizedType.Int8,
        var other => throw new ActionFailedException($"The type `{other}` is unknown; write one of [uint8, int8]"),
    };

    private static OperatorLimits Limits(OperatorPlan plan) => new()
    {
        KernelSizes = [.. plan.Kernels],
        LargestStride = plan.Stride,
        Groups = plan.Groups.IsEmpty ? ConvolutionGroups.Any : plan.Groups.Aggregate((ConvolutionGroups)0, (groups, word) => groups | Grouping(word)),
        SpatialDimensions = [.. plan.Dimensions],
    };

    private static ConvolutionGroups Grouping(string word) => word switch
    {
        "none" => ConvolutionGroups.None,
        "depthwise" => ConvolutionGroups.Depthwise,
        "any" => ConvolutionGroups.Any,
        var other => throw new ActionFailedException($"The grouping `{other}` is unknown; write one of [none, depthwise, any]"),
    };
}
