// Says why an action would run, or last ran, following changed outputs back to the first cause. Runs nothing.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Execution.Running;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

/// <summary>What <c>why</c> answers.</summary>
/// <param name="Verdict">Whether the action would run.</param>
/// <param name="Steps">From the asked action to the first cause.</param>
public sealed record WhyAnswer(WhyVerdict Verdict, ImmutableArray<WhyStep> Steps)
{
    /// <summary>One line a step.</summary>
    public string Text => string.Join('\n', Steps.Select((step, i) => new string(' ', 2 * i) + step.Words));
}

/// <summary>Whether an action would run in the next build.</summary>
public enum WhyVerdict
{
    /// <summary>Nothing changed since it last succeeded here.</summary>
    UpToDate,

    /// <summary>Something changed, and the cache has the result.</summary>
    Cached,

    /// <summary>It would run.</summary>
    Stale,

    /// <summary>Something it reads would run; whether it runs itself depends on what that gives.</summary>
    Undecided,
}

/// <summary>What the next build would do with an action.</summary>
/// <param name="Id">Of the action.</param>
/// <param name="Verdict">Whether it would run.</param>
/// <param name="Words">Why it would; empty when it would not.</param>
public sealed record Forecast(ActionId Id, WhyVerdict Verdict, string Words);

/// <summary>One action of the chain, and what is to be said of it.</summary>
public sealed record WhyStep(ActionId Id, string Words);

/// <summary>Resolves the actions below one as a build would, without running any.</summary>
sealed class Why(IContentStore store, ActionCache cache, ManifestBuilder manifests, WorkspaceMemory memory, ActionGraph graph)
{
    readonly Dictionary<ActionId, ImmutableSortedDictionary<string, OutputValue>> outputs = [];
    readonly Dictionary<ActionId, RunReason> stale = [];
    readonly HashSet<ActionId> changed = [];

    public WhyAnswer Explain(ActionId id)
    {
        if (!graph.Nodes.ContainsKey(id))
            throw new GraphException($"No action is named `{id}`");
        var needed = Below(id);
        foreach (var each in graph.Order.Where(needed.Contains))
            Resolve(graph.Nodes[each]);
        return outputs.ContainsKey(id) ? Answered(id) : Unanswered(id);
    }

    /// <summary>What a build of the whole graph would do, in its order.</summary>
    public ImmutableArray<Forecast> Forecast()
    {
        foreach (var each in graph.Order)
            Resolve(graph.Nodes[each]);
        return [.. graph.Order.Select(Foreseen)];
    }

    Forecast Foreseen(ActionId id) =>
        outputs.ContainsKey(id) ? new(id, changed.Contains(id) ? WhyVerdict.Cached : WhyVerdict.UpToDate, "")
        : stale.TryGetValue(id, out var reason) ? new(id, WhyVerdict.Stale, reason.Words)
        : new(id, WhyVerdict.Undecided, $"after {Unknown(id)}");

    // The first of its inputs that is not there yet.
    ActionId Unknown(ActionId id) => graph.Nodes[id].Inputs.Select(input => input.Source).OfType<InputSource.OutputOf>().First(source => !outputs.ContainsKey(source.Action)).Action;

    WhyAnswer Answered(ActionId id)
    {
        var words = changed.Contains(id)
            ? $"`{id}` changed but the cache has its result: {memory.Compare(manifests.Build(graph.Nodes[id], p => outputs[p])).Words}"
            : $"`{id}` is up to date";
        var steps = ImmutableArray.CreateBuilder<WhyStep>();
        steps.Add(new WhyStep(id, words));
        Follow(id, steps);
        return new WhyAnswer(changed.Contains(id) ? WhyVerdict.Cached : WhyVerdict.UpToDate, steps.ToImmutable());
    }

    WhyAnswer Unanswered(ActionId id)
    {
        var steps = ImmutableArray.CreateBuilder<WhyStep>();
        var verdict = stale.ContainsKey(id) ? WhyVerdict.Stale : WhyVerdict.Undecided;
        var at = id;
        while (!stale.ContainsKey(at))
        {
            var edge = graph.Nodes[at].Inputs.First(i => i.Source is InputSource.OutputOf o && !outputs.ContainsKey(o.Action));
            var producer = ((InputSource.OutputOf)edge.Source).Action;
            steps.Add(new WhyStep(at, $"`{at}` depends on `{producer}`, which has to run first ({edge.Reason})"));
            at = producer;
        }

        steps.Add(new WhyStep(at, $"`{at}` has to run: {stale[at].Words}"));
        if (stale[at].Cause is { } cause)
            Follow(cause, steps);
        return new WhyAnswer(verdict, steps.ToImmutable());
    }

    // What was recorded when each action of the chain last ran.
    void Follow(ActionId from, ImmutableArray<WhyStep>.Builder steps)
    {
        var seen = new HashSet<ActionId>();
        ActionId? at = from;
        while (at is { } id && seen.Add(id) && memory[id] is { } record)
        {
            steps.Add(new WhyStep(id, $"`{id}` last ran because: {record.Reason.Words}"));
            at = record.Reason.Cause;
        }
    }

    void Resolve(ActionNode node)
    {
        if (node.Inputs.Any(i => i.Source is InputSource.OutputOf o && !outputs.ContainsKey(o.Action)))
            return;
        try
        {
            var manifest = manifests.Build(node, producer => outputs[producer]);
            var text = ByteString.CopyFromUtf8(ManifestText.Write(manifest));
            if (memory.Answer(node.Id, text) is { } known)
            {
                outputs[node.Id] = known.Outputs;
                return;
            }

            if (cache.TryGet(ManifestKey.Of(manifest, store).Key) is { } result && ResultMessage.Outputs(manifest, result) is { } found)
            {
                outputs[node.Id] = found;
                if (memory[node.Id]?.Manifest.Equals(text) != true)
                    changed.Add(node.Id);
                return;
            }

            stale[node.Id] = memory.Compare(manifest);
        }
        catch (Exception e) when (e is ContentMissingException or ActionFailedException or StoreException)
        {
            stale[node.Id] = new RunReason(e.Message);
        }
    }

    HashSet<ActionId> Below(ActionId id)
    {
        var found = new HashSet<ActionId>();
        var open = new Stack<ActionId>([id]);
        while (open.TryPop(out var next))
        {
            if (!found.Add(next))
                continue;
            foreach (var input in graph.Nodes[next].Inputs)
            {
                if (input.Source is InputSource.OutputOf output)
                    open.Push(output.Action);
            }
        }

        return found;
    }
}
