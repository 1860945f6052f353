// How much of a network an accelerator would take. Unaware of how it would run.

using System.Collections.Immutable;
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
