// How much of a network an accelerator would take. Unaware of how it would run.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Profiles;

/// <summary>Shares of nodes and of multiply-accumulates within a profile, and what it costs to go to and fro.</summary>
/// <param name="Profile">Name of the profile.</param>
/// <param name="Nodes">Nodes of the network that compute: all but constants and pairs.</param>
/// <param name="NodesTaken">Those that the profile takes.</param>
/// <param name="MultiplyAccumulates">Of one run of the network.</param>
/// <param name="MultiplyAccumulatesTaken">Those in nodes that the profile takes.</param>
/// <param name="Offenders">Why it does not take the others.</param>
public sealed record ProfileReport(string Profile, int Nodes, int NodesTaken, long MultiplyAccumulates, long MultiplyAccumulatesTaken, ImmutableArray<Offender> Offenders)
{
    const int MostNamed = 10;

    /// <summary>Regions, crossings and memory.</summary>
    public Placement Placement { get; init; } = Placement.None;

    /// <summary>Bytes of memory on the chip; null: not known.</summary>
    public long? Memory { get; init; }

    /// <summary>Between 0 and 1; 1 for a network without nodes.</summary>
    public double NodeShare => Nodes == 0 ? 1 : (double)NodesTaken / Nodes;

    /// <summary>Between 0 and 1; 1 for a network without multiplications.</summary>
    public double MultiplyAccumulateShare => MultiplyAccumulates == 0 ? 1 : (double)MultiplyAccumulatesTaken / MultiplyAccumulates;

    /// <summary>The figures in words.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{NodesTaken} of {Nodes} nodes ({NodeShare:P0}) and {MultiplyAccumulateShare:P1} of {MultiplyAccumulates / 1e6:0.0} million multiply-accumulates; regions {Placement.Regions}, crossings {Placement.Crossings} ({Placement.CrossingBytes / 1024.0:0.0} KiB), activations {Placement.ArenaBytes / 1024.0:0.0} KiB{(Memory is { } memory ? string.Create(CultureInfo.InvariantCulture, $" of {memory / 1024.0:0.0} KiB on the chip") : "")}");

    /// <summary>An <see cref="OnnxException"/> with each figure that is beyond a budget.</summary>
    /// <param name="budget">What is allowed.</param>
    /// <param name="file">Names the model in messages.</param>
    public void Require(Budget budget, string file)
    {
        var broken = new List<string>();
        if (MultiplyAccumulateShare < budget.Share)
            broken.Add(string.Create(CultureInfo.InvariantCulture, $"{MultiplyAccumulateShare:0.0000} of the multiply-accumulates, at least {budget.Share:0.####} are wanted (`share`)"));
        if (Placement.Regions > budget.Regions)
            broken.Add($"{Placement.Regions} regions, at most {budget.Regions} are allowed (`regions`)");
        if (Placement.Crossings > budget.Crossings)
            broken.Add($"{Placement.Crossings} values cross, at most {budget.Crossings} may (`crossings`)");
        if (Placement.ArenaBytes > budget.Arena)
            broken.Add($"{Placement.ArenaBytes} bytes of activations, at most {budget.Arena} are allowed (`arena`)");
        if (broken.Count > 0)
            throw new OnnxException($"`{file}` on `{Profile}` is beyond its budget: [{string.Join("; ", broken)}]; change or exclude the nodes [{string.Join(", ", Offenders.Select(offender => $"`{offender.Node}` ({offender.Kind})").Take(MostNamed))}], which it does not take, or raise the budget");
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static ProfileReport Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new(
            root.GetProperty("profile").GetString()!,
            root.GetProperty("nodes").GetInt32(),
            root.GetProperty("nodes_taken").GetInt32(),
            root.GetProperty("multiply_accumulates").GetInt64(),
            root.GetProperty("multiply_accumulates_taken").GetInt64(),
            [.. root.GetProperty("not_taken").EnumerateArray().Select(node => new Offender(node.GetProperty("node").GetString()!, node.GetProperty("kind").GetString()!, [.. node.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!)]))])
        {
            Placement = new(root.GetProperty("regions").GetInt32(), root.GetProperty("crossings").GetInt32(), root.GetProperty("crossing_bytes").GetInt64(), root.GetProperty("arena_bytes").GetInt64()),
            Memory = root.GetProperty("memory_bytes") is { ValueKind: JsonValueKind.Number } memory ? memory.GetInt64() : null,
        };
    }

    /// <summary>The report as an indented JSON object.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("profile", Profile);
            writer.WriteNumber("nodes", Nodes);
            writer.WriteNumber("nodes_taken", NodesTaken);
            writer.WriteNumber("multiply_accumulates", MultiplyAccumulates);
            writer.WriteNumber("multiply_accumulates_taken", MultiplyAccumulatesTaken);
            writer.WriteNumber("regions", Placement.Regions);
            writer.WriteNumber("crossings", Placement.Crossings);
            writer.WriteNumber("crossing_bytes", Placement.CrossingBytes);
            writer.WriteNumber("arena_bytes", Placement.ArenaBytes);
            writer.WritePropertyName("memory_bytes");
            if (Memory is { } memory)
                writer.WriteNumberValue(memory);
            else
                writer.WriteNullValue();
            writer.WriteStartArray("not_taken");
            foreach (var offender in Offenders)
            {
                writer.WriteStartObject();
                writer.WriteString("node", offender.Node);
                writer.WriteString("kind", offender.Kind);
                writer.WriteStartArray("reasons");
                foreach (var reason in offender.Reasons)
                    writer.WriteStringValue(reason);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Counts; needs fixed shapes.</summary>
    /// <param name="model">With inferred shapes.</param>
    /// <param name="profile">What would run it.</param>
    /// <param name="file">Names the model in messages.</param>
    public static ProfileReport Of(ModelProto model, Profile profile, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        var (nodes, taken, total, totalTaken) = (0, 0, 0L, 0L);
        foreach (var node in index.Nodes.Where(node => !ProfileCheck.Free.Contains(node.OpType)))
        {
            var count = Profiles.MultiplyAccumulates.Of(node, index);
            (nodes, total) = (nodes + 1, total + count);
            if (!ProfileCheck.Reasons(node, index, profile).Any())
                (taken, totalTaken) = (taken + 1, totalTaken + count);
        }
        return new(profile.Name, nodes, taken, total, totalTaken, ProfileCheck.Offenders(model, profile, file))
        {
            Placement = Placement.Of(index, node => !ProfileCheck.Reasons(node, index, profile).Any(), profile),
            Memory = profile.Memory,
        };
    }
}
