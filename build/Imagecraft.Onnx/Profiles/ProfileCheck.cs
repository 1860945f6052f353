// Compares a network with a profile. Unaware of how networks are quantized.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Profiles;

/// <summary>A node that a profile does not take.</summary>
/// <param name="Node">Its name, or its output's when it has none.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Reasons">Everything that is not as the profile wants it.</param>
public sealed record Offender(string Node, string Kind, ImmutableArray<string> Reasons);

/// <summary>Finds what a profile does not take, in float networks and in those in QDQ form.</summary>
public static class ProfileCheck
{
    /// <summary>Operators that compute nothing on an accelerator: constants, and the pairs around integers, which are judged by their tensors.</summary>
    internal static readonly ImmutableSortedSet<string> Free = ["Constant", "Identity", "QuantizeLinear", "DequantizeLinear"];

    /// <summary>Whether a node computes nothing.</summary>
    internal static bool IsFree(NodeProto node) => Free.Contains(node.OpType) && node.Domain is "" or "ai.onnx";

    /// <summary>The nodes that the profile does not take, in topological order; empty when it takes the whole network.</summary>
    /// <param name="model">With constants as initializers.</param>
    /// <param name="profile">What runs it.</param>
    /// <param name="file">Names the model in messages.</param>
    public static ImmutableArray<Offender> Offenders(ModelProto model, Profile profile, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        return
        [
            .. index.TopologicalOrder()
                .Select(node => new Offender(QuantizationPlanner.NameOf(node), node.OpType, [.. Reasons(node, index, profile)]))
                .Where(offender => offender.Reasons.Length > 0),
        ];
    }

    /// <summary>An <see cref="OnnxException"/> that lists all offenders, when there are any.</summary>
    public static void Require(ModelProto model, Profile profile, string file)
    {
        var offenders = Offenders(model, profile, file);
        if (offenders.Length > 0)
            throw new OnnxException($"`{file}` does not fit the profile `{profile.Name}`: [{string.Join("; ", offenders.Select(offender => $"`{offender.Node}` ({offender.Kind}): {string.Join(", ", offender.Reasons)}"))}]; change these nodes, or choose a board whose profile takes them");
    }

    internal static IEnumerable<string> Reasons(NodeProto node, GraphIndex index, Profile profile)
    {
        if (node.Is("QuantizeLinear", "DequantizeLinear"))
            return Pair(node, index, profile);
        if (Free.Contains(node.OpType) && node.Domain is "" or "ai.onnx")
            return [];
        if (profile.Operators is not { } operators)
            return Numbers(node, index, profile);
        if (node.Domain is not ("" or "ai.onnx") || !operators.TryGetValue(node.OpType, out var limits))
            return [$"the operator is not one of [{string.Join(", ", operators.Keys)}]"];
        return Limits(node, index, profile, limits).Concat(Numbers(node, index, profile));
    }

    /// <summary>A node computes on integers when every value it reads comes out of a pair; constants that are no weights (limits of a clip, sizes) are the operator's own.</summary>
    static IEnumerable<string> Numbers(NodeProto node, GraphIndex index, Profile profile)
    {
        if (profile.TakesFloat)
            yield break;
        // A clamp without a pair in front of it is fused into what it follows, which is judged by itself.
        if (node.Is("Relu", "Clip") && index.Producer(node.Input[0]) is { } before && !Free.Contains(before.OpType) && index.OnlyConsumer(node.Input[0]) is not null)
            yield break;
        var floats = node.Input.Where((value, i) => value.Length > 0 && (index.Constant(value) is null || (i == 1 && node.Is("Conv", "ConvTranspose", "Gemm", "MatMul"))) && index.Producer(value)?.OpType != "DequantizeLinear").ToList();
        if (floats.Count > 0)
            yield return $"[{string.Join(", ", floats)}] are float, integers alone are taken";
    }

    static IEnumerable<string> Limits(NodeProto node, GraphIndex index, Profile profile, OperatorLimits limits)
    {
        var weights = node.Is("Conv", "ConvTranspose") ? index.ShapeOf(Source(node.Input[1], index)) : null;
        var kernel = node.GetIntegers("kernel_shape") is { } given ? [.. given] : weights?[2..] ?? [];
        if (!limits.KernelSizes.IsEmpty && kernel.Any(size => !limits.KernelSizes.Contains(size)))
            yield return $"the kernel [{string.Join(", ", kernel)}] is not of [{string.Join(", ", limits.KernelSizes)}]";
        if (!limits.SpatialDimensions.IsEmpty && kernel.Length > 0 && !limits.SpatialDimensions.Contains(kernel.Length))
            yield return $"the kernel has {kernel.Length} dimensions, not [{string.Join(", ", limits.SpatialDimensions)}]";
        if (node.GetIntegers("strides") is { } strides && strides.Any(stride => stride > limits.LargestStride))
            yield return $"the stride [{string.Join(", ", strides)}] is larger than {limits.LargestStride}";
        if (!profile.Dilation && node.GetIntegers("dilations") is { } dilations && dilations.Any(dilation => dilation != 1))
            yield return $"the kernel is dilated by [{string.Join(", ", dilations)}]";
        var groups = node.GetInteger("group", 1);
        if (weights is null || limits.Groups.HasFlag(ConvolutionGroups.Any))
            yield break;
        var channels = node.OpType == "Conv" ? weights[1] * groups : weights[0];
        var grouping = groups == 1 ? ConvolutionGroups.None : groups == channels ? ConvolutionGroups.Depthwise : ConvolutionGroups.Any;
        if (!limits.Groups.HasFlag(grouping))
            yield return $"{groups} groups of {channels} channels are not of [{limits.Groups}]";
    }

    /// <summary>Types, symmetry and axis of one half of a pair.</summary>
    static IEnumerable<string> Pair(NodeProto node, GraphIndex index, Profile profile)
    {
        var isConstant = node.OpType == "DequantizeLinear" && index.Constant(node.Input[0]) is not null;
        var zeroPoint = index.Constant(node.InputAt(2));
        var element = zeroPoint is null ? isConstant ? (ElementType)index.Constant(node.Input[0])!.DataType : ElementType.Uint8 : (ElementType)zeroPoint.DataType;
        // Biases have 32 bits everywhere.
        if (element == ElementType.Int32)
            yield break;
        var type = element switch { ElementType.Uint8 => QuantizedType.UInt8, ElementType.Int8 => QuantizedType.Int8, _ => (QuantizedType?)null };
        var allowed = isConstant ? profile.WeightTypes.Union(profile.ActivationTypes) : profile.ActivationTypes;
        var what = isConstant ? "constants" : "activations";
        if (type is not { } known || !allowed.Contains(known))
        {
            yield return $"{what} are {element.ToString().ToLowerInvariant()}, not of [{string.Join(", ", allowed.Select(one => one.ToString().ToLowerInvariant()))}]";
            yield break;
        }
        var scales = index.Constant(node.Input[1]) is { } scale ? TensorData.Count(scale) : 1;
        if (profile.PerTensorOnly && scales > 1)
            yield return $"{what} have {scales} scales, one is allowed";
        if (profile.SymmetricOnly && (zeroPoint is null ? known == QuantizedType.UInt8 : TensorData.ReadIntegers(zeroPoint).Any(zero => zero != known.Middle())))
            yield return $"{what} are not symmetric";
    }

    /// <summary>The constant that dequantized weights come from.</summary>
    static string Source(string value, GraphIndex index) => index.Producer(value) is { } producer && producer.Is("DequantizeLinear") ? producer.Input[0] : value;
}
