// What a kernel sees of the node it computes. Unaware of which kernels there are.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference;

/// <summary>Computes a node: all its outputs, in order. An output that shares the memory of an input is made by <see cref="Tensor.Reshaped"/>.</summary>
delegate Tensor[] Kernel(Call call);

/// <summary>One run of one node.</summary>
/// <param name="node">It.</param>
/// <param name="opset">Version of its operator set.</param>
/// <param name="inputs">Its inputs; null where it leaves one out.</param>
/// <param name="kept">What earlier runs of the node kept.</param>
/// <param name="runInner">Runs a graph within the node.</param>
sealed class Call(NodeProto node, int opset, Tensor?[] inputs, Kept kept, Func<GraphProto, IReadOnlyList<Tensor>, Tensor[]> runInner)
{
    public NodeProto Node => node;

    public int Opset => opset;

    public int InputCount => inputs.Length;

    public int OutputCount => node.Output.Count;

    /// <summary>An input that must be there.</summary>
    public Tensor this[int index] => Optional(index) ?? throw new OnnxException($"Input {index} of {node.Display()} is missing");

    public Tensor? Optional(int index) => index < inputs.Length ? inputs[index] : null;

    public IEnumerable<Tensor> All => inputs.OfType<Tensor>();

    /// <summary>A tensor of any content; one that is too large for any board is an <see cref="OnnxException"/>.</summary>
    public Tensor Make(ElementType type, params int[] shape)
    {
        var bytes = Tensor.SizeOf(type) * shape.Aggregate(1.0, (product, size) => product * size);
        return bytes <= Budget.MostBytes
            ? new(type, shape, MemoryPool.Take(Tensor.Product(shape) * Tensor.SizeOf(type)))
            : throw Bad(FormattableString.Invariant($"a value of the shape [{string.Join(", ", shape)}] needs {Math.Ceiling(bytes / (1 << 20)):0} MiB, more than the {Budget.MostBytes >> 20} that one may have; give its inputs smaller `shapes`"));
    }

    /// <summary>A tensor of zeros.</summary>
    public Tensor Zeros(ElementType type, params int[] shape)
    {
        var tensor = Make(type, shape);
        tensor.Memory.Bytes.AsSpan(0, tensor.Count * Tensor.SizeOf(type)).Clear();
        return tensor;
    }

    public Tensor Make(ElementType type, int[] shape, ReadOnlySpan<long> values)
    {
        var tensor = Make(type, shape);
        if (type == ElementType.Int64)
            values.CopyTo(tensor.Span<long>());
        else
            for (var i = 0; i < values.Length; i++)
                tensor.Span<int>()[i] = (int)values[i];
        return tensor;
    }

    /// <summary>Gives back a tensor that was scratch.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Kernels ask their call for all they need")]
    public void Free(Tensor scratch) => MemoryPool.Give(scratch.Memory);

    public long Integer(string name, long otherwise) => node.GetInteger(name, otherwise);

    public float Number(string name, float otherwise) => node.GetNumber(name, otherwise);

    public string Text(string name, string otherwise) => node.GetText(name, otherwise);

    public bool Flag(string name) => node.GetInteger(name, 0) != 0;

    public ImmutableArray<long>? Integers(string name) => node.GetIntegers(name);

    /// <summary>A list of integers that newer operator sets give as an input and older ones as an attribute.</summary>
    public long[]? IntegersOf(int input, string attribute) => Optional(input)?.Integers() ?? node.GetIntegers(attribute)?.ToArray();

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < Math.Max(rank, 1) ? (int)(axis < 0 ? axis + rank : axis) : throw Bad($"the axis {axis} is not one of {rank}");

    /// <summary>What is made of inputs that may be constants: made once then, else at every run.</summary>
    public T Keep<T>(int input, Func<T> make) where T : class => kept.Get(input, make);

    public Tensor[] RunInner(string attribute, IReadOnlyList<Tensor> given) =>
        runInner(node.Attribute.FirstOrDefault(a => a.Name == attribute)?.G ?? throw Bad($"it has no graph `{attribute}`"), given);

    public OnnxException Bad(string reason) => new($"The node {node.Display()} cannot be computed: {reason}");
}

/// <summary>What a node keeps from run to run, made of its constant inputs.</summary>
/// <param name="isConstant">Which inputs are constant.</param>
sealed class Kept(bool[] isConstant)
{
    readonly Dictionary<(int Input, Type Type), object> values = [];

    public T Get<T>(int input, Func<T> make) where T : class
    {
        if (input >= isConstant.Length || !isConstant[input])
            return make();
        if (!values.TryGetValue((input, typeof(T)), out var found))
            values.Add((input, typeof(T)), found = make());
        return (T)found;
    }
}
