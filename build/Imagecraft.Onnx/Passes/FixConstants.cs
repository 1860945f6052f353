// Turns scalar inputs of a model into constants. Unaware of what the model computes.

using System.Buffers.Binary;
using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>Removes an input and gives its value as an initializer of the same name.</summary>
public sealed class FixConstants(ImmutableSortedDictionary<string, double> constants) : IModelPass
{
    /// <inheritdoc/>
    public string Name => "fix-constants";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        foreach (var (name, value) in constants)
        {
            var input = Ports.Input(model, name, file);
            var type = input.Type?.TensorType ?? throw new OnnxException($"Input `{name}` of `{file}` is no tensor, so it cannot be a constant");
            if (type.Shape is { } shape && shape.Dim.Any(dimension => dimension.DimValue != 1))
                throw new OnnxException($"Input `{name}` of `{file}` is no scalar, so it cannot be a constant");
            var tensor = new TensorProto { Name = name, DataType = type.ElemType, RawData = ByteString.CopyFrom(Bytes(type.ElemType, value, name, file)) };
            tensor.Dims.AddRange(type.Shape?.Dim.Select(_ => 1L) ?? []);
            model.Graph.Initializer.Add(tensor);
            model.Graph.Input.Remove(input);
        }
        return model;
    }

    static byte[] Bytes(int type, double value, string name, string file)
    {
        var bytes = new byte[8];
        switch ((TensorProto.Types.DataType)type)
        {
            case TensorProto.Types.DataType.Float:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value);
                return bytes[..4];
            case TensorProto.Types.DataType.Double:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
                return bytes;
            case TensorProto.Types.DataType.Int64 when value == Math.Truncate(value) && Math.Abs(value) < 1L << 53:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)value);
                return bytes;
            case TensorProto.Types.DataType.Int32 when value == Math.Truncate(value) && value is >= int.MinValue and <= int.MaxValue:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)value);
                return bytes[..4];
            case TensorProto.Types.DataType.Bool when value is 0 or 1:
                return [(byte)value];
            default:
                throw new OnnxException($"The constant {value} does not fit input `{name}` of `{file}`, which is {((TensorProto.Types.DataType)type).ToString().ToLowerInvariant()}");
        }
    }
}
