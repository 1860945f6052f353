// One ONNX node computed by the reference arithmetic. Unaware of the device.

using Google.Protobuf;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.VirtualNpu.Tests;

/// <summary>A node whose inputs are all given by tensors.</summary>
internal sealed class ReferenceNode(string kind, string domain = "")
{
    private readonly NodeProto _node = new() { OpType = kind, Domain = domain, Name = "node", Output = { "y" } };
    private readonly Dictionary<string, TensorProto> _given = [];

    public ReferenceNode Bytes(ReadOnlySpan<byte> values, bool isSigned, params long[] shape) => Give(isSigned ? ElementType.Int8 : ElementType.Uint8, values, shape);

    public ReferenceNode Floats(ReadOnlySpan<float> values, params long[] shape) => Give(ElementType.Float, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values), shape);

    public ReferenceNode Integers(ReadOnlySpan<int> values, params long[] shape) => Give(ElementType.Int32, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values), shape);

    public ReferenceNode Scale(float value) => Floats([value]);

    public ReferenceNode Zero(int value, bool isSigned) => Bytes([unchecked((byte)value)], isSigned);

    public ReferenceNode With(string name, params long[] values)
    {
        _node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } });
        return this;
    }

    public ReferenceNode WithOne(string name, long value)
    {
        _node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });
        return this;
    }

    /// <summary>The bytes of its one output.</summary>
    public byte[] Run()
    {
        var model = new ModelProto { IrVersion = 8, Graph = new() { Name = "node", Node = { _node }, Output = { new ValueInfoProto { Name = "y", Type = new() { TensorType = new() { ElemType = (int)ElementType.Uint8 } } } } }, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 }, new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 } } };
        foreach (var (name, tensor) in _given)
            model.Graph.Input.Add(new ValueInfoProto { Name = name, Type = new() { TensorType = new() { ElemType = tensor.DataType, Shape = new() { Dim = { tensor.Dims.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } } } } });
        var result = new ReferenceNetwork(model, "node").Run(_given, TestContext.Current.CancellationToken)[0];
        return result.RawData.Length > 0 ? result.RawData.ToByteArray() : [.. result.Int32Data.Select(value => unchecked((byte)value))];
    }

    private ReferenceNode Give(ElementType type, ReadOnlySpan<byte> bytes, long[] shape)
    {
        var name = FormattableString.Invariant($"x{_given.Count}");
        _given.Add(name, new TensorProto { Name = name, DataType = (int)type, Dims = { shape }, RawData = ByteString.CopyFrom(bytes) });
        _node.Input.Add(name);
        return this;
    }
}
