// Brings lost content back: the first producer whose own inputs are whole makes it again, with that as the reason. Unaware of how it is run.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

sealed class Recovery(ContentStore store, ManifestBuilder manifests, RunGraph graph, Lifecycle lifecycle, SandboxSource sandbox, BuildReport report, CancellationToken stop)
{
    const int MaxRecoveries = 4;

    /// <summary>Puts <paramref name="reader"/> back to wait for those who make again what it lacks.</summary>
    /// <param name="reader">It ran into missing content, or its key cannot be computed without it.</param>
    /// <param name="digests">What it ran into.</param>
    /// <param name="files">It reads the content of files, not only the nodes of trees: then all of its inputs are looked at, so that one round finds all that is lost.</param>
    public async Task RecoverAsync(BuildNode reader, ImmutableArray<Digest> digests, bool files)
    {
        reader.Wait();
        lifecycle.Release(reader);
        if (reader.Recoveries++ >= MaxRecoveries)
        {
            lifecycle.Fail(reader, Unrecoverable(digests));
            return;
        }

        try
        {
            var values = reader.Manifest!.Inputs.Concat(reader.Manifest.Tools).Select(i => i.Value).Concat(sandbox.MakerFor(reader)?.Outputs!.Values ?? []);
            var missing = await LostAsync(values, files, digests);
            if (WaitForMakers(reader, missing) is { } without)
            {
                GiveUp(reader, without, digests);
                return;
            }

            if (lifecycle.SkipInVain(reader))
                return;

            if (LacksOwnInputs(reader, missing) || reader.Pending == 0)
                manifests.Forget();
            if (reader.Pending > 0)
                return;

            // Nobody's output lacks it: it is the action's own, from the workspace or the plan.
            await manifests.StoreOwnInputsAsync(reader.Action, stop);
            lifecycle.Queue(reader);
        }
        catch (Exception e)
        {
            lifecycle.Fail(reader, Failures.Of(e, stop));
        }
    }

    /// <summary>Sends those of <paramref name="goals"/> back to work that lack content; false when none does.</summary>
    public async Task<bool> RecoverAsync(IReadOnlyCollection<BuildNode> goals, ImmutableArray<Digest> digests)
    {
        var missing = await LostAsync(goals.SelectMany(g => g.Outputs!.Values), files: true, digests);
        var lacking = goals.Distinct().Select(g => (Goal: g, Lacks: StoreSearch.Lacking(store, g.Outputs!.Values, missing))).Where(g => g.Lacks.Count > 0).ToList();
        foreach (var (goal, lacks) in lacking)
        {
            // Another goal may have taken it along when it failed.
            if (!goal.State.IsFinal() && MakeAgain(goal, lacks) is not null)
                lifecycle.Fail(goal, Unrecoverable(digests));
        }

        return lacking.Count > 0;
    }

    async Task<HashSet<Digest>> LostAsync(IEnumerable<OutputValue> values, bool files, ImmutableArray<Digest> known)
    {
        // By now another process may have found and removed what this one believes to be there.
        store.Lost.Forget(known);
        var lost = await store.Lost.BelowAsync(values, files, stop);
        lost.UnionWith(known);
        store.Lost.Forget(lost);
        return lost;
    }

    /// <summary>Null when all that lacks something makes it again; otherwise the action that cannot.</summary>
    BuildNode? WaitForMakers(BuildNode reader, HashSet<Digest> missing)
    {
        var sources = SourcesOf(reader, missing);
        if (sandbox.MakerFor(reader) is { } maker && StoreSearch.Lacking(store, maker.Outputs!.Values, missing) is { Count: > 0 } lacks)
            sources.Add((maker, lacks));
        foreach (var (producer, lacking) in sources)
        {
            if (MakeAgain(producer, lacking) is { } without)
                return without;
            reader.WaitFor(producer);
        }

        return null;
    }

    /// <summary>
    /// Makes <paramref name="producer"/> give content again that its output lacks. What it only handed on is made again by those it has it from, and then it is answered as before;
    /// what is in none of its inputs it made itself, so it runs. Null when that goes well; otherwise the action that tried too often, or the one further up that has failed.
    /// </summary>
    BuildNode? MakeAgain(BuildNode producer, HashSet<Digest> lacking)
    {
        if (producer.State != NodeState.Done)
            return producer.State.IsFinal() ? producer : null;
        if (producer.Producers.Find(p => p.State.IsFinal()) is { } failed)
            return failed;
        var own = new HashSet<Digest>(lacking);
        var sources = SourcesOf(producer, lacking);
        foreach (var (source, passed) in sources)
        {
            if (MakeAgain(source, passed) is { } without)
                return without;
            own.ExceptWith(passed);
        }

        if (own.Count > 0 && !Force(producer, own))
            return producer;
        producer.Outcome = null;
        foreach (var (source, _) in sources)
            producer.WaitFor(source);
        if (sources.Count == 0)
            lifecycle.Queue(producer);
        foreach (var consumer in producer.Consumers.Where(c => c.State == NodeState.Waiting))
            consumer.CountPending();
        return null;
    }

    // Who waits for what failed is skipped like all others; only what cannot be made though all goes well is a failure.
    void GiveUp(BuildNode reader, BuildNode without, ImmutableArray<Digest> digests)
    {
        if (without.State.IsFinal())
            lifecycle.Skip(reader, without);
        else
            lifecycle.Fail(reader, Unrecoverable(digests));
    }

    bool Force(BuildNode producer, HashSet<Digest> own)
    {
        if (producer.Recoveries++ >= MaxRecoveries)
            return false;
        var name = producer.Outputs!.First(o => StoreSearch.Lacking(store, [o.Value], own).Count > 0).Key;
        producer.Forced = $"its output `{name}` is missing from the cache or damaged there";
        report.Notice($"`{producer.Action.Id}` runs again: {producer.Forced}");
        if (LacksOwnInputs(producer, own))
            manifests.Forget();
        return true;
    }

    /// <summary>The producers from whose outputs <paramref name="node"/> has some of <paramref name="missing"/>, each with what its outputs lack.</summary>
    List<(BuildNode Producer, HashSet<Digest> Lacks)> SourcesOf(BuildNode node, HashSet<Digest> missing) =>
    [
        .. node.Manifest!.Inputs.Concat(node.Manifest.Tools)
            .Where(i => i.Producer is not null)
            .GroupBy(i => i.Producer!)
            .Select(g => (Producer: graph[g.Key], Lacks: StoreSearch.Lacking(store, g.Select(i => i.Value), missing)))
            .Where(source => source.Lacks.Count > 0),
    ];

    bool LacksOwnInputs(BuildNode node, HashSet<Digest> missing) =>
        StoreSearch.Lacking(store, node.Manifest!.Inputs.Where(i => i.Producer is null).Select(i => i.Value), missing).Count > 0;

    static ActionFailure Unrecoverable(ImmutableArray<Digest> digests) => new(
        FailureKind.Environment,
        $"Content [{string.Join(", ", digests.Select(d => $"`{d.Prefix}`"))}] is missing from the cache again after it was made; check the disk of the cache folder",
        null,
        []);
}
