// The execution provider of one session: chooses nodes, compiles them, runs them. Unaware of how sessions find it.

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Compilation;
using Imagecraft.Vnpu.Networks;
using Imagecraft.Vnpu.Provider.Driver;
using Imagecraft.Vnpu.Provider.Ort;

namespace Imagecraft.Vnpu.Provider;

/// <summary>The state behind one <c>OrtEp</c>. Its client of the driver ends with it.</summary>
internal sealed class Ep : IDisposable
{
    private readonly Accelerator _accelerator;
    private readonly SessionReport _report;
    private readonly uint _timeoutMilliseconds;

    public Ep(string path, uint timeoutMilliseconds)
    {
        _accelerator = Accelerator.Open(path);
        _report = ProviderReport.Begin(_accelerator.Info);
        _timeoutMilliseconds = timeoutMilliseconds;
    }

    /// <summary>Claims what the accelerator takes, each part as one node.</summary>
    public void Choose(nint graph, nint supportInfo)
    {
        try
        {
            // What stands in a branch is taken as it comes; each branch is asked for by itself.
            var read = OrtGraph.Read(graph);
            ImmutableArray<string> outputs = [.. read.Outputs.Select(output => output.Name)];
            var contexts = Contexts(read.Nodes);
            if (contexts.Count > 0)
            {
                foreach (var (handle, _) in read.Handles.Zip(read.Nodes).Where(pair => contexts.ContainsKey(pair.Second)))
                    OrtApi.Fuse(supportInfo, [handle]);
                _report.Add(Partition.OfContexts(read.Nodes, outputs, contexts));
                return;
            }

            var partition = Partition.Of(read.Nodes, outputs);
            for (var region = 0; region < partition.Regions; region++)
                OrtApi.Fuse(supportInfo, [.. read.Handles.Where((_, i) => partition.Places[i].Region == region)]);
            _report.Add(partition);
        }
        catch (Exception problem)
        {
            // ONNX Runtime logs it at most; who asks for the accelerator reads it in the report.
            _report.Error = problem is StatusException ? "ONNX Runtime does not tell its graph" : problem.Message;
            throw;
        }
    }

    // Nodes that stand for parts which the build compiled.
    private static Dictionary<NetworkNode, CompiledContext> Contexts(ImmutableArray<NetworkNode> nodes) =>
        nodes.Where(node => node is { Kind: "EPContext", Domain: "com.microsoft" } && node.Texts.GetValueOrDefault("source") == Factory.Name).ToDictionary(node => node, Context);

    private static CompiledContext Context(NetworkNode node)
    {
        try
        {
            return CompiledContext.Read(node.Blobs.GetValueOrDefault("ep_cache_context"));
        }
        catch (InvalidDataException problem)
        {
            throw new AcceleratorException($"The compiled part {node.Display} cannot be used: {problem.Message}");
        }
    }

    // ONNX Runtime names and orders what it hands over.
    private static NpuProgram InOrderOf(OrtGraph graph, NpuProgram program)
    {
        return program with { Inputs = [.. graph.Inputs.Select(value => Port(program.Inputs, value))], Outputs = [.. graph.Outputs.Select(value => Port(program.Outputs, value))] };

        static ProgramPort Port(ImmutableArray<ProgramPort> ports, NetworkValue value) =>
            ports.FirstOrDefault(port => port.Name == value.Name) ?? throw new AcceleratorException($"The compiled part has no value `{value.Name}`");
    }

    /// <summary>Compiles one part, or takes what the build compiled.</summary>
    public CompiledPart Compile(nint graph)
    {
        var read = OrtGraph.Read(graph);
        if (Contexts(read.Nodes).Values.FirstOrDefault() is { } context)
            return new(_accelerator, InOrderOf(read, context.Program), _report.Runs, _timeoutMilliseconds);
        ImmutableArray<NetworkValue> inputs = [.. read.Inputs.Where(input => input.Constant is null)];
        var (program, reason) = Compiler.Compile(read.Nodes, inputs, read.Outputs);
        return new(_accelerator, program ?? throw new AcceleratorException($"A part of the network that was taken does not compile: {reason}"), _report.Runs, _timeoutMilliseconds);
    }

    public void Dispose() => _accelerator.Dispose();
}
