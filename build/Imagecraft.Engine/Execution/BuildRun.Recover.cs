// What happens when content that the cache promised is missing or damaged: whoever made it first makes it again, with that as the reason.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

sealed partial class BuildRun
{
    const int MaxRecoveries = 4;

    /// <summary>Puts <paramref name="reader"/> back to wait for those who make again what it lacks.</summary>
    /// <param name="reader">It ran into missing content, or its key cannot be computed without it.</param>
    /// <param name="digests">What it ran into.</param>
    /// <param name="files">It reads the content of files, not only the nodes of trees: then all of its inputs are looked at, so that one round finds all that is lost.</param>
    async Task RecoverAsync(BuildNode reader, ImmutableArray<Digest> digests, bool files)
    {
        reader.State = NodeState.Waiting;
        if (inProgress.GetValueOrDefault(reader.Key) == reader)
            ReleaseTwins(reader);
        if (reader.Recoveries++ >= MaxRecoveries)
        {
            Fail(reader, Unrecoverable(digests), TimeSpan.Zero, 0);
            return;
        }

        try
        {
            var values = reader.Manifest!.Inputs.Concat(reader.Manifest.Tools).Select(i => i.Value);
            if (sandboxRoot is { Outputs: { } root } && reader.Action.Work.NeedsSandbox)
                values = values.Concat(root.Values);
            var missing = await LostAsync(values, files, digests);
            if (!WaitForMakers(reader, missing))
            {
                Fail(reader, Unrecoverable(digests), TimeSpan.Zero, 0);
                return;
            }

            if (LacksOwnInputs(reader, missing) || reader.Pending == 0)
                manifests.Forget();
            if (reader.Pending > 0)
                return;

            // Nobody's output lacks it: it is the action's own, from the workspace or the plan.
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
            return await DeliverOnceAsync(options.Deliver);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The result says that the build was stopped.
            return true;
        }
    }

    async Task<bool> DeliverOnceAsync(Func<BuildResult, CancellationToken, Task> deliver)
    {
        try
        {
            await deliver(Result(), stop);
            return true;
        }
        catch (ContentMissingException e)
        {
            var missing = await LostAsync(goals.SelectMany(g => g.Outputs!.Values), files: true, e.Digests);
            var lacking = goals.Distinct().Select(g => (Goal: g, Lacks: StoreSearch.Lacking(store, g.Outputs!.Values, missing))).Where(g => g.Lacks.Count > 0).ToList();
            if (lacking.Count == 0)
                throw;
            foreach (var (goal, lacks) in lacking)
            {
                if (!MakeAgain(goal, lacks))
                    Fail(goal, Unrecoverable(e.Digests), TimeSpan.Zero, 0);
            }

            return false;
        }
    }

    async Task<HashSet<Digest>> LostAsync(IEnumerable<OutputValue> values, bool files, ImmutableArray<Digest> known)
    {
        // By now another process may have found and removed what this one believes to be there.
        store.Forget(known);
        var lost = await store.LostBelowAsync(values, files, stop);
        lost.UnionWith(known);
        store.Forget(lost);
        return lost;
    }

    bool WaitForMakers(BuildNode reader, HashSet<Digest> missing)
    {
        var sources = SourcesOf(reader, missing);
        if (sandboxRoot?.Outputs is { } root && reader.Action.Work.NeedsSandbox && StoreSearch.Lacking(store, root.Values, missing) is { Count: > 0 } lacks)
            sources.Add((sandboxRoot, lacks));
        foreach (var (producer, lacking) in sources)
        {
            if (!MakeAgain(producer, lacking))
                return false;
            reader.WaitFor(producer);
        }

        return true;
    }

    /// <summary>
    /// Makes <paramref name="producer"/> give content again that its output lacks. What it only handed on is made again by those it has it from, and then it is answered as before;
    /// what is in none of its inputs it made itself, so it runs. False when that was tried too often, or when someone further up failed.
    /// </summary>
    bool MakeAgain(BuildNode producer, HashSet<Digest> lacking)
    {
        if (producer.State != NodeState.Done)
            return producer.State != NodeState.Failed;
        var own = new HashSet<Digest>(lacking);
        var sources = SourcesOf(producer, lacking);
        foreach (var (source, passed) in sources)
        {
            if (!MakeAgain(source, passed))
                return false;
            own.ExceptWith(passed);
        }

        if (own.Count > 0 && !Force(producer, own))
            return false;
        producer.Outcome = null;
        producer.IsRepeated = true;
        foreach (var (source, _) in sources)
            producer.WaitFor(source);
        if (sources.Count == 0)
            Queue(producer);
        foreach (var consumer in producer.Consumers.Where(c => c.State == NodeState.Waiting))
            consumer.CountPending();
        return true;
    }

    bool Force(BuildNode producer, HashSet<Digest> own)
    {
        if (producer.Recoveries++ >= MaxRecoveries)
            return false;
        var name = producer.Outputs!.First(o => StoreSearch.Lacking(store, o.Value, own).Count > 0).Key;
        if (producer.Outcome is ActionOutcome.Cached)
            cached--;
        producer.Forced = $"its output `{name}` is missing from the cache or damaged there";
        emit(new BuildEvent.Notice(clock.Elapsed, $"`{producer.Action.Id}` runs again: {producer.Forced}"));
        if (LacksOwnInputs(producer, own))
            manifests.Forget();
        return true;
    }

    /// <summary>The producers from whose outputs <paramref name="node"/> has some of <paramref name="missing"/>, each with what its outputs lack.</summary>
    List<(BuildNode Producer, HashSet<Digest> Lacks)> SourcesOf(BuildNode node, HashSet<Digest> missing) =>
    [
        .. node.Manifest!.Inputs.Concat(node.Manifest.Tools)
            .Where(i => i.Producer is not null)
            .Select(i => (Producer: nodes[i.Producer!], Lacks: StoreSearch.Lacking(store, i.Value, missing)))
            .Where(i => i.Lacks.Count > 0)
            .GroupBy(i => i.Producer)
            .Select(g => (g.Key, g.SelectMany(i => i.Lacks).ToHashSet())),
    ];

    bool LacksOwnInputs(BuildNode node, HashSet<Digest> missing) =>
        node.Manifest!.Inputs.Any(i => i.Producer is null && StoreSearch.Lacking(store, i.Value, missing).Count > 0);

    static ActionFailure Unrecoverable(ImmutableArray<Digest> digests) => new(
        FailureKind.Environment,
        $"Content [{string.Join(", ", digests.Select(d => $"`{d.Prefix}`"))}] is missing from the cache again after it was made; check the disk of the cache folder",
        null,
        []);
}
