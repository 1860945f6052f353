// Raises the operator set of a model. Unaware of what changed in which operator.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Opsets;

/// <summary>
/// Rewrites each operator whose meaning changed up to <see cref="Target"/>, in graphs within nodes too, and states the new operator set; newer models stay as they are.
/// Assumes stated shapes where an operator's meaning depends on the rank. An operator that cannot be rewritten is an error that names node, operator and both versions.
/// </summary>
public sealed class UpgradeOpset : IModelPass
{
    /// <summary>The first operator set with all operators of usual networks in today's form.</summary>
    public const long Target = 17;

    /// <summary>Operator sets below have other rules of broadcasting and attributes of a framework long gone.</summary>
    const long Oldest = 7;

    /// <summary>The format's version that came with <see cref="Target"/>.</summary>
    const long TargetFormat = 8;

    /// <inheritdoc/>
    public string Name => "upgrade-opset";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        if (model.OpsetImport.FirstOrDefault(opset => opset.Domain is "" or "ai.onnx") is not { } standard || standard.Version >= Target)
            return model;
        if (model.Functions.Count > 0)
            throw new OnnxException($"The model `{file}` of operator set {standard.Version} has functions of its own [{string.Join(", ", model.Functions.Select(function => $"`{function.Name}`"))}], which cannot be upgraded to {Target}; export it with operator set {Target}, or leave out the pass `{Name}`");
        var problems = new List<string>();
        if (standard.Version < Oldest)
            problems.AddRange(model.Graph.AllNodes().Select(node => node.Display()).Take(1));
        else
            Upgrade(model.Graph, standard.Version, Target, file, problems);
        if (problems.Count > 0)
            throw new OnnxException($"The nodes [{string.Join("; ", problems)}] of `{file}` cannot be upgraded from operator set {standard.Version} to {Target}; export the model with operator set {Target}, or leave out the pass `{Name}`");
        standard.Version = Target;
        model.IrVersion = Math.Max(model.IrVersion, TargetFormat);
        return model;
    }

    /// <summary>Rewrites what changed between two operator sets; what cannot be rewritten is added to <paramref name="problems"/>.</summary>
    internal static void Upgrade(GraphProto graph, long from, long to, string file, List<string> problems)
    {
        var index = new GraphIndex(graph, file);
        foreach (var node in index.Nodes)
        {
            foreach (var inner in node.Subgraphs())
                Upgrade(inner, from, to, file, problems);
            if (node.Domain is not ("" or "ai.onnx"))
                continue;
            var shown = node.Display();
            foreach (var (version, adapt) in OperatorChanges.Of(node.OpType).Where(change => change.Version > from && change.Version <= to))
            {
                var reason = node.Input.Count == 0 || node.Output.Count == 0 ? "it has no input or no output, but another meaning" : adapt(index, node);
                if (reason is null)
                    continue;
                problems.Add($"{shown}: {reason} since {version}");
                break;
            }
        }
        index.Finish();
    }
}
