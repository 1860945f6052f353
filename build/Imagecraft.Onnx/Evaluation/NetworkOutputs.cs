// What a network said on a test set, output by output. Unaware of metrics.

using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>The outputs of one network that are not carried. Memory holds no more of each than a budget: those of a thousand images of 640 x 640 are gigabytes.</summary>
sealed class NetworkOutputs : IDisposable
{
    readonly SortedDictionary<string, OutputSpool> spools = new(StringComparer.Ordinal);

    /// <summary>The first of them.</summary>
    public string First { get; private set; } = "";

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<string> Names => spools.Keys;

    /// <summary>One of them.</summary>
    public OutputSpool this[string name] => spools[name];

    /// <summary>Makes room.</summary>
    /// <param name="network">Whose outputs they are.</param>
    /// <param name="count">How many sequences.</param>
    /// <param name="path">Beginning of the names of temporary files.</param>
    public void Open(Recurrence network, int count, string path)
    {
        First = network.FirstOutput;
        foreach (var (name, at) in network.Judged.Select((name, at) => (name, at)))
            spools.Add(name, new(count, $"{path}-{at}", OutputSpool.Usual));
    }

    /// <summary>Takes what it said on a sequence; called by any worker.</summary>
    public void Set(int sequence, IReadOnlyDictionary<string, FloatTensor> outputs)
    {
        foreach (var (name, spool) in spools)
            spool.Set(sequence, outputs[name]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var spool in spools.Values)
            spool.Dispose();
    }
}
