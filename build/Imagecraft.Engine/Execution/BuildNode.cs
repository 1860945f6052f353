// What one build knows of one action, and the states it passes through. Unaware of scheduling.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;

namespace Imagecraft.Engine.Execution;

enum NodeState : byte
{
    /// <summary>Something it reads is not done.</summary>
    Waiting,

    /// <summary>An action with the same key runs, whose result will be its own.</summary>
    Twin,

    /// <summary>All it reads is done; its key is to be computed.</summary>
    Queued,

    /// <summary>The cache has no answer; it waits for a slot.</summary>
    Ready,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>Its outputs are known.</summary>
    Done,

    /// <summary>It failed, or something it reads did.</summary>
    Failed,
}

/// <summary>Mutable, and touched by the coordinator of the build alone, except while <see cref="NodeState.Running"/> by its runner.</summary>
sealed class BuildNode(ActionNode action)
{
    public ActionNode Action { get; } = action;

    public NodeState State { get; set; }

    /// <summary>How many of <see cref="Producers"/> are not done.</summary>
    public int Pending { get; set; }

    public void CountPending() => Pending = Producers.Count(p => p.State != NodeState.Done);

    /// <summary>Makes this wait for <paramref name="producer"/> too.</summary>
    public void WaitFor(BuildNode producer)
    {
        if (!Producers.Contains(producer))
        {
            Producers.Add(producer);
            producer.Consumers.Add(this);
        }

        State = NodeState.Waiting;
        CountPending();
    }

    public List<BuildNode> Producers { get; } = [];

    public List<BuildNode> Consumers { get; } = [];

    /// <summary>Actions with the same key, answered by the cache as soon as this one is done.</summary>
    public List<BuildNode> Twins { get; } = [];

    public ActionManifest? Manifest { get; set; }

    public string ManifestText { get; set; } = "";

    public string Facts { get; set; } = "";

    public Digest Key { get; set; }

    /// <summary>All its inputs as one tree, as the key has them.</summary>
    public Digest InputRoot { get; set; }

    public ImmutableSortedDictionary<string, OutputValue>? Outputs { get; set; }

    public ActionOutcome? Outcome { get; set; }

    /// <summary>Why it runs, in words for the user.</summary>
    public RunReason Reason { get; set; } = new("");

    /// <summary>Set when the cache must not answer, because the content it answers with is gone.</summary>
    public string? Forced { get; set; }

    /// <summary>It was done before in this build, and is looked at again because content was lost.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>How often it was run again or looked at again because content was lost.</summary>
    public int Recoveries { get; set; }

    /// <summary>Length of the longest chain of work from here to a goal.</summary>
    public TimeSpan Priority { get; set; } = TimeSpan.MinValue;

    public long ExpectedMemory { get; set; }

    public int Lane { get; set; }

    public TimeSpan StartedAt { get; set; }

    public bool NeedsCpu => !Action.Work.IsDownload;
}
