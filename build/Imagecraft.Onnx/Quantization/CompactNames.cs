// Makes a finished network's file smaller by short names. Unaware of what it computes.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Gives inner values names of a few letters, and drops names of nodes, descriptions and shapes of inner values: a third of a small quantized network is names.
/// The last step before deployment, since errors and profiles speak of the names before. Inputs, outputs and what graphs within nodes speak of keep theirs.
/// </summary>
public sealed class CompactNames : IModelPass
{
    const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <inheritdoc/>
    public string Name => "compact-names";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var graph = model.Graph;
        var kept = graph.Input.Concat(graph.Output).Select(value => value.Name).Append("").Concat(graph.Node.SelectMany(node => node.Subgraphs()).SelectMany(Spoken)).ToHashSet();
        var names = kept.ToDictionary(name => name);
        var next = 0;
        foreach (var tensor in graph.Initializer)
            tensor.Name = Short(tensor.Name);
        foreach (var node in graph.Node)
        {
            node.ClearName();
            node.ClearDocString();
            for (var i = 0; i < node.Input.Count; i++)
                node.Input[i] = Short(node.Input[i]);
            for (var i = 0; i < node.Output.Count; i++)
                node.Output[i] = Short(node.Output[i]);
        }
        graph.ValueInfo.Clear();
        graph.ClearDocString();
        return model;

        string Short(string name)
        {
            if (names.TryGetValue(name, out var known))
                return known;
            string made;
            do
                made = Letters(next++);
            while (kept.Contains(made));
            return names[name] = made;
        }
    }

    static string Letters(int number) => number < Digits.Length ? Digits[number].ToString() : Letters((number / Digits.Length) - 1) + Digits[number % Digits.Length];

    static IEnumerable<string> Spoken(GraphProto graph) =>
        graph.Input.Concat(graph.Output).Select(value => value.Name)
            .Concat(graph.Initializer.Select(tensor => tensor.Name))
            .Concat(graph.Node.SelectMany(node => node.Input.Concat(node.Output).Concat(node.Subgraphs().SelectMany(Spoken))));
}
