// From an action whose inputs are known to its key, and to the cache's answer or the reason why it must run.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

sealed partial class BuildRun
{
    readonly Dictionary<Digest, BuildNode> inProgress = [];
    BuildNode? sandboxRoot;

    async Task ResolveAsync(BuildNode node)
    {
        if (node.State != NodeState.Queued)
            return;
        // Content was lost after it was queued, and who made it makes it again.
        if (node.Producers.Exists(p => p.State != NodeState.Done))
        {
            node.State = NodeState.Waiting;
            node.CountPending();
            return;
        }

        try
        {
            if (!TryAnswer(node))
                Require(node);
        }
        catch (ContentMissingException e)
        {
            await RecoverAsync(node, e.Digests, files: false);
        }
        catch (Exception e) when (Failures.Of(e, stop) is { Kind: not FailureKind.Bug } failure)
        {
            Fail(node, failure, TimeSpan.Zero, 0);
        }
    }

    bool TryAnswer(BuildNode node)
    {
        var id = node.Action.Id;
        node.Manifest = manifests.Build(node.Action, producer => nodes[producer].Outputs!);
        node.ManifestText = ManifestText.Write(node.Manifest);
        node.Facts = WorkspaceMemory.FactsOf(node.ManifestText);
        var known = memory[id];
        if (node.Forced is null && known is not null && known.Facts == node.Facts && !known.Outputs.IsEmpty)
        {
            node.Key = known.Key;
            store.Lease?.Keep(known.Key);
            Answer(node, known.Outputs);
            return true;
        }

        var key = ManifestKey.Of(node.Manifest, store);
        (node.Key, node.InputRoot) = (key.Key, key.InputRoot);
        if (node.Forced is not null || cache.TryGet(node.Key) is not { } result || ResultMessage.Outputs(node.Manifest, result) is not { } outputs)
            return false;
        lastManifests.Write(id, lastManifests.Compare(node.Manifest), node.ManifestText);
        memory.Set(id, new ActionMemory(node.Facts, node.Key, outputs, known?.Duration ?? TimeSpan.Zero, known?.PeakMemoryBytes ?? 0));
        Answer(node, outputs);
        return true;
    }

    void Answer(BuildNode node, ImmutableSortedDictionary<string, OutputValue> outputs)
    {
        if (!node.IsRepeated)
            cached++;
        Finish(node, new ActionOutcome.Cached(outputs), outputs, TimeSpan.Zero, 0);
    }

    void Require(BuildNode node)
    {
        if (inProgress.TryGetValue(node.Key, out var twin) && twin.State is NodeState.Ready or NodeState.Running && twin != node)
        {
            node.State = NodeState.Twin;
            twin!.Twins.Add(node);
            return;
        }

        if (node.Action.Work.NeedsSandbox && options.SandboxRoot is { } root)
        {
            sandboxRoot ??= Reach(root.Action);
            if (sandboxRoot.State == NodeState.Failed)
            {
                Skip(node, sandboxRoot);
                return;
            }

            if (sandboxRoot.State != NodeState.Done)
            {
                node.WaitFor(sandboxRoot);
                return;
            }
        }

        inProgress[node.Key] = node;
        node.Reason = node.Forced is { } lost ? new RunReason(lost) : lastManifests.Compare(node.Manifest!);
        node.State = NodeState.Ready;
        MakeReady(node);
    }
}
