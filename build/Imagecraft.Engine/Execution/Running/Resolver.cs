// From an action whose inputs are known to its key, and to an answer or the reason why it must run. Unaware of how an action is run.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

/// <summary>Asks the workspace's memory first, then the cache, then a cache elsewhere.</summary>
sealed class Resolver(ContentStore store, ActionCache cache, ManifestBuilder manifests, WorkspaceMemory memory, RunGraph graph, Lifecycle lifecycle, SandboxSource sandbox, BuildReport report, RemoteWork? remote)
{
    /// <summary>Answers an action, or makes it ready to run, unless it has to wait for something. True when it became ready.</summary>
    /// <exception cref="ContentMissingException">Nodes of its inputs are gone.</exception>
    /// <exception cref="ActionFailedException">A local input does not exist, or the like.</exception>
    public bool Resolve(BuildNode node)
    {
        // Content was lost after it was queued, and who made it makes it again.
        if (lifecycle.SkipInVain(node))
            return false;
        if (node.Producers.Exists(p => p.State != NodeState.Done))
        {
            node.Wait();
            return false;
        }

        Describe(node);
        if (Remembered(node) is { } known)
            return Finish(node, known, null);
        if (remote?.BringsNodes(node) ?? false)
            return false;
        if (Cached(node) is { } cached)
            return Finish(node, cached, null);
        if (remote is not null && node.Forced is null)
        {
            if (remote.Asks(node))
                return false;
            if (Answered(node) is { } answered)
                return Finish(node, answered, remote.Name);
        }

        if (!sandbox.IsThereFor(node) || !lifecycle.Claim(node))
            return false;
        node.Reason = node.Forced is { } lost ? new RunReason(lost) : memory.Compare(node.Manifest!);
        return true;
    }

    bool Finish(BuildNode node, ImmutableSortedDictionary<string, OutputValue> outputs, string? from)
    {
        lifecycle.Finish(node, new ActionOutcome.Cached(outputs, from), outputs);
        report.Answered(node);
        return false;
    }

    void Describe(BuildNode node)
    {
        node.Manifest = manifests.Build(node.Action, producer => graph[producer].Outputs!);
        node.ManifestText = ByteString.CopyFromUtf8(ManifestText.Write(node.Manifest));
    }

    ImmutableSortedDictionary<string, OutputValue>? Remembered(BuildNode node)
    {
        if (node.Forced is not null || memory.Answer(node.Action.Id, node.ManifestText) is not { } known)
            return null;
        node.Key = known.Key;
        node.Elsewhere = known.Elsewhere;
        store.Leases.Current?.Keep(known.Key);
        return known.Outputs;
    }

    ImmutableSortedDictionary<string, OutputValue>? Cached(BuildNode node)
    {
        var key = ManifestKey.Of(node.Manifest!, store);
        (node.Key, node.InputRoot, node.Described) = (key.Key, key.InputRoot, [key.Action, key.Command]);
        if (node.Forced is not null || cache.TryGet(node.Key) is not { } result || ResultMessage.Outputs(node.Manifest!, result) is not { } outputs)
            return null;
        node.Elsewhere = false;
        remote?.OfferKnown(node, result);
        Remember(node, outputs);
        return outputs;
    }

    // A result that lacks a declared output is no answer, whoever gave it.
    ImmutableSortedDictionary<string, OutputValue>? Answered(BuildNode node)
    {
        if (node.Answer?.Result is not { } result || ResultMessage.Outputs(node.Manifest!, result) is not { } outputs)
            return null;
        node.Elsewhere = true;
        Remember(node, outputs);
        return outputs;
    }

    void Remember(BuildNode node, ImmutableSortedDictionary<string, OutputValue> outputs)
    {
        var known = memory[node.Action.Id];
        memory.Set(node.Action.Id, new ActionMemory(node.Key, outputs, known?.Duration ?? TimeSpan.Zero, known?.PeakMemoryBytes ?? 0, node.ManifestText, memory.Compare(node.Manifest!)) { Elsewhere = node.Elsewhere });
    }
}
