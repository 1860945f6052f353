// The state of a build as told by its events so far. Unaware of how it is shown.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Remote;

namespace Imagecraft.Cli.Rendering;

/// <summary>Counts and running actions; changes only by <see cref="After"/>.</summary>
public sealed record BuildProgress
{
    /// <summary>Actions within reach of the goals when the build began.</summary>
    public int Announced { get; init; }

    /// <summary>Actions that are known now; the tool root of the sandbox is reached only when something has to run.</summary>
    public int Total => Math.Max(Announced, Done + Running.Count);

    /// <summary>Actions that were run and succeeded.</summary>
    public int Executed { get; init; }

    /// <summary>Actions the cache answered.</summary>
    public int Cached { get; init; }

    /// <summary>Actions that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Actions that were not run because of a failure or an interrupt; one that waits for damaged content to be rebuilt leaves this set when it starts again.</summary>
    public ImmutableHashSet<ActionId> Skipped { get; init; } = [];

    /// <summary>What was had of a cache elsewhere, at the end.</summary>
    public RemoteUse? Remote { get; init; }

    /// <summary>Actions that came to an end.</summary>
    public int Done => Executed + Cached + Failed + Skipped.Count;

    /// <summary>What runs now, in order of start.</summary>
    public ImmutableList<RunningAction> Running { get; init; } = [];

    /// <summary>The state after one more event.</summary>
    public BuildProgress After(BuildEvent buildEvent) => buildEvent switch
    {
        BuildEvent.BuildStarted started => this with { Announced = started.Actions },
        BuildEvent.ActionStarted started => this with { Skipped = Skipped.Remove(started.Id), Running = Running.Add(new RunningAction(started.Id, started.Description, started.At, started.Expected)) },
        BuildEvent.ActionProgress progress => this with { Running = Running.ConvertAll(r => r.Id == progress.Id ? r with { Done = progress.Done, Total = progress.Total } : r) },
        BuildEvent.ActionEnded ended => Count(ended.Id, ended.Outcome) with { Running = Running.RemoveAll(r => r.Id == ended.Id) },
        BuildEvent.BuildEnded ended => this with { Executed = ended.Executed, Cached = ended.Cached, Failed = ended.Failed, Remote = ended.Remote },
        _ => this,
    };

    /// <summary>When the longest of the running actions is expected to end; null when none has a recorded duration.</summary>
    public TimeSpan? LongestRemaining(TimeSpan now) =>
        Running.Where(r => r.Expected is not null).Select(r => r.Started + r.Expected!.Value - now) is var remaining && remaining.Any() && remaining.Max() is var longest && longest > TimeSpan.Zero
            ? longest
            : null;

    private BuildProgress Count(ActionId id, ActionOutcome outcome) => outcome switch
    {
        ActionOutcome.Cached => this with { Cached = Cached + 1 },
        ActionOutcome.Executed => this with { Executed = Executed + 1 },
        ActionOutcome.Failed => this with { Failed = Failed + 1 },
        _ => this with { Skipped = Skipped.Add(id) },
    };
}

/// <summary>An action that runs.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Description">Its few words.</param>
/// <param name="Started">Since the build's start.</param>
/// <param name="Expected">Its recorded duration, when known.</param>
public sealed record RunningAction(ActionId Id, string Description, TimeSpan Started, TimeSpan? Expected)
{
    /// <summary>The expected duration while it can still be true: what runs longer than last time (a kernel that cannot be continued) has none.</summary>
    public TimeSpan? ExpectedAfter(TimeSpan elapsed) => Expected > elapsed ? Expected : null;

    /// <summary>Bytes or steps done.</summary>
    public long Done { get; init; }

    /// <summary>Bytes or steps in all, when known.</summary>
    public long? Total { get; init; }
}
