// Parts of networks that are compiled for an accelerator while building.

using System.Collections.Immutable;
using System.Security.Cryptography;
using Google.Protobuf;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Requests.Models;
using Imagecraft.Vnpu.Compilation;
using DataType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;
using Kind = Imagecraft.Onnx.Protos.AttributeProto.Types.AttributeType;

namespace Imagecraft.BuiltIns.Tests;

public sealed class ContextTests
{
    [Fact]
    public async Task A_node_stands_for_each_part_and_the_rest_stays()
    {
        var network = Network().ToByteArray();
        using var context = await CompiledAsync(network);
        var model = ModelProto.Parser.ParseFrom(context.Store.Read(context.Outputs["file"].Digest));
        Assert.Equal(["QuantizeLinear", "EPContext", "DequantizeLinear"], model.Graph.Node.Select(node => node.OpType));
        Assert.Equal("x", Assert.Single(model.Graph.Input).Name);
        Assert.Equal("y", Assert.Single(model.Graph.Output).Name);
        // Whoever loads it sees whether it is of the file beside it.
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(network)), Assert.Single(model.MetadataProps).Value);
        // Its values are in the part, no longer in the network.
        Assert.DoesNotContain(model.Graph.Initializer, tensor => tensor.Name is "weights" or "weight_scale");
        Assert.Contains(model.Graph.ValueInfo, value => value.Name == "b" && value.Type.TensorType.ElemType == (int)DataType.Uint8);

        var part = model.Graph.Node[1];
        Assert.Equal(("com.microsoft", "ImagecraftVnpu", 1), (part.Domain, part.GetText("source", ""), part.GetInteger("embed_mode", 0)));
        var compiled = CompiledContext.Read(part.Attribute.Single(attribute => attribute.Name == "ep_cache_context").S.Memory);
        Assert.Equal(["conv"], compiled.Nodes.Select(node => node.Name));
        Assert.Equal("a", Assert.Single(compiled.Program.Inputs).Name);
        Assert.Equal("b", Assert.Single(compiled.Program.Outputs).Name);
        Assert.Equal("`net` has 1 parts with 1 commands for the accelerator", Assert.Single(context.Lines));

        using var again = await CompiledAsync(network);
        Assert.Equal(context.Outputs["file"].Digest, again.Outputs["file"].Digest);
    }

    [Fact]
    public async Task Where_nothing_is_compiled_nothing_is_deployed()
    {
        var floating = Network();
        floating.Graph.Node.Clear();
        floating.Graph.Node.Add(new NodeProto { OpType = "Relu", Input = { "x" }, Output = { "y" } });
        await NothingAsync(floating, "Nothing of `net` is for the accelerator");

        var branching = Network();
        GraphProto Branch(string name) => new() { Name = name, Node = { new NodeProto { OpType = "Identity", Input = { "b" }, Output = { $"of_{name}" } } }, Output = { new ValueInfoProto { Name = $"of_{name}", Type = new() { TensorType = new() { ElemType = (int)DataType.Uint8 } } } } };
        branching.Graph.Initializer.Add(new TensorProto { Name = "yes", DataType = (int)DataType.Bool, RawData = ByteString.CopyFrom(1) });
        branching.Graph.Node[2].Input[0] = "c";
        branching.Graph.Node.Insert(2, new NodeProto
        {
            OpType = "If", Input = { "yes" }, Output = { "c" },
            Attribute = { new AttributeProto { Name = "then_branch", Type = Kind.Graph, G = Branch("then") }, new AttributeProto { Name = "else_branch", Type = Kind.Graph, G = Branch("else") } },
        });
        await NothingAsync(branching, "`net` has branches or loops; the board compiles what stands beside them");

        static async Task NothingAsync(ModelProto model, string said)
        {
            using var context = await CompiledAsync(model.ToByteArray());
            Assert.Equal((0, said), (context.Store.Read(context.Outputs["file"].Digest).Length, Assert.Single(context.Lines)));
        }
    }

    [Fact]
    public async Task They_lie_beside_the_network()
    {
        var network = Network().ToByteArray();
        using var compiled = await CompiledAsync(network);
        Assert.Equal(["model.onnx", "model_ctx.onnx"], await DeployedAsync(compiled.Store.Read(compiled.Outputs["file"].Digest)));
        Assert.Equal(["model.onnx"], await DeployedAsync([]));

        async Task<string[]> DeployedAsync(byte[] contexts)
        {
            var request = new OnnxGoldenRequest { Form = new() { Name = "net" }, Samples = new([], null), Tolerance = 1, Optimize = OptimizationLevel.Basic, Folder = "net", Variant = "int8", Format = "onnx", Version = "1", License = "MIT" };
            using var golden = await new TestContext().Asking(request).WithFile("/original.onnx", network).WithFile("/deployed", network).WithFile("/model_ctx.onnx", contexts).RunAsync(new OnnxGolden());
            return [.. golden.Paths("tree").Select(Path.GetFileName).Where(name => name!.EndsWith(".onnx", StringComparison.Ordinal)).Order(StringComparer.Ordinal)!];
        }
    }

    private static Task<TestContext> CompiledAsync(byte[] network) => new TestContext().Asking(new OnnxContextsRequest("net", "vnpu")).WithFile("/model.onnx", network).RunAsync(new OnnxContexts());

    // Floats, a convolution of integers, floats.
    private static ModelProto Network() => new()
    {
        IrVersion = 8,
        Graph = new()
        {
            Name = "net",
            Node =
            {
                new NodeProto { OpType = "QuantizeLinear", Name = "in", Input = { "x", "scale", "zero" }, Output = { "a" } },
                new NodeProto { OpType = "QLinearConv", Name = "conv", Input = { "a", "scale", "zero", "weights", "weight_scale", "weight_zero", "scale", "zero" }, Output = { "b" } },
                new NodeProto { OpType = "DequantizeLinear", Name = "out", Input = { "b", "scale", "zero" }, Output = { "y" } },
            },
            Initializer =
            {
                TensorData.Make<float>("scale", [0.1f]), TensorData.Make<byte>("zero", [3]), TensorData.Make<float>("weight_scale", [0.02f]), TensorData.Make<sbyte>("weight_zero", [0]),
                TensorData.Make<sbyte>("weights", [.. Enumerable.Range(-20, 54).Select(i => (sbyte)i)], 3, 2, 3, 3),
            },
            Input = { Value("x", 1, 2, 5, 5) },
            Output = { Value("y", 1, 3, 3, 3) },
        },
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
    };

    private static ValueInfoProto Value(string name, params long[] sizes) =>
        new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)DataType.Float, Shape = new() { Dim = { sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } } } } };
}
