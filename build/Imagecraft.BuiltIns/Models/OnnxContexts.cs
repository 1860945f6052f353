// Compiles the parts of a network that an accelerator runs.

using System.Collections.Immutable;
using System.Security.Cryptography;
using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Requests.Models;
using Imagecraft.Vnpu.Compilation;
using Kind = Imagecraft.Onnx.Protos.AttributeProto.Types.AttributeType;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxContextsRequest"/>, for the virtual accelerator.</summary>
/// <remarks>Source of the node: ONNX Runtime's documentation, "EP Context Design".</remarks>
public sealed class OnnxContexts() : BuiltInFunction<OnnxContextsRequest>(typeof(OnnxFile), typeof(Compiler), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <summary>Metadata of the network that is made: the SHA-256 of the file that it was made of.</summary>
    public const string MadeOf = "imagecraft.contexts.of";

    private const string Runtime = "com.microsoft";

    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxContextsRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var network = await context.FileAsync(OnnxContextsRequest.NetworkInput, cancellationToken);
        var made = Path.Combine(context.Scratch, "model_ctx.onnx");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        var said = "";
        NetworkOptions.Guard(() => said = Make(network, made, request.Name, scratch));
        context.Log(said);
        await context.OutputAsync(OnnxContextsRequest.NetworkOutput, made, cancellationToken);
    }

    private static string Make(string network, string made, string name, string scratch)
    {
        File.WriteAllBytes(made, []);
        if (new FileInfo(network).Length > Compiler.MostBytes * 4)
            return $"`{name}` is too large for the accelerator; the board compiles what fits";
        var bytes = File.ReadAllBytes(network);
        var model = new InferShapes(scratch).Apply(OnnxFile.Read(network, name), name);
        // What a branch reads from outside of it is known to ONNX Runtime alone.
        if (model.Graph.Node.Any(node => node.Subgraphs().Any()))
            return $"`{name}` has branches or loops; the board compiles what stands beside them";
        var index = new GraphIndex(model.Graph, name);
        var graph = new VnpuGraph(index);
        ImmutableArray<string> outputs = [.. model.Graph.Output.Select(output => output.Name)];
        var partition = Partition.Of(graph.Nodes, outputs);
        if (partition.Regions == 0)
            return $"Nothing of `{name}` is for the accelerator";
        ImmutableArray<CompiledContext> parts = [.. Enumerable.Range(0, partition.Regions).Select(region => partition.Compile(region, outputs))];
        foreach (var (place, origin) in partition.Places.Zip(graph.Origins))
            if (place.Region is not null)
                index.Remove(origin);
        foreach (var (part, number) in parts.Select((part, number) => (part, number)))
            index.Add(Node(part, index.FreshName($"vnpu_{number}")));
        index.Finish();
        if (model.OpsetImport.All(set => set.Domain != Runtime))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = Runtime, Version = 1 });
        model.MetadataProps.Add(new StringStringEntryProto { Key = MadeOf, Value = Convert.ToHexStringLower(SHA256.HashData(bytes)) });
        OnnxFile.Write(model, made);
        return $"`{name}` has {partition.Regions} parts with {parts.Sum(part => part.Program.Commands.Length)} commands for the accelerator";
    }

    private static NodeProto Node(CompiledContext part, string name) => new()
    {
        Name = name,
        Domain = Runtime,
        OpType = "EPContext",
        Input = { part.Program.Inputs.Select(port => port.Name) },
        Output = { part.Program.Outputs.Select(port => port.Name) },
        Attribute =
        {
            new AttributeProto { Name = "main_context", Type = Kind.Int, I = 1 },
            new AttributeProto { Name = "embed_mode", Type = Kind.Int, I = 1 },
            new AttributeProto { Name = "ep_cache_context", Type = Kind.String, S = ByteString.CopyFrom(part.Write()) },
            new AttributeProto { Name = "source", Type = Kind.String, S = ByteString.CopyFromUtf8(CompiledContext.Source) },
            new AttributeProto { Name = "partition_name", Type = Kind.String, S = ByteString.CopyFromUtf8(name) },
        },
    };
}
