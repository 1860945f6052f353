// All operators that can be quantized. Unaware of networks.

using System.Collections.Frozen;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>The rules of all families; of several for one kind the first that accepts a node counts.</summary>
static class OperatorTable
{
    static readonly FrozenDictionary<string, OperatorRule[]> Rules = new[]
    {
        WeightedOperators.Rules,
        AffineOperators.Rules,
        ComputingOperators.Rules,
        ClampingOperators.Rules,
        PassingOperators.Rules,
    }.SelectMany(rules => rules).GroupBy(rule => rule.Kind).ToFrozenDictionary(group => group.Key, group => group.ToArray());

    /// <summary>Every kind with a rule.</summary>
    public static IEnumerable<string> Kinds => Rules.Keys;

    /// <summary>The first rule for a node; null when it stays float.</summary>
    /// <param name="node">Of any kind.</param>
    /// <param name="index">Its graph.</param>
    /// <param name="may">Which rules are considered; null for all.</param>
    public static OperatorRule? Find(NodeProto node, GraphIndex index, Predicate<OperatorRule>? may = null) =>
        node.Domain is "" or "ai.onnx" && Rules.TryGetValue(node.OpType, out var rules)
            ? Array.Find(rules, rule => may?.Invoke(rule) != false && rule.Accepts(node, index))
            : null;
}
