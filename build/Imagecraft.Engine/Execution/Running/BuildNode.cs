// What one build knows of one action. Unaware of scheduling.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Memory;

namespace Imagecraft.Engine.Execution.Running;

/// <summary>What a cache elsewhere said of a key.</summary>
/// <param name="Key">Which.</param>
/// <param name="Result">The result; null: it has none.</param>
sealed record RemoteAnswer(Digest Key, Reapi.ActionResult? Result);

/// <summary>Mutable, and touched by the coordinator of the build alone.</summary>
sealed class BuildNode(ActionNode action)
{
    public ActionNode Action { get; } = action;

    /// <summary>Set by <see cref="MoveTo"/> alone.</summary>
    public NodeState State { get; private set; }

    /// <summary>How many of <see cref="Producers"/> are not done.</summary>
    public int Pending { get; set; }

    public List<BuildNode> Producers { get; } = [];

    public List<BuildNode> Consumers { get; } = [];

    /// <summary>Actions with the same key, answered by the cache as soon as this one is done.</summary>
    public List<BuildNode> Twins { get; } = [];

    public ActionManifest? Manifest { get; set; }

    /// <summary>The manifest as a text in UTF-8.</summary>
    public ByteString ManifestText { get; set; } = ByteString.Empty;

    public Digest Key { get; set; }

    /// <summary>All its inputs as one tree, as the key has them.</summary>
    public Digest InputRoot { get; set; }

    /// <summary>Action and command of the key, as the protocol has them.</summary>
    public ImmutableArray<IMessage> Described { get; set; } = [];

    public ImmutableSortedDictionary<string, OutputValue>? Outputs { get; set; }

    public ActionOutcome? Outcome { get; set; }

    /// <summary>Why it runs, in words for the user.</summary>
    public RunReason Reason { get; set; } = new("");

    /// <summary>The outputs are known from a cache elsewhere, and were not all brought here.</summary>
    public bool Elsewhere { get; set; }

    /// <summary>It runs elsewhere.</summary>
    public bool RunsElsewhere { get; set; }

    /// <summary>It could not be run elsewhere.</summary>
    public bool StaysHere { get; set; }

    /// <summary>What a cache elsewhere said of the key.</summary>
    public RemoteAnswer? Answer { get; set; }

    /// <summary>Nodes of its inputs were asked for, so that its key can be computed.</summary>
    public bool NodesAsked { get; set; }

    /// <summary>Set when the cache must not answer, because the content it answers with is gone.</summary>
    public string? Forced { get; set; }

    /// <summary>The end that was told of it last; kept when it is looked at again because content was lost.</summary>
    public ActionOutcome? Told { get; set; }

    /// <summary>How often it was run again or looked at again because content was lost.</summary>
    public int Recoveries { get; set; }

    /// <summary>Length of the longest chain of work from here to a goal.</summary>
    public TimeSpan Priority { get; set; } = TimeSpan.MinValue;

    /// <summary>What it takes of the machine while it runs, in bytes.</summary>
    public long ExpectedMemory { get; set; }

    public int Lane { get; set; }

    public TimeSpan StartedAt { get; set; }

    public bool NeedsCpu => !Action.Work.IsDownload && !RunsElsewhere;

    /// <summary>Changes the state; a step that <see cref="NodeStates"/> does not know is a bug.</summary>
    public void MoveTo(NodeState next)
    {
        if (!State.LeadsTo(next))
            throw new InvalidOperationException($"`{Action.Id}` cannot go from {State} to {next}");
        State = next;
    }

    public void CountPending() => Pending = Producers.Count(p => p.State != NodeState.Done);

    /// <summary>Makes this wait for <paramref name="producer"/> too.</summary>
    public void WaitFor(BuildNode producer)
    {
        if (!Producers.Contains(producer))
        {
            Producers.Add(producer);
            producer.Consumers.Add(this);
        }

        Wait();
    }

    /// <summary>Waits for those of its producers that are not done.</summary>
    public void Wait()
    {
        MoveTo(NodeState.Waiting);
        CountPending();
    }
}
