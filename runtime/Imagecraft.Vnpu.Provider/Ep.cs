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

    /// <summary>Compiles one part, or takes what the build compiled.</summary>
    public CompiledPart Compile(nint graph)
    {
        var read = OrtGraph.Read(graph);
        ImmutableArray<NetworkValue> inputs = [.. read.Inputs.Where(input => input.Constant is null)];
        if (Contexts(read.Nodes) is { Count: > 0 } contexts)
        {
            var (node, context) = contexts.First();
            return Make(context.Program, node.Inputs, node.Outputs);
        }

        var (program, reason) = Compiler.Compile(read.Nodes, inputs, read.Outputs);
        if (program is null)
            throw new AcceleratorException($"A part of the network that was taken does not compile: {reason}");
        var values = inputs.ToDictionary(input => input.Name, StringComparer.Ordinal);
        return Make(program, [.. program.Inputs.Select(port => values[port.Name])], [.. read.Outputs]);

        // What ONNX Runtime hands over has its own order; two values that are equal may have become one, and one that is constant is handed over no more.
        CompiledPart Make(NpuProgram program, ImmutableArray<NetworkValue?> given, ImmutableArray<NetworkValue?> wanted)
        {
            if (given.Length != program.Inputs.Length || wanted.Length != program.Outputs.Length)
                throw new AcceleratorException("A compiled part has other inputs or outputs than its node");
            ImmutableArray<PartInput> sources = [.. program.Inputs.Zip(given, (port, value) => Source(Fits(port, value)))];
            ImmutableArray<ProgramPort> results = [.. read.Outputs.Select(output => wanted.Index().Where(pair => pair.Item?.Name == output.Name).Select(pair => Fits(program.Outputs[pair.Index], pair.Item).Port).FirstOrDefault() ?? throw new AcceleratorException($"A compiled part does not make `{output.Name}`"))];
            return new(_accelerator, program, sources, results, _report.Runs, _timeoutMilliseconds);
        }

        PartInput Source((ProgramPort Port, NetworkValue Value) pair) =>
            pair.Value.Constant is { } constant ? new(pair.Port, null, constant.ToArray())
            : inputs.Index().FirstOrDefault(input => input.Item.Name == pair.Value.Name, (-1, null!)).Index is >= 0 and var at ? new(pair.Port, at, default)
            : throw new AcceleratorException($"A compiled part reads `{pair.Value.Name}`, which it is not given");

        static (ProgramPort Port, NetworkValue Value) Fits(ProgramPort port, NetworkValue? value) =>
            value is { IsBytes: true, IsFixed: true } && value.Shape.AsSpan().SequenceEqual(port.Shape.AsSpan()) ? (port, value) : throw new AcceleratorException($"A compiled part has `{port.Name}` in another type or shape than the network");
    }

    public void Dispose() => _accelerator.Dispose();
}
