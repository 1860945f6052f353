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
            var partition = Partition.Of(read.Nodes, [.. read.Outputs.Select(output => output.Name)]);
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

    /// <summary>Compiles one part.</summary>
    public CompiledPart Compile(nint graph)
    {
        var read = OrtGraph.Read(graph);
        ImmutableArray<NetworkValue> inputs = [.. read.Inputs.Where(input => input.Constant is null)];
        var (program, reason) = Compiler.Compile(read.Nodes, inputs, read.Outputs);
        return new(_accelerator, program ?? throw new AcceleratorException($"A part of the network that was taken does not compile: {reason}"), _report.Runs, _timeoutMilliseconds);
    }

    public void Dispose() => _accelerator.Dispose();
}
