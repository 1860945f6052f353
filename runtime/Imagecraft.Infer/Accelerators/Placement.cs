// Where the nodes of a session run, and what the accelerator has done for it. Unaware of how it is shown.

using System.Text.Json;

namespace Imagecraft.Infer.Accelerators;

/// <summary>One node.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Region">Number of its part on the accelerator; null on the processor.</param>
/// <param name="Reason">Why it is not on the accelerator.</param>
/// <param name="Products">Its multiply-accumulates.</param>
sealed record PlacedNode(string Name, string Kind, int? Region, string? Reason, long Products)
{
    /// <summary>How messages call it.</summary>
    public string Display => Name.Length > 0 ? $"{Kind} `{Name}`" : Kind;
}

/// <summary>Sums over all runs of a session.</summary>
/// <param name="Jobs">Jobs of the accelerator.</param>
/// <param name="Cycles">Of its nominal clock.</param>
/// <param name="DeviceNanoseconds">From handing a job over to its end.</param>
/// <param name="TransferNanoseconds">Copying inputs and outputs.</param>
/// <param name="Bytes">Copied bytes.</param>
readonly record struct DeviceWork(long Jobs, long Cycles, long DeviceNanoseconds, long TransferNanoseconds, long Bytes)
{
    /// <summary>What came in between.</summary>
    public DeviceWork Since(DeviceWork before) => new(Jobs - before.Jobs, Cycles - before.Cycles, DeviceNanoseconds - before.DeviceNanoseconds, TransferNanoseconds - before.TransferNanoseconds, Bytes - before.Bytes);
}

/// <summary>A session on an accelerator.</summary>
/// <param name="Provider">Its provider.</param>
/// <param name="Device">Path of the accelerator.</param>
/// <param name="ClockHertz">The nominal clock.</param>
/// <param name="Regions">Parts of the network on it.</param>
/// <param name="Crossings">Values that one side makes and the other reads.</param>
/// <param name="Nodes">All nodes.</param>
/// <param name="Work">What it has done so far.</param>
sealed record Placement(string Provider, string Device, long ClockHertz, int Regions, int Crossings, IReadOnlyList<PlacedNode> Nodes, DeviceWork Work)
{
    /// <summary>The share of multiply-accumulates on the accelerator, from 0 to 1.</summary>
    public double Share => Nodes.Sum(node => node.Products) is > 0 and var all ? (double)Nodes.Where(node => node.Region is not null).Sum(node => node.Products) / all : 0;

    /// <summary>Cycles of the nominal clock for an inference, a mean of those so far; 0 before the first.</summary>
    public long CyclesPerInference => Work.Jobs > 0 ? Work.Cycles * Regions / Work.Jobs : 0;

    /// <summary>The last session of a provider's report; an error that the provider met and ONNX Runtime passed over is thrown.</summary>
    /// <param name="provider">Whose report.</param>
    public static Placement Read(Provider provider)
    {
        using var report = provider.Report() ?? throw new InferException($"The execution provider `{provider.Library}` tells nothing of where nodes run");
        var sessions = report.RootElement.GetProperty("sessions");
        if (sessions.GetArrayLength() == 0)
            throw new InferException($"The execution provider `{provider.Library}` was not asked for this network");
        var told = sessions[sessions.GetArrayLength() - 1];
        if (told.GetProperty("error").GetString() is { } error)
            throw new InferException($"The execution provider `{provider.Name}` could not read the network: {error}");
        var runs = told.GetProperty("runs");
        long Number(string key) => runs.GetProperty(key).GetInt64();
        return new(
            provider.Name, told.GetProperty("device").GetString()!, told.GetProperty("clockHertz").GetInt64(), told.GetProperty("regions").GetInt32(), told.GetProperty("crossings").GetInt32(),
            [.. told.GetProperty("nodes").EnumerateArray().Select(node => new PlacedNode(node.GetProperty("name").GetString()!, node.GetProperty("kind").GetString()!, node.TryGetProperty("region", out var region) ? region.GetInt32() : null, node.GetProperty("reason").GetString(), node.GetProperty("products").GetInt64()))],
            new(Number("jobs"), Number("cycles"), Number("deviceNanoseconds"), Number("transferNanoseconds"), Number("bytesIn") + Number("bytesOut")));
    }

    /// <summary>What the provider met in its last session; null: nothing.</summary>
    public static string? Problem(Provider provider)
    {
        try
        {
            Read(provider);
            return null;
        }
        catch (InferException problem)
        {
            return problem.Message;
        }
    }

    /// <summary>An error that names the nodes when some that multiply are not on the accelerator.</summary>
    public void Require()
    {
        var left = Nodes.Where(node => node.Region is null && node.Products > 0).Select(node => $"{node.Display}: {node.Reason}").ToArray();
        if (left.Length > 0)
            throw new InferException($"`--require-device`: {left.Length} nodes that multiply are not on the accelerator: [{string.Join("; ", left)}]");
        if (Regions == 0)
            throw new InferException("`--require-device`: nothing of the network is on the accelerator");
    }
}
