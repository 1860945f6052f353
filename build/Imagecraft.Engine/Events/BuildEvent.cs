// Everything the engine tells while it works. Unaware of how it is shown.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;

namespace Imagecraft.Engine.Events;

/// <summary>Something that happened during a build; <paramref name="At"/> is time since the build's start.</summary>
public abstract record BuildEvent(TimeSpan At)
{
    /// <summary>The build begins with so many actions within reach of its goals.</summary>
    public sealed record BuildStarted(TimeSpan At, int Actions) : BuildEvent(At);

    /// <summary>An action runs. <paramref name="Expected"/> is its recorded duration, when known; <paramref name="Lane"/> is the CPU slot, for traces.</summary>
    public sealed record ActionStarted(TimeSpan At, ActionId Id, string Description, string Reason, TimeSpan? Expected, int Lane) : BuildEvent(At);

    /// <summary>Bytes received of a download, or steps done of a long built-in.</summary>
    public sealed record ActionProgress(TimeSpan At, ActionId Id, long Done, long? Total) : BuildEvent(At);

    /// <summary>An action ended, or was answered by the cache.</summary>
    public sealed record ActionEnded(TimeSpan At, ActionId Id, ActionOutcome Outcome, TimeSpan Duration, long PeakMemoryBytes, int Lane) : BuildEvent(At);

    /// <summary>Something the user should know (a damaged object that is rebuilt, a re-resolved package).</summary>
    public sealed record Notice(TimeSpan At, string Message) : BuildEvent(At);

    /// <summary>The build is over. <paramref name="Remote"/> is what it had of a cache elsewhere; null when it has none.</summary>
    public sealed record BuildEnded(TimeSpan At, int Executed, int Cached, int Failed, RemoteUse? Remote = null) : BuildEvent(At);
}

/// <summary>How an action came out.</summary>
public abstract record ActionOutcome
{
    private ActionOutcome()
    {
    }

    /// <summary>Answered by the action cache, or by a cache elsewhere whose name is <paramref name="From"/>.</summary>
    public sealed record Cached(ImmutableSortedDictionary<string, OutputValue> Outputs, string? From = null) : ActionOutcome;

    /// <summary>Was run and succeeded. <paramref name="Reason"/> says why it had to run, <paramref name="At"/> where; null: here.</summary>
    public sealed record Executed(ImmutableSortedDictionary<string, OutputValue> Outputs, string Reason, string? At = null) : ActionOutcome;

    /// <summary>Was run and failed.</summary>
    public sealed record Failed(ActionFailure Failure) : ActionOutcome;

    /// <summary>Not run, because <paramref name="Because"/> failed or the build was stopped.</summary>
    public sealed record Skipped(ActionId? Because) : ActionOutcome;
}

/// <summary>Whose fault a failure is; decides the exit code.</summary>
public enum FailureKind
{
    /// <summary>The user's input or a failing recipe: exit code 3.</summary>
    User,

    /// <summary>Environment or infrastructure (disk full, network): exit code 2.</summary>
    Environment,

    /// <summary>A bug of Imagecraft's: exit code 1.</summary>
    Bug,

    /// <summary>Stopped by the user: exit code 130.</summary>
    Cancelled,
}

/// <summary>Why an action failed.</summary>
/// <param name="Kind">Whose fault it is.</param>
/// <param name="Message">What happened, in a sentence, with the remedy where there is one.</param>
/// <param name="LogPath">The whole log on the host, when one was written.</param>
/// <param name="LastLines">The log's end.</param>
public sealed record ActionFailure(FailureKind Kind, string Message, string? LogPath, ImmutableArray<string> LastLines)
{
    /// <summary>The first error that the log tells of; null when nothing in it looks like one.</summary>
    public FirstError? FirstError { get; init; }
}
