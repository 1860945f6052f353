// What a session of the provider did: where nodes went, why, and what it cost. Unaware of who reads it.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Vnpu.Compilation;
using Imagecraft.Vnpu.Provider.Driver;

namespace Imagecraft.Vnpu.Provider;

/// <summary>One node: texts only, as the graph is gone when it is told.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Region">Its part on the accelerator; null on the CPU.</param>
/// <param name="Reason">Why it is on the CPU.</param>
/// <param name="Products">Its multiply-accumulates.</param>
internal sealed record NodeReport(string Name, string Kind, int? Region, string? Reason, long Products);

/// <summary>Sums over all runs. For threads.</summary>
internal sealed class RunCounters
{
    private long _jobs, _commands, _cycles, _products, _bytesIn, _bytesOut, _transferTicks, _deviceTicks;

    /// <summary>Adds one run of one part.</summary>
    public void Add(int commands, VnpuWait end, long bytesIn, long bytesOut, long transferTicks, long deviceTicks)
    {
        Interlocked.Increment(ref _jobs);
        Interlocked.Add(ref _commands, commands);
        Interlocked.Add(ref _cycles, (long)end.Cycles);
        Interlocked.Add(ref _products, (long)end.Products);
        Interlocked.Add(ref _bytesIn, bytesIn);
        Interlocked.Add(ref _bytesOut, bytesOut);
        Interlocked.Add(ref _transferTicks, transferTicks);
        Interlocked.Add(ref _deviceTicks, deviceTicks);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("jobs", _jobs);
        json.WriteNumber("commands", _commands);
        json.WriteNumber("cycles", _cycles);
        json.WriteNumber("products", _products);
        json.WriteNumber("bytesIn", _bytesIn);
        json.WriteNumber("bytesOut", _bytesOut);
        // Stopwatch ticks are nanoseconds on Linux.
        json.WriteNumber("transferNanoseconds", _transferTicks);
        json.WriteNumber("deviceNanoseconds", _deviceTicks);
    }
}

/// <summary>One session.</summary>
internal sealed class SessionReport(AcceleratorInfo device)
{
    private ImmutableArray<NodeReport> _nodes = [];
    private int _regions, _crossings;

    /// <summary>What its runs cost.</summary>
    public RunCounters Runs { get; } = new();

    /// <summary>Why no graph could be read; ONNX Runtime only logs it, and runs everything on the CPU.</summary>
    public string? Error { get; set; }

    /// <summary>Takes down where the nodes of a graph went; branches of nodes are further graphs.</summary>
    public void Add(Partition partition)
    {
        _nodes = [.. _nodes, .. partition.Places.Select(place => new NodeReport(place.Node.Name, place.Node.Kind, place.Region, place.Reason, place.Products))];
        (_regions, _crossings) = (_regions + partition.Regions, _crossings + partition.Crossings);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("device", device.Path);
        json.WriteNumber("clockHertz", device.ClockHertz);
        json.WriteString("error", Error);
        json.WriteNumber("regions", _regions);
        json.WriteNumber("crossings", _crossings);
        json.WriteStartArray("nodes");
        foreach (var node in _nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", node.Name);
            json.WriteString("kind", node.Kind);
            if (node.Region is { } region)
                json.WriteNumber("region", region);
            json.WriteString("reason", node.Reason);
            json.WriteNumber("products", node.Products);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("runs");
        Runs.Write(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
