// How much of a network an accelerator would take. Unaware of how it would run.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Profiles;

/// <summary>Shares of nodes and of multiply-accumulates within a profile.</summary>
/// <param name="Profile">Name of the profile.</param>
/// <param name="Nodes">Nodes of the network that compute: all but constants and pairs.</param>
/// <param name="NodesTaken">Those that the profile takes.</param>
/// <param name="MultiplyAccumulates">Of one run of the network.</param>
/// <param name="MultiplyAccumulatesTaken">Those in nodes that the profile takes.</param>
/// <param name="Offenders">Why it does not take the others.</param>
public sealed record ProfileReport(string Profile, int Nodes, int NodesTaken, long MultiplyAccumulates, long MultiplyAccumulatesTaken, ImmutableArray<Offender> Offenders)
{
    /// <summary>Between 0 and 1; 1 for a network without nodes.</summary>
    public double NodeShare => Nodes == 0 ? 1 : (double)NodesTaken / Nodes;

    /// <summary>Between 0 and 1; 1 for a network without multiplications.</summary>
    public double MultiplyAccumulateShare => MultiplyAccumulates == 0 ? 1 : (double)MultiplyAccumulatesTaken / MultiplyAccumulates;

    /// <summary>The figures in words.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{NodesTaken} of {Nodes} nodes ({NodeShare:P0}) and {MultiplyAccumulateShare:P1} of {MultiplyAccumulates / 1e6:0.0} million multiply-accumulates");

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
            [.. root.GetProperty("not_taken").EnumerateArray().Select(node => new Offender(node.GetProperty("node").GetString()!, node.GetProperty("kind").GetString()!, [.. node.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!)]))]);
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
        return new(profile.Name, nodes, taken, total, totalTaken, ProfileCheck.Offenders(model, profile, file));
    }
}
