// What the coordinator has of a cache elsewhere: questions whose answers come as messages, and content when it is needed. Unaware of protocols.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Remote;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

/// <param name="cache">Who is asked.</param>
/// <param name="store">Where content is when it is here.</param>
/// <param name="local">Where results go whose content is all here.</param>
/// <param name="answered">Told on any thread when an action that was asked for is to be looked at again.</param>
sealed class RemoteWork(RemoteCache cache, ContentStore store, ActionCache local, Action<BuildNode, RemoteAnswer?> answered)
{
    /// <summary>For people.</summary>
    public string Name => cache.Name;

    /// <summary>How many actions wait for an answer.</summary>
    public int Open { get; private set; }

    /// <summary>What was had of it.</summary>
    public RemoteUse Use => cache.Use;

    /// <summary>Asks for nodes that the action's key is computed from, once; true when it has to wait for them.</summary>
    public bool BringsNodes(BuildNode node)
    {
        // Other functions get their inputs as a list, and their keys need no nodes.
        if (node.NodesAsked || node.Action.Work is not Actions.ActionWork.Process)
            return false;
        node.NodesAsked = true;
        var roots = node.Producers.Where(p => p.Elsewhere).SelectMany(p => InputsFrom(node, p)).Where(value => value.Kind == OutputKind.Tree).Select(value => value.Digest).ToImmutableArray();
        if (roots.IsEmpty || !cache.IsOpen)
            return false;
        Begin(node, null, async () =>
        {
            await cache.BringNodesAsync(roots);
            return null;
        });
        return true;
    }

    /// <summary>Asks for the result of the action's key; true when it has to wait for the answer.</summary>
    public bool Asks(BuildNode node)
    {
        if (node.Answer?.Key == node.Key || !cache.IsOpen)
            return false;
        var (key, inputRoot) = (node.Key, node.InputRoot);
        Begin(node, new RemoteAnswer(key, null), async () => new RemoteAnswer(key, await cache.FindAsync(key, inputRoot)));
        return true;
    }

    /// <summary>An answer came: the action may be queued again.</summary>
    public void Close(BuildNode node, RemoteAnswer? answer)
    {
        Open = Math.Max(Open - 1, 0);
        node.Answer = answer ?? node.Answer;
    }

    /// <summary>The build ends, and answers are no longer waited for.</summary>
    public void Abandon() => Open = 0;

    /// <summary>What the action reads and is not all here.</summary>
    public static ImmutableArray<OutputValue> Elsewhere(BuildNode node, BuildNode? sandbox) =>
        [.. node.Producers.Where(p => p.Elsewhere).SelectMany(p => InputsFrom(node, p)), .. sandbox is { Elsewhere: true } ? sandbox.Outputs!.Values : []];

    /// <summary>Brings content here; what could not be had.</summary>
    public Task<ImmutableArray<Digest>> BringAsync(IEnumerable<OutputValue> values) => cache.BringAsync(values);

    /// <summary>Brings single objects here; false when one cannot be had.</summary>
    public Task<bool> BringAsync(IReadOnlyCollection<Digest> digests) => cache.BringAsync(digests);

    /// <summary>Who runs actions elsewhere; null: nobody.</summary>
    public RemoteRunner? Runner { get; init; }

    /// <summary>Runs an action elsewhere; null when it has to run here.</summary>
    /// <exception cref="ContentMissingException">Neither side has some of its inputs; what could be had is here.</exception>
    public async Task<RunResult?> RunElsewhereAsync(RunContext context, string log, CancellationToken stop)
    {
        try
        {
            return await Runner!.RunAsync(context, log, stop);
        }
        catch (ContentMissingException)
        {
            // Whoever looks for what is lost looks here.
            await cache.BringAsync(context.Elsewhere);
            throw;
        }
    }

    /// <summary>Gives the result of a run away, when that is wanted.</summary>
    public void Offer(RunContext context, Reapi.ActionResult result) => cache.Offer(context.Key, result, context.Described);

    /// <summary>Gives a result away that was in the local cache already, when that is wanted and the cache elsewhere has none.</summary>
    public void OfferKnown(BuildNode node, Reapi.ActionResult result)
    {
        if (node.Action.Work is not Actions.ActionWork.Process { KeptFolder: not null })
            cache.OfferKnown(node.Key, result, node.Described);
    }

    /// <summary>Waits until all that was offered is given, or cannot be.</summary>
    public Task FinishAsync() => cache.FinishAsync();

    /// <summary>Notes results whose content was all brought here: from now on the local cache has them.</summary>
    public void Settle(IEnumerable<BuildNode> nodes, Action<BuildNode> settled)
    {
        foreach (var node in nodes.Where(n => n.Elsewhere && n.State == NodeState.Done && n.Outputs!.Values.All(value => cache.IsHere(value.Digest))))
        {
            if (InputRootOf(node) is not { } inputRoot)
                continue;
            node.Elsewhere = false;
            settled(node);
            if (cache.Shares)
                local.Put(node.Key, ResultMessage.Of(node.Manifest!, node.Outputs!, inputRoot, DateTimeOffset.UtcNow, null));
        }
    }

    // What the memory answered was not asked for what it reads, and nodes of that may be elsewhere.
    Digest? InputRootOf(BuildNode node)
    {
        try
        {
            return node.InputRoot.Hash is null ? ManifestKey.Of(node.Manifest!, store).InputRoot : node.InputRoot;
        }
        catch (ContentMissingException)
        {
            return null;
        }
    }

    static IEnumerable<OutputValue> InputsFrom(BuildNode reader, BuildNode producer) =>
        reader.Manifest!.Inputs.Concat(reader.Manifest.Tools).Where(input => input.Producer == producer.Action.Id).Select(input => input.Value);

    // Whatever goes wrong with it, there is an answer, or the action would be asked for for ever.
    void Begin(BuildNode node, RemoteAnswer? otherwise, Func<Task<RemoteAnswer?>> ask)
    {
        node.MoveTo(NodeState.Asking);
        Open++;
        _ = Task.Run(async () =>
        {
            var answer = otherwise;
            try
            {
                answer = await ask();
            }
            finally
            {
                answered(node, answer);
            }
        });
    }
}
