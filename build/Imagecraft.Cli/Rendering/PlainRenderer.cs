// Shows a build as plain lines, one for each action that was run, and a sign of life when none ends for long. Unaware of terminals.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Rendering;

/// <summary>For pipes, files and CI, which take a silent build for a dead one.</summary>
public sealed class PlainRenderer(TextWriter output, BuildText text, TimeProvider clock) : IBuildRenderer
{
    private static readonly TimeSpan _longestSilence = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<ActionId, string> _descriptions = [];
    private BuildProgress _progress = new();
    private long _start;
    private ITimer? _silence;

    /// <inheritdoc/>
    public void Handle(BuildEvent buildEvent)
    {
        lock (_lock)
        {
            _progress = _progress.After(buildEvent);
            switch (buildEvent)
            {
                case BuildEvent.BuildStarted:
                    _start = clock.GetTimestamp();
                    break;
                case BuildEvent.ActionStarted started:
                    _descriptions[started.Id] = started.Description;
                    _silence ??= clock.CreateTimer(_ => TellRunning(), null, _longestSilence, _longestSilence);
                    break;
                case BuildEvent.ActionEnded { Outcome: ActionOutcome.Executed } ended:
                    _silence?.Change(_longestSilence, _longestSilence);
                    output.WriteLine(BuildText.Finished(_progress, ended.Id, Description(ended.Id), ended.Duration));
                    break;
                case BuildEvent.ActionEnded { Outcome: ActionOutcome.Failed failed } ended:
                    foreach (var line in text.Failure(_progress, ended.Id, Description(ended.Id), ended.Duration, failed.Failure))
                        output.WriteLine(line);
                    break;
                case BuildEvent.Notice notice:
                    output.WriteLine($"note: {notice.Message}");
                    break;
                case BuildEvent.BuildEnded ended:
                    output.WriteLine(BuildText.Summary(_progress, ended.At));
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _silence?.Dispose();

    private void TellRunning()
    {
        lock (_lock)
        {
            foreach (var running in _progress.Running)
                output.WriteLine(BuildText.StillRunning(_progress, running, clock.GetElapsedTime(_start) - running.Started));
        }
    }

    private string Description(ActionId id) => _descriptions.Remove(id, out var description) ? description : "";
}
