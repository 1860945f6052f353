// Stores weights with 16 bits. Unaware of activations: all computation stays in float.

using System.Runtime.InteropServices;
using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Large float constants become float16 with a Cast to float behind them, which ONNX Runtime folds when it loads the network: the file halves, speed and memory stay.
/// </summary>
public static class HalfWeights
{
    /// <summary>Below it, the node for the cast takes more bytes than are saved.</summary>
    const long LeastCount = 64;

    /// <summary>Gives a copy with half weights. A constant with a value that float16 cannot hold stays float.</summary>
    /// <param name="model">A float network.</param>
    /// <param name="file">Names the model in messages.</param>
    public static ModelProto Apply(ModelProto model, string file)
    {
        model = model.Clone();
        var index = new GraphIndex(model.Graph, file);
        foreach (var tensor in model.Graph.Initializer.ToArray())
        {
            if (tensor.DataType != (int)ElementType.Float || TensorData.Count(tensor) < LeastCount || index.IsOutput(tensor.Name) || model.Graph.Input.Any(input => input.Name == tensor.Name))
                continue;
            var halves = Array.ConvertAll(TensorData.Read<float>(tensor), value => (Half)value);
            if (!halves.All(Half.IsFinite))
                continue;
            // The cast takes over the name, so nothing that reads it changes.
            var cast = new NodeProto { OpType = "Cast", Output = { tensor.Name } }.With("to", (long)ElementType.Float);
            tensor.Name = index.FreshName(tensor.Name + ".h");
            tensor.DataType = (int)ElementType.Float16;
            tensor.FloatData.Clear();
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(halves.AsSpan()));
            cast.Input.Add(tensor.Name);
            model.Graph.Node.Insert(0, cast);
        }
        return model;
    }
}
