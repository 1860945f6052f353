// Puts the nodes of a network's own functions in the place of their calls. Unaware of what they compute.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Exporters write layers as functions of the model (PyTorch's do), which no pass and no reference arithmetic looks into. Values of a call get names of their own; attributes that a function passes on take the call's values, or the
/// defaults. Assumes nothing; a function that calls itself, or of which calls of calls become too many nodes, is an <see cref="OnnxException"/>.
/// </summary>
/// <remarks>Source: ONNX, "Functions".</remarks>
public sealed class InlineFunctions : IModelPass
{
    /// <summary>No network has so many; a few functions that call each other twice do.</summary>
    const int MostNodes = 200_000;

    const int MostDepth = 64;

    /// <inheritdoc/>
    public string Name => "inline-functions";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        if (model.Functions.Count == 0)
            return model;
        foreach (var function in model.Functions)
            foreach (var opset in function.OpsetImport)
                Import(model, function, opset, file);
        new Inlining(model, file).Graph(model.Graph, 0);
        model.Functions.Clear();
        return model;
    }

    static void Import(ModelProto model, FunctionProto function, OperatorSetIdProto opset, string file)
    {
        var own = model.OpsetImport.FirstOrDefault(other => Domain(other.Domain) == Domain(opset.Domain));
        if (own is null)
            model.OpsetImport.Add(opset.Clone());
        else if (own.Version != opset.Version && function.Node.Any(node => Domain(node.Domain) == Domain(opset.Domain)))
            throw new OnnxException($"The function `{function.Name}` of `{file}` is of operator set {opset.Version}{(opset.Domain.Length > 0 ? $" of `{opset.Domain}`" : "")}, but the network of {own.Version}; export it with one operator set");
    }

    static string Domain(string name) => name == "ai.onnx" ? "" : name;

    sealed class Inlining
    {
        readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> functions = [];
        readonly string file;
        int made, calls;

        public Inlining(ModelProto model, string file)
        {
            this.file = file;
            foreach (var function in model.Functions)
                if (!functions.TryAdd((Domain(function.Domain), function.Name, function.Overload), function))
                    throw new OnnxException($"The function `{function.Name}` of `{file}` is there twice; export the network again");
        }

        public void Graph(GraphProto graph, int depth)
        {
            List<NodeProto> nodes = [.. graph.Node.SelectMany(node => Nodes(node, depth))];
            graph.Node.Clear();
            graph.Node.AddRange(nodes);
        }

        List<NodeProto> Nodes(NodeProto node, int depth)
        {
            if (depth > MostDepth)
                throw new OnnxException($"The node {node.Display()} of `{file}` calls functions more than {MostDepth} deep, perhaps itself; export the network without functions");
            // Calls count too: functions may call each other and come to nothing.
            if (++made > MostNodes)
                throw new OnnxException($"The functions of `{file}` come to more than {MostNodes} nodes; export the network without functions");
            if (functions.TryGetValue((Domain(node.Domain), node.OpType, node.Overload), out var function))
                return [.. Body(node, function).SelectMany(inner => Nodes(inner, depth + 1))];
            foreach (var inner in node.Subgraphs())
                Graph(inner, depth + 1);
            return [node];
        }

        IEnumerable<NodeProto> Body(NodeProto call, FunctionProto function)
        {
            var prefix = $"{(call.Name.Length > 0 ? call.Name : function.Name)}.{++calls}.";
            var names = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "" };
            for (var i = 0; i < function.Input.Count; i++)
                names[function.Input[i]] = call.InputAt(i);
            for (var i = 0; i < function.Output.Count; i++)
                if (i < call.Output.Count && call.Output[i].Length > 0)
                {
                    // An input that is given back as it is needs a node that makes the output.
                    if (function.Input.Contains(function.Output[i]))
                        yield return new NodeProto { OpType = "Identity", Name = $"{prefix}{i}", Input = { names[function.Output[i]] }, Output = { call.Output[i] } };
                    else
                        names[function.Output[i]] = call.Output[i];
                }
            foreach (var node in function.Node)
            {
                var copy = node.Clone();
                Fill(copy, call, function);
                Rename(copy, names, prefix);
                yield return copy;
            }
        }

        static void Fill(NodeProto node, NodeProto call, FunctionProto function)
        {
            for (var i = node.Attribute.Count - 1; i >= 0; i--)
            {
                var attribute = node.Attribute[i];
                if (attribute.RefAttrName.Length == 0)
                    continue;
                var given = call.Attribute.Concat(function.AttributeProto).FirstOrDefault(other => other.Name == attribute.RefAttrName);
                if (given is null)
                    node.Attribute.RemoveAt(i);
                else
                    node.Attribute[i] = new AttributeProto(given) { Name = attribute.Name };
            }
            foreach (var inner in node.Subgraphs().SelectMany(graph => graph.Node))
                Fill(inner, call, function);
        }

        // What a graph within defines gets a name of the call, too: nothing outside has it then.
        static void Rename(NodeProto node, Dictionary<string, string> names, string prefix)
        {
            if (node.Name.Length > 0)
                node.Name = prefix + node.Name;
            for (var i = 0; i < node.Input.Count; i++)
                node.Input[i] = Map(node.Input[i]);
            for (var i = 0; i < node.Output.Count; i++)
                node.Output[i] = Map(node.Output[i]);
            foreach (var graph in node.Subgraphs())
            {
                foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
                    value.Name = Map(value.Name);
                foreach (var tensor in graph.Initializer)
                    tensor.Name = Map(tensor.Name);
                foreach (var inner in graph.Node)
                    Rename(inner, names, prefix);
            }

            string Map(string name) => names.TryGetValue(name, out var known) ? known : names[name] = prefix + name;
        }
    }
}
