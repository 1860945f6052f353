// The lines both renderers have in common: a finished action, a failure, the end. Unaware of where they go.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Remote;

namespace Imagecraft.Cli.Rendering;

/// <summary>Pure functions from events to lines.</summary>
/// <param name="ShellOptions">What <c>./build.sh shell ACTION</c> needs besides to find the action, e.g. <c>--board qemu-arm64</c>.</param>
public sealed record BuildText(string ShellOptions)
{
    /// <summary><c>[12/97] busybox:build  Compile busybox 1.37.0  41.2 s</c>.</summary>
    public static string Finished(BuildProgress progress, ActionId id, string description, TimeSpan duration) =>
        $"[{progress.Done}/{progress.Total}] {Words(id, description)}  {Quantities.Duration(duration)}";

    /// <summary><c>[11/97] linux:build  Build linux 6.12.107  runs for 2 m 00 s of about 6 m 10 s</c>.</summary>
    public static string StillRunning(BuildProgress progress, RunningAction running, TimeSpan elapsed) =>
        $"[{progress.Done}/{progress.Total}] {Words(running.Id, running.Description)}  runs for {Quantities.Duration(elapsed)}{(running.ExpectedAfter(elapsed) is { } expected ? $" of about {Quantities.Duration(expected)}" : "")}";

    /// <summary>The block that explains a failure and says how to go on.</summary>
    public IEnumerable<string> Failure(BuildProgress progress, ActionId id, string description, TimeSpan duration, ActionFailure failure)
    {
        yield return $"[{progress.Done}/{progress.Total}] {Words(id, description)}  failed after {Quantities.Duration(duration)}";
        var message = failure.Message.Split('\n');
        yield return $"  {message[0]}";
        foreach (var line in message.Skip(1))
            yield return $"  {line}";
        // With many jobs at once the others go on after the error.
        if (failure.FirstError is { } first && first.Line <= first.Of - failure.LastLines.Length)
        {
            yield return $"  The first error, in line {first.Line} of {first.Of}:";
            foreach (var line in first.Lines)
                yield return $"  | {line}";
            yield return "  The last lines:";
        }

        foreach (var line in failure.LastLines)
            yield return $"  | {line}";
        if (KnownErrors.RemedyOf(failure.FirstError?.Lines.Skip(failure.FirstError.Before) ?? failure.LastLines) is { } remedy)
            yield return $"  Remedy: {remedy}";
        if (failure.LogPath is not null)
        {
            yield return $"  Whole log: {failure.LogPath}";
            yield return $"  A shell in its sandbox: ./build.sh shell {id}{(ShellOptions.Length > 0 ? " " + ShellOptions : "")}";
        }
    }

    /// <summary><c>Done in 3 m 12 s: 85 run, 12 cached</c>; a build that was stopped before its end says so.</summary>
    public static string Summary(BuildProgress progress, TimeSpan duration)
    {
        var word = progress.Failed > 0 ? "Failed" : progress.Skipped.Count > 0 ? "Stopped" : "Done";
        var text = $"{word} in {Quantities.Duration(duration)}: {progress.Executed} run, {progress.Cached} cached";
        if (progress.Remote is { } remote && remote.Asked + remote.Stored > 0)
            text += $" ({Remote(remote)})";
        if (progress.Failed > 0)
            text += $", {progress.Failed} failed";
        if (progress.Skipped.Count > 0)
            text += $", {progress.Skipped.Count} not run";
        return text;
    }

    // `31 of them from grpc://cache:8980, 12.4 MiB received, 3 given, 80.1 MiB sent`
    private static string Remote(RemoteUse use)
    {
        var parts = new List<string> { $"{use.Found} of them from {use.Name}" };
        if (use.BytesDown > 0)
            parts.Add($"{Quantities.Size(use.BytesDown)} received");
        if (use.Stored > 0)
            parts.Add($"{use.Stored} given, {Quantities.Size(use.BytesUp)} sent");
        return string.Join(", ", parts);
    }

    private static string Words(ActionId id, string description) => description.Length == 0 ? id.Value : $"{id}  {description}";
}
