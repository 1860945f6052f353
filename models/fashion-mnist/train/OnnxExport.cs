// Writes the trained network as ONNX, batch normalization folded. Unaware of training.

using Google.Protobuf;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Protos;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionMnist;

static class OnnxExport
{
    const int Float = (int)TensorProto.Types.DataType.Float;

    /// <summary>Input <c>image</c> [batch, 1, 28, 28], output <c>logits</c> [batch, 10]; Conv, Relu, GlobalAveragePool, Flatten, Gemm of operator set 17.</summary>
    public static void Write(ClothingNetwork network, string path)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var graph = new GraphProto { Name = "fashion-mnist", Input = { Value("image", 1, 28, 28) }, Output = { Value("logits", 10) } };
        var value = "image";
        foreach (var layer in network.Layers)
        {
            var normalization = layer.Normalization;
            var scale = normalization.weight / (normalization.running_var! + 1e-5).sqrt();
            graph.Initializer.Add(Weights($"{layer.Name}.weight", layer.Convolution.weight * scale.reshape(-1, 1, 1, 1)));
            graph.Initializer.Add(Weights($"{layer.Name}.bias", normalization.bias! - (normalization.running_mean! * scale)));
            var kernel = layer.Convolution.weight.shape[^1];
            var pad = kernel / 2;
            graph.Node.Add(Node("Conv", layer.Name, [value, $"{layer.Name}.weight", $"{layer.Name}.bias"],
                Integers("kernel_shape", kernel, kernel), Integers("strides", layer.Stride, layer.Stride), Integers("pads", pad, pad, pad, pad), Integer("group", layer.Groups)));
            graph.Node.Add(Node("Relu", $"{layer.Name}.relu", [layer.Name]));
            value = $"{layer.Name}.relu";
        }
        graph.Node.Add(Node("GlobalAveragePool", "pool", [value]));
        graph.Node.Add(Node("Flatten", "flat", ["pool"], Integer("axis", 1)));
        graph.Initializer.Add(Weights("dense.weight", network.Dense.weight));
        graph.Initializer.Add(Weights("dense.bias", network.Dense.bias!));
        graph.Node.Add(Node("Gemm", "logits", ["flat", "dense.weight", "dense.bias"], Integer("transB", 1)));
        OnnxFile.Write(new ModelProto { IrVersion = 8, ProducerName = "train-fashion-mnist", Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } } }, path);
    }

    /// <summary>A node whose only output has the node's name.</summary>
    static NodeProto Node(string type, string name, string[] inputs, params AttributeProto[] attributes) =>
        new() { OpType = type, Name = name, Input = { inputs }, Output = { name }, Attribute = { attributes } };

    static AttributeProto Integer(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    static AttributeProto Integers(string name, params long[] values) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    static TensorProto Weights(string name, Tensor tensor) => new()
    {
        Name = name,
        DataType = Float,
        Dims = { tensor.shape },
        RawData = ByteString.CopyFrom([.. tensor.contiguous().data<float>().SelectMany(BitConverter.GetBytes)]),
    };

    static ValueInfoProto Value(string name, params long[] sizes)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" } } };
        shape.Dim.Add(sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = Float, Shape = shape } } };
    }
}
