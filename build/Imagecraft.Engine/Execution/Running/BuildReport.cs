// Counts and tells what happens in a build. Unaware of why it happens.

using Imagecraft.Engine.Events;
using Imagecraft.Engine.Remote;

namespace Imagecraft.Engine.Execution.Running;

/// <summary>The clock of a build, its counts and its events.</summary>
sealed class BuildReport(Action<BuildEvent> emit)
{
    readonly System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();

    public TimeSpan Now => clock.Elapsed;

    public int Executed { get; private set; }

    public int Failed { get; private set; }

    int runTwice;

    public void Begin(int actions) => emit(new BuildEvent.BuildStarted(Now, actions));

    public void Started(BuildNode node, TimeSpan? expected) =>
        emit(new BuildEvent.ActionStarted(Now, node.Action.Id, node.Action.Description, node.Reason.Words, expected, node.Lane));

    public void Progress(BuildNode node, long done, long? total) => emit(new BuildEvent.ActionProgress(Now, node.Action.Id, done, total));

    public void Notice(string words) => emit(new BuildEvent.Notice(Now, words));

    /// <summary>An action that ran and succeeded.</summary>
    public void Succeeded(BuildNode node, RunResult.Succeeded result, TimeSpan duration)
    {
        Executed++;
        runTwice += result.RunTwice ? 1 : 0;
        foreach (var warning in result.Warnings)
            Notice($"`{node.Action.Id}` may not be reproducible: {warning}");
        Ended(node, duration, result.PeakMemoryBytes);
    }

    /// <summary>An action that the cache answered. What was done before, and is answered again after lost content is back, ends once.</summary>
    public void Answered(BuildNode node)
    {
        if (node.Told is not (ActionOutcome.Cached or ActionOutcome.Executed))
            Ended(node, TimeSpan.Zero, 0);
    }

    public void Failure(BuildNode node, TimeSpan duration, long peak)
    {
        Failed++;
        Ended(node, duration, peak);
    }

    public void Skipped(BuildNode node) => Ended(node, TimeSpan.Zero, 0, lane: 0);

    /// <summary>A run came to nothing, because content that it reads was lost; it is tried again.</summary>
    public void Interrupted(BuildNode node, TimeSpan duration) => Ended(node, new ActionOutcome.Skipped(null), duration, 0, node.Lane);

    /// <param name="cached">How many actions the cache answered in the end.</param>
    /// <param name="remote">What was had of a cache elsewhere.</param>
    public void End(int cached, RemoteUse? remote)
    {
        if (runTwice > 0)
            Notice($"{runTwice} of {Executed} actions were run twice and gave the same");
        emit(new BuildEvent.BuildEnded(Now, Executed, cached, Failed, remote));
    }

    void Ended(BuildNode node, TimeSpan duration, long peak, int? lane = null) => Ended(node, node.Outcome!, duration, peak, lane ?? node.Lane);

    void Ended(BuildNode node, ActionOutcome outcome, TimeSpan duration, long peak, int lane)
    {
        node.Told = outcome;
        emit(new BuildEvent.ActionEnded(Now, node.Action.Id, outcome, duration, peak, lane));
    }
}
