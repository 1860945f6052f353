// Shows a build as plain lines, one for each action that was run. Unaware of terminals.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Rendering;

/// <summary>For pipes, files and CI.</summary>
public sealed class PlainRenderer(TextWriter output, BuildText text) : IBuildRenderer
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ActionId, string> _descriptions = [];
    private BuildProgress _progress = new();

    /// <inheritdoc/>
    public void Handle(BuildEvent buildEvent)
    {
        lock (_lock)
        {
            _progress = _progress.After(buildEvent);
            switch (buildEvent)
            {
                case BuildEvent.ActionStarted started:
                    _descriptions[started.Id] = started.Description;
                    break;
                case BuildEvent.ActionEnded { Outcome: ActionOutcome.Executed } ended:
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
    public void Dispose()
    {
    }

    private string Description(ActionId id) => _descriptions.Remove(id, out var description) ? description : "";
}
