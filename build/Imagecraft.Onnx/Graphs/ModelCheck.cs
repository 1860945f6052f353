// Tells what makes a parsed file no usable model. Unaware of what operators compute.

using System.Collections.Immutable;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Graphs;

/// <summary>
/// The rules of the format that passes and ONNX Runtime rely on: every value has one maker and every reader a maker in scope, no cycles, every constant as much data as its shape says and no value that is not a number.
/// </summary>
sealed class ModelCheck
{
    /// <summary>A damaged file has thousands of problems; the first few say enough.</summary>
    const int MostProblems = 10;

    /// <summary>More dimensions than any operator of ONNX Runtime takes.</summary>
    const int MostDimensions = 32;

    readonly string file;
    readonly List<string> problems = [];

    ModelCheck(string file) => this.file = file;

    /// <summary>What is wrong, or nothing.</summary>
    public static IReadOnlyList<string> Problems(ModelProto model, string file)
    {
        var check = new ModelCheck(file);
        check.Ports(model);
        check.Graph(model.Graph, ImmutableStack<HashSet<string>>.Empty);
        if (ExternalData.Locations(model) is { Count: > 0 } files)
            check.problems.Add(files.FirstOrDefault(ExternalData.IsElsewhere) is { } elsewhere
                ? $"values of its tensors lie in `{elsewhere}`, which is no file within the source; export it with its data beside it"
                : $"values of its tensors lie in [{string.Join(", ", files.Select(name => $"`{name}`"))}]; name {(files.Count == 1 ? "that file" : "those files")} in the recipe: `data: {{ {files[0]}: {{ url: ..., sha256: ... }} }}`");
        return check.problems.Count <= MostProblems ? check.problems : [.. check.problems.Take(MostProblems), $"and {check.problems.Count - MostProblems} more"];
    }

    void Ports(ModelProto model)
    {
        foreach (var value in model.Graph.Input.Concat(model.Graph.Output))
            if (value.Name.Length == 0)
                problems.Add("an input or output has no name");
        foreach (var name in Repeated(model.Graph.Input.Select(input => input.Name)).Concat(Repeated(model.Graph.Output.Select(output => output.Name))))
            problems.Add($"the input or output `{name}` is there twice");
        foreach (var value in model.Graph.Input.Concat(model.Graph.Output).Concat(model.Graph.ValueInfo))
            if (value.Type?.TensorType?.Shape is { Dim.Count: > MostDimensions } shape)
                problems.Add($"the value `{value.Name}` has {shape.Dim.Count} dimensions");
    }

    void Graph(GraphProto graph, ImmutableStack<HashSet<string>> outer)
    {
        if (graph.SparseInitializer.Count > 0)
            problems.Add($"the initializer `{graph.SparseInitializer[0].Values?.Name}` is sparse, store it dense");
        foreach (var name in Repeated(graph.Initializer.Select(tensor => tensor.Name)))
            problems.Add($"the initializer `{name}` is there twice");
        foreach (var tensor in graph.Initializer)
            Tensor(tensor, $"the initializer `{tensor.Name}`");
        var scopes = outer.Push(NodeScopes.Defined(graph));
        foreach (var node in graph.Node)
        {
            if (node.OpType.Length == 0)
                problems.Add($"the node {node.Display()} has no operator");
            foreach (var input in node.Input.Where(input => input.Length > 0 && !IsKnown(input)))
                problems.Add($"the node {node.Display()} reads `{input}`, which nothing makes");
            foreach (var attribute in node.Attribute)
                foreach (var tensor in attribute.T is null ? attribute.Tensors : attribute.Tensors.Prepend(attribute.T))
                    Tensor(tensor, $"the attribute `{attribute.Name}` of the node {node.Display()}");
            foreach (var inner in node.Subgraphs())
                Graph(inner, scopes);
        }
        foreach (var output in graph.Output.Where(output => !IsKnown(output.Name)))
            problems.Add($"nothing makes the output `{output.Name}`");
        Order(graph);

        bool IsKnown(string value) => scopes.Any(scope => scope.Contains(value));
    }

    /// <summary>Values with two makers and cycles, which the index finds.</summary>
    void Order(GraphProto graph)
    {
        try
        {
            var index = new GraphIndex(graph, file);
            index.TopologicalOrder();
            problems.AddRange(graph.Node.SelectMany(node => node.Output).Where(output => output.Length > 0 && index.IsGiven(output)).Select(output => $"the value `{output}` is given and made by a node too"));
        }
        catch (OnnxException problem)
        {
            problems.Add(char.ToLowerInvariant(problem.Message[0]) + problem.Message[1..]);
        }
    }

    void Tensor(TensorProto tensor, string what)
    {
        if (tensor.Dims.Count > MostDimensions)
            problems.Add($"{what} has {tensor.Dims.Count} dimensions");
        else if (ExternalData.IsOutside(tensor))
            return;
        else if (TensorData.Size((ElementType)tensor.DataType) is not null)
            Values(tensor, what);
        else if (!Enum.IsDefined((ElementType)tensor.DataType) || tensor.DataType == 0)
            problems.Add($"{what} is of the unknown type {tensor.DataType}");
    }

    void Values(TensorProto tensor, string what)
    {
        try
        {
            var bytes = TensorData.Bytes(tensor);
            var at = (ElementType)tensor.DataType switch
            {
                ElementType.Float => Array.FindIndex(TensorData.Read<float>(tensor), float.IsNaN),
                ElementType.Double => Array.FindIndex(TensorData.Read<double>(tensor), double.IsNaN),
                ElementType.Float16 => Array.FindIndex(TensorData.Read<Half>(tensor), Half.IsNaN),
                // Another byte than 0 or 1 is both true and false to compiled code.
                ElementType.Bool => bytes.IndexOfAnyExceptInRange<byte>(0, 1),
                _ => -1,
            };
            if (at >= 0)
                problems.Add($"{what} has at position {at} {(tensor.DataType == (int)ElementType.Bool ? "neither true nor false" : "a value that is not a number")}");
        }
        catch (OnnxException problem)
        {
            problems.Add($"{what}: {char.ToLowerInvariant(problem.Message[0])}{problem.Message[1..]}");
        }
    }

    static IEnumerable<string> Repeated(IEnumerable<string> names) => names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key);
}
