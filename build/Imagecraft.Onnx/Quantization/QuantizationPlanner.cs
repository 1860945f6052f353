// Decides which nodes and values are quantized. Unaware of ranges and integers.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Calibration;
using Imagecraft.Onnx.Quantization.Operators;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Walks a graph in topological order: nodes with weights are quantized wherever they stand, all others when what they read is quantized already.</summary>
sealed class QuantizationPlanner
{
    readonly GraphIndex index;
    readonly QuantizationOptions options;
    readonly IReadOnlySet<string> computed;
    readonly List<PlannedNode> planned = [];
    readonly HashSet<NodeProto> clamps = new(ReferenceEqualityComparer.Instance);
    readonly ParameterGroups groups = new();
    readonly List<string> values = [];
    readonly HashSet<string> quantized = [];
    readonly HashSet<string> derived = [];
    readonly Dictionary<string, ValueRange> limits = [];

    QuantizationPlanner(GraphIndex index, QuantizationOptions options, IReadOnlySet<string> computed) => (this.index, this.options, this.computed) = (index, options, computed);

    /// <summary>The plan for a graph.</summary>
    /// <param name="index">The graph.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="computed">Sums with a constant that cannot be expressed by a zero point, by their output.</param>
    public static QuantizationPlan Plan(GraphIndex index, QuantizationOptions options, IReadOnlySet<string> computed)
    {
        var planner = new QuantizationPlanner(index, options, computed);
        foreach (var node in index.TopologicalOrder())
            planner.Consider(node);
        planner.LeaveLastFunctionsFloat();
        planner.LeaveLastProductsFloat();
        return new([.. planner.planned], [.. planner.values.Where(planner.quantized.Contains)], planner.groups, [.. planner.values.Where(value => planner.quantized.Contains(value) && !planner.derived.Contains(value))], planner.Tolerant());
    }

    /// <summary>From the readers to what they read, so that whether a product's result is tolerant is known before its factor is asked for.</summary>
    HashSet<string> Tolerant()
    {
        var readers = planned.SelectMany(plan => plan.Activations.Select(value => (Value: value, Plan: plan))).ToLookup(pair => pair.Value, pair => pair.Plan);
        var tolerant = new HashSet<string>();
        foreach (var value in planned.SelectMany(plan => plan.Outputs).Reverse().Where(value => !index.IsOutput(value) && quantized.Contains(value)))
            if (readers[value].Count() == index.Consumers(value).Count && readers[value].All(plan => plan.Rule.Family == OperatorFamily.Affine ? tolerant.Contains(plan.Output) : TakesConstant(plan)))
                tolerant.Add(value);
        return tolerant;
    }

    // Not every output of a transposed convolution sees all weights.
    bool TakesConstant(PlannedNode plan) => plan.Node.OpType is "Conv" or "Gemm" && plan.Rule.Bias is { } at && index.Constant(plan.Node.InputAt(at)) is not null;

    void Consider(NodeProto node)
    {
        if (clamps.Contains(node) || Rule(node) is not { } rule)
            return;
        string[] activations = [.. rule.Activations(node).Select(at => node.InputAt(at)).Where(value => value.Length > 0)];
        if (rule.Family == OperatorFamily.Affine)
            activations = [.. activations.Where(value => index.Constant(value) is null)];
        if (!Joins(rule, activations))
            return;
        var clamp = rule.TakesClamp && index.OnlyConsumer(node.Output[0]) is { } only && Rule(only) is { Family: OperatorFamily.Clamping } ? only : null;
        var plan = new PlannedNode(node, rule, [.. activations], clamp);
        planned.Add(plan);
        foreach (var value in activations.Concat(plan.Outputs))
            if (quantized.Add(value))
                values.Add(value);
        if (clamp is not null)
        {
            clamps.Add(clamp);
            limits[plan.Output] = Rule(clamp)!.Limits(clamp, index);
        }
        if (rule.Family == OperatorFamily.Affine)
            Share(activations, plan.Output, rule.Map(node, index));
        else if (rule.Family == OperatorFamily.PassingThrough && MayShare(activations))
            foreach (var output in plan.Outputs)
                Share(activations, output, (1, 0));
    }

    OperatorRule? Rule(NodeProto node)
    {
        var excluded = options.Exclude.Contains(node.OpType) || options.Exclude.Contains(NameOf(node)) || options.Operators?.Contains(node.OpType) == false;
        return excluded ? null : OperatorTable.Find(node, index, rule => options.Target == QuantizationTarget.OnnxRuntime
            ? rule.HasIntegerKernel && !(rule.Family == OperatorFamily.Affine && node.OpType is "Add" or "Sub" && (options.SymmetricActivations || computed.Contains(node.Output[0])))
            : rule.Family != OperatorFamily.Affine);
    }

    bool Joins(OperatorRule rule, string[] activations) => rule.Family switch
    {
        OperatorFamily.Weighted => true,
        OperatorFamily.Computing => activations.Any(quantized.Contains),
        OperatorFamily.PassingThrough => activations.All(quantized.Contains),
        _ => activations.Length == 1 && quantized.Contains(activations[0]),
    };

    /// <summary>
    /// For ONNX Runtime, values that are clamped in different ways keep their own parameters: a clamp is part of the node before it only as long as its limits are those of the integers.
    /// </summary>
    bool MayShare(string[] activations) =>
        options.Target == QuantizationTarget.Accelerator || activations.Select(value => limits.TryGetValue(value, out var found) ? found : (ValueRange?)null).Distinct().Count() == 1;

    void Share(string[] activations, string output, (float Factor, float Offset) map)
    {
        // A concatenation of a value and its double can have the parameters of one of them only, so its range has to be measured.
        if (activations.Select(value => groups.Join(value, output, map.Factor, map.Offset)).ToArray().All(isConsistent => isConsistent))
            derived.Add(output);
        if (map == (1, 0) && limits.TryGetValue(activations[0], out var clamped))
            limits[output] = clamped;
    }

    /// <summary>
    /// A bounded function (probabilities, as a rule) that only float nodes read gains nothing by integers, and loses digits; nor do operators gain that only move what float nodes read.
    /// </summary>
    void LeaveLastFunctionsFloat()
    {
        var readers = planned.SelectMany(plan => plan.Activations).GroupBy(value => value).ToDictionary(group => group.Key, group => group.Count());
        for (var at = planned.Count - 1; at >= 0; at--)
        {
            var plan = planned[at];
            var isFree = plan.Clamp is null && (plan.Rule.OutputRange is not null || plan.Rule.Family == OperatorFamily.PassingThrough);
            if (!isFree || plan.Outputs.Any(output => readers.GetValueOrDefault(output) > 0))
                continue;
            planned.RemoveAt(at);
            quantized.ExceptWith(plan.Outputs);
            foreach (var value in plan.Activations)
                readers[value]--;
        }
    }

    /// <summary>ONNX Runtime's integer matrix products can give float, so what only float nodes read needs no rounding. Who computes on integers alone gives integers.</summary>
    void LeaveLastProductsFloat()
    {
        if (options.Target != QuantizationTarget.OnnxRuntime || !options.TakesFloat)
            return;
        var read = planned.SelectMany(plan => plan.Activations).ToHashSet();
        foreach (var plan in planned)
            if (plan is { Clamp: null, Rule.Family: OperatorFamily.Weighted } && plan.Node.OpType is "Gemm" or "MatMul" && !read.Contains(plan.Output))
                quantized.Remove(plan.Output);
    }

    /// <summary>The name of a node, or of its first output when it has none.</summary>
    public static string NameOf(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output[0];

    /// <summary>An <see cref="OnnxException"/> that lists every excluded name that no node and no operator has; <paramref name="key"/> is where the names stand.</summary>
    public static void CheckExclusions(GraphProto graph, IEnumerable<string> exclude, string file, string key = "exclude")
    {
        var known = graph.Node.Select(NameOf).Concat(graph.Node.Select(node => node.OpType)).Concat(OperatorTable.Kinds).ToHashSet();
        var unknown = exclude.Where(name => !known.Contains(name)).Select(name => $"`{name}` (did you mean `{Spelling.Nearest(name, known)}`?)").ToArray();
        if (unknown.Length > 0)
            throw new OnnxException($"`{key}` of `{file}` names neither nodes nor kinds of nodes: [{string.Join(", ", unknown)}]");
    }
}
