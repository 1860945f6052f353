// A network computed by arithmetic that is the same everywhere. Unaware of passes and samples.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference;

/// <summary>
/// Interprets a graph node by node on one thread. Floating-point operations are those that IEEE 754 fixes, in an order that does not depend on the processor's vectors, and integers are exact, so that the same network and
/// inputs give the same bits on every processor, C library and operating system. What ONNX Runtime computes differs from it in last digits.
/// </summary>
public sealed class ReferenceNetwork
{
    readonly GraphProgram program;
    readonly string[] outputs;

    /// <summary>Readies a network.</summary>
    /// <param name="model">A network without functions of its own.</param>
    /// <param name="file">Names it in messages.</param>
    /// <exception cref="OnnxException">An operator has no reference arithmetic; the message names the node.</exception>
    public ReferenceNetwork(ModelProto model, string file)
    {
        var opsets = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var opset in model.OpsetImport)
            opsets[opset.Domain == "ai.onnx" ? "" : opset.Domain] = (int)opset.Version;
        program = new(model.Graph, opsets, null, file);
        outputs = [.. model.Graph.Output.Select(output => output.Name)];
        if (program.Inputs.FirstOrDefault(input => input.Type?.TensorType is null) is { } odd)
            throw new OnnxException($"The input `{odd.Name}` of `{file}` is no tensor (a sequence, a map or an optional value, or its type is not stated), which has no reference arithmetic; export the network with tensors for inputs");
        var usual = UsualSizes.Of(model);
        Inputs = [.. program.Inputs.Select(input => WithSizes(Port(input), usual))];
        Outputs = [.. model.Graph.Output.Select(Port)];
    }

    /// <summary>Inputs with types and shapes; a free dimension is -1, unless the network tells its usual size.</summary>
    public IReadOnlyList<TensorPort> Inputs { get; }

    /// <summary>Outputs, as <see cref="Inputs"/>, as far as the network states them.</summary>
    public IReadOnlyList<TensorPort> Outputs { get; }

    /// <summary>Reads a file; <paramref name="shownAs"/> names it in messages.</summary>
    public static ReferenceNetwork Load(string path, string shownAs) => new(OnnxFile.Read(path, shownAs), shownAs);

    /// <summary>Runs once on float tensors.</summary>
    /// <param name="given">All inputs by name.</param>
    /// <param name="cancellationToken">Stops between nodes.</param>
    public Dictionary<string, FloatTensor> Run(IReadOnlyDictionary<string, FloatTensor> given, CancellationToken cancellationToken)
    {
        var results = new Dictionary<string, FloatTensor>();
        Visit(given, (name, shape, values) => results.Add(name, new(shape, values.ToArray())), cancellationToken);
        return results;
    }

    /// <summary>As <see cref="Run"/>, but shows each output where it lies, valid for the time of the call.</summary>
    internal void Visit(IReadOnlyDictionary<string, FloatTensor> given, TensorVisitor visit, CancellationToken cancellationToken)
    {
        var inputs = Inputs.Select(port => Input(given[port.Name])).ToArray();
        var results = program.Run(inputs, null, cancellationToken);
        for (var i = 0; i < results.Length; i++)
        {
            visit(outputs[i], Array.ConvertAll(results[i].Shape, size => (long)size), results[i].Span<float>());
            MemoryPool.Give(results[i].Memory);
        }
        foreach (var input in inputs)
            MemoryPool.Give(input.Memory);
    }

    /// <summary>Runs once on tensors of any types.</summary>
    /// <param name="given">All inputs by name.</param>
    /// <param name="cancellationToken">Stops between nodes.</param>
    public IReadOnlyList<TensorProto> Run(IReadOnlyDictionary<string, TensorProto> given, CancellationToken cancellationToken)
    {
        var results = program.Run([.. Inputs.Select(port => Tensor.Of(given[port.Name], $"The input `{port.Name}`"))], null, cancellationToken);
        return [.. results.Select((result, i) => result.ToProto(outputs[i]))];
    }

    static Tensor Input(FloatTensor tensor)
    {
        var input = new Tensor(ElementType.Float, Array.ConvertAll(tensor.Shape, size => checked((int)size)), MemoryPool.Take(4 * tensor.Values.Length));
        tensor.Values.CopyTo(input.Span<float>());
        return input;
    }

    static TensorPort WithSizes(TensorPort port, ImmutableSortedDictionary<string, ImmutableArray<long>> usual) =>
        port.Shape.Contains(-1) && usual.TryGetValue(port.Name, out var sizes) && sizes.Length == port.Shape.Length
            ? port with { Shape = [.. port.Shape.Select((size, i) => size < 0 ? sizes[i] : size)], FreeAxes = [.. Enumerable.Range(0, port.Shape.Length).Where(i => port.Shape[i] < 0)] }
            : port;

    static TensorPort Port(ValueInfoProto value)
    {
        var tensor = value.Type?.TensorType;
        var type = (ElementType)(tensor?.ElemType ?? 0) switch
        {
            ElementType.Float => "float32",
            ElementType.Double => "float64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return new(value.Name, type, [.. tensor?.Shape?.Dim.Select(dimension => dimension.HasDimValue ? dimension.DimValue : -1) ?? []]);
    }
}

/// <summary>Sees one output of a run.</summary>
delegate void TensorVisitor(string name, long[] shape, ReadOnlySpan<float> values);
