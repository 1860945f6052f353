// From a node to commands, or to the reason why there are none. Unaware of memory and of other nodes.

using System.Collections.Frozen;
using System.Collections.Immutable;
using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>What the accelerator makes of a node: steps, or a reason.</summary>
internal sealed record Lowered(ImmutableArray<Step> Steps, string? Reason)
{
    /// <summary>Whether it is taken.</summary>
    public bool IsTaken => Reason is null;
}

/// <summary>The operators that the accelerator has, by domain and kind.</summary>
internal static class Lowering
{
    private const string Runtime = "com.microsoft";

    private static readonly FrozenDictionary<(string Domain, string Kind), Func<NetworkNode, IEnumerable<Step>>> Rules = new Dictionary<(string, string), Func<NetworkNode, IEnumerable<Step>>>
    {
        [("", "QLinearConv")] = WindowRules.Convolve,
        [(Runtime, "QLinearConv")] = WindowRules.Convolve,
        [(Runtime, "QLinearAveragePool")] = WindowRules.Average,
        [(Runtime, "QLinearGlobalAveragePool")] = WindowRules.GlobalAverage,
        [("", "MaxPool")] = WindowRules.Largest,
        [("", "QLinearMatMul")] = ProductRules.Multiply,
        [(Runtime, "QGemm")] = ProductRules.Gemm,
        [(Runtime, "QLinearAdd")] = ElementRules.Add,
        [(Runtime, "QLinearMul")] = ElementRules.Scale,
        [(Runtime, "QLinearConcat")] = ElementRules.Join,
        [("", "Concat")] = ElementRules.Concat,
        [("", "Clip")] = ElementRules.Clamp,
        [("", "Relu")] = ElementRules.Clamp,
        [("", "Identity")] = ElementRules.Copy,
        [("", "Flatten")] = ElementRules.Copy,
        [("", "Reshape")] = ElementRules.Copy,
        [("", "Squeeze")] = ElementRules.Copy,
        [("", "Unsqueeze")] = ElementRules.Copy,
    }.ToFrozenDictionary();

    /// <summary>The commands of a node, each of which the device takes.</summary>
    public static Lowered Of(NetworkNode node)
    {
        var domain = node.Domain == "ai.onnx" ? "" : node.Domain;
        if (!Rules.TryGetValue((domain, node.Kind), out var rule))
            return new([], node.Kind is "QuantizeLinear" or "DequantizeLinear" ? "it is where floats begin or end" : "the accelerator has no such operation");
        try
        {
            ImmutableArray<Step> steps = [.. rule(node)];
            return steps.IsEmpty ? new([], "it is empty")
                : steps.Any(step => CommandShape.Of(step.Command) is null) ? new([], "its numbers are beyond those of a command")
                : new(steps, null);
        }
        catch (Exception problem) when (problem is NotTakenException or OverflowException)
        {
            return new([], problem is NotTakenException ? problem.Message : "its sizes are beyond those of a command");
        }
    }
}
