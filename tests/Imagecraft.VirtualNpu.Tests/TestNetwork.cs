// A network that is computed twice: by the reference arithmetic, and by the device's operations on what the compiler made of it.

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Compilation;
using Imagecraft.Vnpu.Networks;
using Imagecraft.VirtualNpu.Arithmetic;
using DataType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.VirtualNpu.Tests;

/// <summary>Nodes in the order in which they are added.</summary>
internal sealed class TestNetwork
{
    public const string Runtime = "com.microsoft";

    private readonly ModelProto _model;
    private readonly Dictionary<string, TensorProto> _inputs = [];
    private int _names;

    public TestNetwork()
        : this(new() { IrVersion = 8, Graph = new() { Name = "test" }, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 }, new OperatorSetIdProto { Domain = Runtime, Version = 1 } } })
    {
    }

    /// <summary>A network that is there already, with values for its inputs.</summary>
    public TestNetwork(ModelProto model, params TensorProto[] inputs)
    {
        _model = model;
        foreach (var input in inputs)
            _inputs.Add(input.Name, input);
    }

    /// <summary>A value that comes from outside.</summary>
    public string Input(byte[] values, bool isSigned, params long[] shape)
    {
        var tensor = Tensor(isSigned ? DataType.Int8 : DataType.Uint8, values, shape);
        _inputs.Add(tensor.Name, tensor);
        return tensor.Name;
    }

    public string Bytes(byte[] values, bool isSigned, params long[] shape) => Constant(isSigned ? DataType.Int8 : DataType.Uint8, values, shape);

    public string Floats(float[] values, params long[] shape) => Constant(DataType.Float, MemoryMarshal.AsBytes<float>(values), shape);

    public string Integers(int[] values, params long[] shape) => Constant(DataType.Int32, MemoryMarshal.AsBytes<int>(values), shape);

    public string Longs(params long[] values) => Constant(DataType.Int64, MemoryMarshal.AsBytes<long>(values), [values.Length]);

    public string Scale(float value) => Floats([value]);

    public string Zero(int value, bool isSigned) => Bytes([unchecked((byte)value)], isSigned);

    /// <summary>Adds a node; an input that is empty is left out.</summary>
    public string Node(string kind, string domain, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = kind, Domain = domain, Name = $"{kind}{_model.Graph.Node.Count}", Input = { inputs }, Output = { Name() } };
        foreach (var (name, value) in attributes)
            node.Attribute.Add(value switch
            {
                long number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = number },
                long[] list => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { list } },
                string text => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(text) },
                _ => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value },
            });
        _model.Graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>The nodes as the compiler reads them, with the shapes that the reference found.</summary>
    public ImmutableArray<NetworkNode> Nodes()
    {
        var values = Compute().ToDictionary(pair => pair.Key, pair => new NetworkValue(pair.Key, Type(pair.Value.DataType), [.. pair.Value.Dims]), StringComparer.Ordinal);
        foreach (var input in _inputs.Values)
            values[input.Name] = new(input.Name, Type(input.DataType), [.. input.Dims]);
        foreach (var constant in _model.Graph.Initializer)
            values[constant.Name] = new(constant.Name, Type(constant.DataType), [.. constant.Dims]) { Constant = constant.RawData.ToByteArray() };
        return [.. _model.Graph.Node.Select(node => new NetworkNode(node.Name, node.Domain, node.OpType, [.. node.Input.Select(name => name.Length > 0 ? values[name] : null)], [.. node.Output.Select(name => values[name])])
        {
            Integers = node.Attribute.Where(attribute => attribute.Type is AttributeProto.Types.AttributeType.Int or AttributeProto.Types.AttributeType.Ints).ToImmutableDictionary(attribute => attribute.Name, attribute => attribute.Type == AttributeProto.Types.AttributeType.Int ? ImmutableArray.Create(attribute.I) : [.. attribute.Ints]),
            Numbers = node.Attribute.Where(attribute => attribute.Type == AttributeProto.Types.AttributeType.Float).ToImmutableDictionary(attribute => attribute.Name, attribute => attribute.F),
            Texts = node.Attribute.Where(attribute => attribute.Type == AttributeProto.Types.AttributeType.String).ToImmutableDictionary(attribute => attribute.Name, attribute => attribute.S.ToStringUtf8()),
        })];
    }

    /// <summary>Computes the last value both ways; the bits have to be the same.</summary>
    public void Check()
    {
        var (computed, reason) = ComputeOnDevice();
        Assert.Null(reason);
        Assert.Equal(Content(Compute()[_model.Graph.Node[^1].Output[0]]), computed);
    }

    /// <summary>The last value as the device's operations compute it, or why the compiler does not take a node.</summary>
    public (byte[]? Value, string? Reason) ComputeOnDevice()
    {
        var nodes = Nodes();
        ImmutableArray<NetworkValue> inputs = [.. _inputs.Values.Select(input => new NetworkValue(input.Name, Type(input.DataType), [.. input.Dims]))];
        var (program, reason) = Compiler.Compile(nodes, inputs, [nodes[^1].Outputs[0]!]);
        return (program is null ? null : Run(program), reason);
    }

    /// <summary>Why the accelerator does not take the first node.</summary>
    public string Reason() => Partition.Of(Nodes(), []).Places[0].Reason ?? "";

    private unsafe byte[] Run(NpuProgram program)
    {
        // Behind what a program may touch lies what it may not.
        byte[][] buffers = [new byte[program.ArenaBytes + 64], .. program.Constants.Select(constants => constants.ToArray())];
        buffers[0].AsSpan().Fill(0xa5);
        foreach (var port in program.Inputs)
            _inputs[port.Name].RawData.Span.CopyTo(buffers[0].AsSpan((int)port.Offset, (int)port.Bytes));
        var pins = buffers.Select(buffer => GCHandle.Alloc(buffer, GCHandleType.Pinned)).ToArray();
        foreach (var command in program.Commands)
        {
            var shape = CommandShape.Of(command)!.Value;
            Kernels.Run(command, new() { Input = At(command.Input, shape.Input), Second = At(command.Second, shape.Second), Parameters = At(command.Parameters, shape.Parameters), Output = At(command.Output, shape.Output) }, new() { MaxDegreeOfParallelism = 2 });
        }

        foreach (var pin in pins)
            pin.Free();
        Assert.DoesNotContain(buffers[0][(int)program.ArenaBytes..], value => value != 0xa5);
        var result = Assert.Single(program.Outputs);
        return buffers[0].AsSpan((int)result.Offset, (int)result.Bytes).ToArray();

        byte* At(Operand operand, ulong bytes)
        {
            Assert.True(operand.Offset + bytes <= (ulong)buffers[operand.Buffer].Length - (operand.Buffer == 0 ? 64u : 0));
            return (byte*)pins[operand.Buffer].AddrOfPinnedObject() + operand.Offset;
        }
    }

    private Dictionary<string, TensorProto> Compute()
    {
        var model = _model.Clone();
        model.Graph.Output.Clear();
        string[] names = [.. model.Graph.Node.SelectMany(node => node.Output)];
        foreach (var name in names)
            model.Graph.Output.Add(new ValueInfoProto { Name = name, Type = new() { TensorType = new() { ElemType = (int)DataType.Uint8 } } });
        foreach (var (name, tensor) in _inputs.Where(input => model.Graph.Input.All(known => known.Name != input.Key)))
            model.Graph.Input.Add(new ValueInfoProto { Name = name, Type = new() { TensorType = new() { ElemType = tensor.DataType, Shape = new() { Dim = { tensor.Dims.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } } } } });
        return names.Zip(new ReferenceNetwork(model, "test").Run(_inputs, TestContext.Current.CancellationToken)).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    private static byte[] Content(TensorProto tensor) => tensor.RawData.Length > 0 ? tensor.RawData.ToByteArray() : [.. tensor.Int32Data.Select(value => unchecked((byte)value))];

    private static ElementType Type(int type) => Enum.IsDefined((ElementType)type) ? (ElementType)type : ElementType.Other;

    private string Constant(DataType type, ReadOnlySpan<byte> values, long[] shape)
    {
        var tensor = Tensor(type, values, shape);
        _model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private TensorProto Tensor(DataType type, ReadOnlySpan<byte> values, long[] shape) => new() { Name = Name(), DataType = (int)type, Dims = { shape }, RawData = ByteString.CopyFrom(values) };

    private string Name() => FormattableString.Invariant($"v{_names++}");
}
