// What events tell of actions, as a terminal may show it. Unaware of who shows it.

using Imagecraft.Cli.Output;
using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Rendering;

/// <summary>Passes the words of recipes and actions through <see cref="VisibleText"/>; a renderer that draws on a terminal is given nothing else.</summary>
public static class VisibleEvent
{
    /// <summary>The event with visible text; ids stay, because they are compared.</summary>
    public static BuildEvent Of(BuildEvent buildEvent) => buildEvent switch
    {
        BuildEvent.ActionStarted started => started with { Description = VisibleText.Of(started.Description) },
        BuildEvent.ActionEnded { Outcome: ActionOutcome.Failed failed } ended => ended with { Outcome = new ActionOutcome.Failed(Of(failed.Failure)) },
        BuildEvent.Notice notice => notice with { Message = VisibleText.Of(notice.Message) },
        _ => buildEvent,
    };

    private static ActionFailure Of(ActionFailure failure) => failure with
    {
        Message = VisibleText.Of(failure.Message),
        LogPath = failure.LogPath is null ? null : VisibleText.Of(failure.LogPath),
        LastLines = [.. failure.LastLines.Select(VisibleText.Of)],
        FirstError = failure.FirstError is { } first ? first with { Lines = [.. first.Lines.Select(VisibleText.Of)] } : null,
    };
}
