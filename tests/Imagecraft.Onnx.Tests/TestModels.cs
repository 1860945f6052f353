// Small networks for tests, written by hand as protobuf.

using Google.Protobuf;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Tests;

public static class TestModels
{
    const int Float = (int)TensorProto.Types.DataType.Float, Int64 = (int)TensorProto.Types.DataType.Int64;

    /// <summary>Outputs: <c>level</c> = |x| * gain + state, <c>next</c> = state + 1. Inputs: x [batch, width], state [1, 1].</summary>
    public static ModelProto Counter(float gain = 1)
    {
        var graph = new GraphProto
        {
            Name = "counter",
            Input = { Value("x", Float, "batch", "width"), Value("state", Float, 1L, 1L) },
            Output = { Value("level", Float, "batch", "width"), Value("next", Float, 1L, 1L) },
            Initializer = { Scalar("gain", gain), Scalar("one", 1) },
            Node =
            {
                Node("Abs", ["x"], "loudness"),
                Node("Mul", ["loudness", "gain"], "loud"),
                Node("Add", ["loud", "state"], "level"),
                Node("Add", ["state", "one"], "next"),
            },
        };
        return Model(graph);
    }

    /// <summary>Output <c>y</c> is 2x at a rate of 16000 and 3x otherwise, by a conditional within which another, undecided one stands.</summary>
    public static ModelProto Conditional()
    {
        var graph = new GraphProto
        {
            Name = "conditional",
            Input = { Value("x", Float, 1L, "width"), Value("rate", Int64) },
            Output = { Value("y", Float, 1L, "width") },
            Initializer = { Integer("wide", 16000), Scalar("two", 2), Scalar("three", 3), Integer("rank", 2) },
            Node =
            {
                Node("Equal", ["rate", "wide"], "is-wide"),
                If("choice", "is-wide", "y",
                    Branch([Node("Shape", ["x"], "shape"), Node("Size", ["shape"], "size"), Node("Equal", ["size", "rank"], "is-flat"), If("inner", "is-flat", "inner-y", Branch([Node("Mul", ["x", "two"], "flat-y")], "flat-y"), Branch([Node("Neg", ["x"], "other-y")], "other-y"))], "inner-y"),
                    Branch([Node("Mul", ["x", "three"], "narrow-y")], "narrow-y")),
            },
        };
        return Model(graph);
    }

    /// <summary>Outputs: <c>value</c> = a table of zeros at <c>state</c>, <c>next</c> = state + 1; fails when the state passes the table. Input: state [1].</summary>
    public static ModelProto Steps(int length)
    {
        var table = new TensorProto { Name = "table", DataType = Float, Dims = { length }, RawData = ByteString.CopyFrom(new byte[4 * length]) };
        return Model(new GraphProto
        {
            Name = "steps",
            Input = { Value("state", Int64, 1L) },
            Output = { Value("value", Float, 1L), Value("next", Int64, 1L) },
            Initializer = { table, Integer("one", 1) },
            Node = { Node("Gather", ["table", "state"], "value"), Node("Add", ["state", "one"], "next") },
        });
    }

    /// <summary>A network from <c>x</c> of a shape to the output of the last node, whose shape is free.</summary>
    public static ModelProto Chain(long[] shape, NodeProto[] nodes, params TensorProto[] constants) => Chain(17, shape, nodes, constants);

    /// <summary>The same with an older operator set.</summary>
    public static ModelProto Chain(long opset, long[] shape, NodeProto[] nodes, params TensorProto[] constants)
    {
        var graph = new GraphProto
        {
            Name = "chain",
            Input = { Value("x", Float, [.. shape.Cast<object>()]) },
            Output = { new ValueInfoProto { Name = nodes[^1].Output[0], Type = new() { TensorType = new() { ElemType = Float } } } },
            Node = { nodes },
            Initializer = { constants },
        };
        var model = Model(graph);
        model.OpsetImport[0].Version = opset;
        return model;
    }

    /// <summary>A constant with values that differ, between -1 and 1.</summary>
    public static TensorProto Weights(string name, params long[] shape) =>
        TensorData.Make<float>(name, new NoiseGenerator(name.Length + shape.Sum()).Take((int)shape.Aggregate(1L, (product, size) => product * size), 1), shape);

    /// <summary>A constant with values from 0.5 to 1.5.</summary>
    public static TensorProto Positive(string name, params long[] shape) =>
        TensorData.Make<float>(name, Array.ConvertAll(TensorData.ReadFloats(Weights(name, shape)), value => 1 + (value / 2)), shape);

    public static byte[] Bytes(ModelProto model) => model.ToByteArray();

    static ModelProto Model(GraphProto graph) => new() { IrVersion = 8, ProducerName = "tests", Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 16 } } };

    public static NodeProto Node(string type, string[] inputs, string output) => new() { OpType = type, Name = output, Input = { inputs }, Output = { output } };

    internal static NodeProto If(string name, string condition, string output, GraphProto then, GraphProto otherwise) => new()
    {
        OpType = "If",
        Name = name,
        Input = { condition },
        Output = { output },
        Attribute =
        {
            new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = then },
            new AttributeProto { Name = "else_branch", Type = AttributeProto.Types.AttributeType.Graph, G = otherwise },
        },
    };

    static GraphProto Branch(NodeProto[] nodes, string output) => new() { Name = output, Node = { nodes }, Output = { Value(output, Float, 1L, "width") } };

    static TensorProto Scalar(string name, float value) => new() { Name = name, DataType = Float, RawData = ByteString.CopyFrom(BitConverter.GetBytes(value)) };

    static TensorProto Integer(string name, long value) => new() { Name = name, DataType = Int64, RawData = ByteString.CopyFrom(BitConverter.GetBytes(value)) };

    internal static ValueInfoProto Value(string name, int type, params object[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
            shape.Dim.Add(dimension is long size ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = (string)dimension });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = shape } } };
    }
}
