// Builds small float networks for tests of quantization. Unaware of what is tested.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests.Quantization;

/// <summary>A network with one input <c>x</c>; nodes are named after what they make.</summary>
sealed class TestNetwork
{
    readonly long[] input;

    public TestNetwork(params long[] input)
    {
        this.input = input;
        Model.Graph.Input.Add(Value("x", input));
    }

    public ModelProto Model { get; } = new() { IrVersion = 8, ProducerName = "tests", Graph = new() { Name = "net" }, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } } };

    /// <summary>Noise from a seed that the name decides.</summary>
    public string Weights(string name, params long[] shape)
    {
        var count = (int)shape.Aggregate(1L, (product, size) => product * size);
        return Constant(name, new NoiseGenerator(name.Sum(letter => (long)letter)).Take(count, 1), shape);
    }

    public string Constant(string name, float[] values, params long[] shape)
    {
        Model.Graph.Initializer.Add(TensorData.Make<float>(name, values, shape));
        return name;
    }

    /// <summary>Integers of eight bits without a sign.</summary>
    public string Bytes(string name, byte[] values, params long[] shape)
    {
        Model.Graph.Initializer.Add(TensorData.Make<byte>(name, values, shape));
        return name;
    }

    public string Integers(string name, params long[] values)
    {
        Model.Graph.Initializer.Add(TensorData.Make<long>(name, values, values.Length));
        return name;
    }

    public NodeProto Node(string type, string[] inputs, string output)
    {
        var node = new NodeProto { OpType = type, Name = output, Input = { inputs }, Output = { output } };
        Model.Graph.Node.Add(node);
        return node;
    }

    /// <summary>A convolution with kernel 3 that keeps the size.</summary>
    public string Convolve(string from, string output, long inputs, long outputs, long groups = 1)
    {
        var dimensions = input.Length - 2;
        Node("Conv", [from, Weights(output + ".w", [outputs, inputs / groups, .. Enumerable.Repeat(3L, dimensions)]), Weights(output + ".b", outputs)], output)
            .With("pads", Enumerable.Repeat(1L, 2 * dimensions)).With("group", groups);
        return output;
    }

    /// <summary>The model with these outputs, of any shape.</summary>
    public ModelProto Build(params string[] outputs)
    {
        foreach (var output in outputs)
            Model.Graph.Output.Add(new ValueInfoProto { Name = output, Type = new() { TensorType = new() { ElemType = (int)ElementType.Float } } });
        return Model;
    }

    public static ValueInfoProto Value(string name, params long[] shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var size in shape)
            dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)ElementType.Float, Shape = dimensions } } };
    }

    /// <summary>Frames of noise for the input of a model.</summary>
    public static FloatTensor Frames(ModelProto model, int count = 32, long seed = 7)
    {
        long[] shape = [count, .. model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue)];
        return new(shape, new NoiseGenerator(seed).Take((int)shape.Aggregate(1L, (product, size) => product * size), 2));
    }
}
