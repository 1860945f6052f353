// Damages models, the same way for the same seed. Unaware of who reads them.

using Google.Protobuf;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Tests.Fuzzing;

/// <summary>Two kinds of damage: to the bytes of the file, most of which the parser notices, and to what the bytes mean, which it cannot.</summary>
public sealed class Mutator(int seed)
{
    static readonly long[] Edges = [0, 1, -1, 2, 7, 255, 4096, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 40];
    static readonly string[] Types = ["Conv", "Gemm", "MatMul", "Reshape", "Transpose", "If", "Loop", "Constant", "Shape", "Cast", "Identity", "BatchNormalization", "Softmax", "Squeeze", "Nonsense", ""];

    readonly Random random = new(seed);

    /// <summary>Flips, cuts, repeats or removes bytes.</summary>
    public byte[] Damage(byte[] file)
    {
        byte[] bytes = [.. file];
        switch (random.Next(4))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                var (from, to) = (random.Next(bytes.Length), random.Next(bytes.Length));
                return [.. bytes[..Math.Max(from, to)], .. bytes[Math.Min(from, to)..]];
            case 2:
                var start = random.Next(bytes.Length);
                return [.. bytes[..start], .. bytes[Math.Min(bytes.Length, start + random.Next(1, 16))..]];
            default:
                for (var flips = random.Next(1, 9); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    /// <summary>Changes names, types, sizes, attributes and the order of things, once or twice.</summary>
    public ModelProto Distort(ModelProto model)
    {
        model = model.Clone();
        for (var times = random.Next(1, 3); times > 0; times--)
            DistortOnce(model);
        return model;
    }

    void DistortOnce(ModelProto model)
    {
        var graph = model.Graph;
        var node = Any(graph.Node);
        var names = graph.Node.SelectMany(made => made.Output).Concat(graph.Input.Select(input => input.Name)).Concat(graph.Initializer.Select(tensor => tensor.Name)).Append("").Append("nothing").ToList();
        switch (random.Next(16))
        {
            case 0 when node?.Input.Count > 0:
                node.Input[random.Next(node.Input.Count)] = Any(names)!;
                break;
            case 1 when node?.Output.Count > 0:
                node.Output[random.Next(node.Output.Count)] = Any(names)!;
                break;
            case 2 when node is not null:
                node.OpType = random.Next(2) == 0 ? Any(Types)! : Any(graph.Node)!.OpType;
                break;
            case 3 when node is not null:
                graph.Node.Remove(node);
                break;
            case 4 when node is not null:
                graph.Node.Insert(random.Next(graph.Node.Count), node.Clone());
                break;
            case 5 when node is not null:
                node.Input.Add(Any(names)!);
                break;
            case 6 when node?.Input.Count > 0:
                node.Input.RemoveAt(random.Next(node.Input.Count));
                break;
            case 7 when node is not null:
                node.Output.Clear();
                break;
            case 8 when Any(node?.Attribute) is { } attribute:
                Distort(attribute);
                break;
            case 9 when Any(graph.Initializer) is { } tensor:
                Distort(tensor);
                break;
            case 10 when Any(graph.Input.Concat(graph.Output).Concat(graph.ValueInfo).ToList())?.Type?.TensorType is { } type:
                if (Any(type.Shape?.Dim) is { } dimension && random.Next(2) == 0)
                    dimension.DimValue = Any(Edges);
                else
                    type.ElemType = random.Next(25);
                break;
            case 11 when Any(graph.Input.Concat(graph.Output).Concat(graph.ValueInfo).ToList()) is { } value:
                (value.Name, value.Type) = (Any(names)!, random.Next(2) == 0 ? null : value.Type);
                break;
            case 12:
                model.OpsetImport[0].Version = random.Next(-1, 26);
                break;
            case 13 when node is not null:
                node.Attribute.Add(new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = random.Next(2) == 0 ? new() : graph.Clone() });
                break;
            case 14 when Any(graph.Initializer) is { } tensor:
                graph.Initializer.Remove(tensor);
                break;
            default:
                (graph.Output.Count > 0 ? graph.Output[0] : new()).Name = Any(names)!;
                break;
        }
    }

    void Distort(AttributeProto attribute)
    {
        switch (random.Next(6))
        {
            case 0:
                attribute.I = Any(Edges);
                break;
            case 1 when attribute.Ints.Count > 0:
                attribute.Ints[random.Next(attribute.Ints.Count)] = Any(Edges);
                break;
            case 2:
                attribute.Ints.Add(Any(Edges));
                break;
            case 3:
                attribute.Type = (AttributeProto.Types.AttributeType)random.Next(15);
                break;
            case 4 when attribute.T is not null:
                Distort(attribute.T);
                break;
            default:
                (attribute.F, attribute.S) = (float.NaN, ByteString.CopyFromUtf8("SAME_UPPER"));
                break;
        }
    }

    void Distort(TensorProto tensor)
    {
        switch (random.Next(5))
        {
            case 0 when tensor.Dims.Count > 0:
                tensor.Dims[random.Next(tensor.Dims.Count)] = Any(Edges);
                break;
            case 1:
                tensor.DataType = random.Next(-1, 25);
                break;
            case 2:
                tensor.Dims.Add(Any(Edges));
                break;
            case 3 when tensor.RawData.Length > 0:
                var bytes = tensor.RawData.ToByteArray();
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
                tensor.RawData = ByteString.CopyFrom(bytes);
                break;
            default:
                tensor.Dims.Clear();
                break;
        }
    }

    T? Any<T>(IReadOnlyList<T>? from) => from?.Count > 0 ? from[random.Next(from.Count)] : default;
}
