// What happens when content that the cache promised is missing or damaged: whoever made it makes it again, with that as the reason.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

sealed partial class BuildRun
{
    const int MaxRecoveries = 4;

    /// <summary>Puts <paramref name="reader"/> back to wait for the producers of what it lacks.</summary>
    async Task RecoverAsync(BuildNode reader, ImmutableArray<Digest> digests)
    {
        reader.State = NodeState.Waiting;
        if (inProgress.GetValueOrDefault(reader.Key) == reader)
            ReleaseTwins(reader);
        if (reader.Recoveries++ >= MaxRecoveries)
        {
            Fail(reader, Unrecoverable(digests), TimeSpan.Zero, 0);
            return;
        }

        var missing = digests.ToHashSet();
        foreach (var producer in ProducersOf(reader, missing))
        {
            if (!MakeAgain(producer, missing))
            {
                Fail(reader, Unrecoverable(digests), TimeSpan.Zero, 0);
                return;
            }

            reader.WaitFor(producer);
        }

        if (reader.Pending > 0)
            return;

        // Nobody's output lacks it: it is the action's own, from the workspace or the plan.
        manifests.Forget();
        try
        {
            await manifests.StoreOwnInputsAsync(reader.Action, stop);
            Queue(reader);
        }
        catch (Exception e) when (Failures.Of(e, stop) is var failure)
        {
            Fail(reader, failure, TimeSpan.Zero, 0);
        }
    }

    /// <summary>Exports the goals; false when lost content sends some of them back to work.</summary>
    async Task<bool> DeliverAsync()
    {
        if (options.Deliver is null)
            return true;
        try
        {
            await options.Deliver(Result(), stop);
            return true;
        }
        catch (ContentMissingException e)
        {
            var missing = e.Digests.ToHashSet();
            var lacking = goals.Distinct().Where(g => g.Outputs!.Values.Any(o => StoreSearch.Lacks(store, o, missing))).ToList();
            if (lacking.Count == 0 || !lacking.TrueForAll(g => MakeAgain(g, missing)))
                throw;
            return false;
        }
    }

    bool MakeAgain(BuildNode producer, HashSet<Digest> missing)
    {
        if (producer.State != NodeState.Done)
            return producer.State != NodeState.Failed;
        if (producer.Recoveries++ >= MaxRecoveries)
            return false;
        var name = producer.Outputs!.First(o => StoreSearch.Lacks(store, o.Value, missing)).Key;
        producer.Forced = $"its output `{name}` is missing from the cache or damaged there";
        emit(new BuildEvent.Notice(clock.Elapsed, $"`{producer.Action.Id}` runs again: {producer.Forced}"));
        producer.Outcome = null;
        Queue(producer);
        foreach (var consumer in producer.Consumers.Where(c => c.State == NodeState.Waiting))
            consumer.CountPending();
        return true;
    }

    List<BuildNode> ProducersOf(BuildNode reader, HashSet<Digest> missing)
    {
        var found = reader.Manifest!.Inputs.Concat(reader.Manifest.Tools)
            .Where(i => i.Producer is not null && StoreSearch.Lacks(store, i.Value, missing))
            .Select(i => nodes[i.Producer!]);
        if (sandboxRoot?.Outputs is { } outputs && reader.Action.Work.NeedsSandbox && outputs.Values.Any(o => StoreSearch.Lacks(store, o, missing)))
            found = found.Append(sandboxRoot);
        return [.. found.Distinct()];
    }

    static ActionFailure Unrecoverable(ImmutableArray<Digest> digests) => new(
        FailureKind.Environment,
        $"Content [{string.Join(", ", digests.Select(d => $"`{d.Prefix}`"))}] is missing from the cache again after it was made; check the disk of the cache folder",
        null,
        []);
}
