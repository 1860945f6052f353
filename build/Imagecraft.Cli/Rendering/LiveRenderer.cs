// Shows a build on a terminal: finished actions scroll by, what runs is redrawn below. Unaware of what actions do.

using Imagecraft.Cli.Output;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Spectre.Console;

namespace Imagecraft.Cli.Rendering;

/// <summary>Starts to draw with the first action that has to run, so that a build with nothing to do stays one line.</summary>
/// <remarks>Spectre costs tens of milliseconds, so it is set up with the first action that runs; until then lines are written plainly.</remarks>
public sealed class LiveRenderer(TextWriter plain, Lazy<IAnsiConsole> console, BuildText text, TimeProvider clock) : IBuildRenderer
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(125);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<ActionId, string> _descriptions = [];
    private readonly Queue<(string Line, Style Style)> _lines = new();
    private BuildProgress _progress = new();
    private long _start;
    private Task? _drawing;

    /// <summary>A renderer on the process's terminal.</summary>
    public static LiveRenderer On(IConsole console, BuildText text) => new(
        console.Out,
        new Lazy<IAnsiConsole>(() =>
        {
            var terminal = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = console.HasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(console.Terminal),
            });
            terminal.Profile.Width = console.Width;
            return terminal;
        }),
        text,
        TimeProvider.System);

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
                    _drawing ??= Task.Run(DrawAsync);
                    break;
                case BuildEvent.ActionEnded { Outcome: ActionOutcome.Executed } ended:
                    _lines.Enqueue((BuildText.Finished(_progress, ended.Id, Description(ended.Id), ended.Duration), Style.Plain));
                    break;
                case BuildEvent.ActionEnded { Outcome: ActionOutcome.Failed failed } ended:
                    foreach (var line in text.Failure(_progress, ended.Id, Description(ended.Id), ended.Duration, failed.Failure))
                        _lines.Enqueue((line, new Style(Color.Red)));
                    break;
                case BuildEvent.Notice notice:
                    _lines.Enqueue(($"note: {notice.Message}", new Style(Color.Yellow)));
                    break;
                case BuildEvent.BuildEnded ended:
                    var succeeded = _progress.Failed + _progress.Skipped.Count == 0;
                    _lines.Enqueue((BuildText.Summary(_progress, ended.At), new Style(succeeded ? Color.Green : Color.Red)));
                    break;
            }
        }
    }

    /// <summary>Waits for the drawing to end and prints what is left.</summary>
    public void Dispose()
    {
        _over.Cancel();
        _drawing?.GetAwaiter().GetResult();
        Flush();
        _over.Dispose();
    }

    private Task DrawAsync() =>
        console.Value.Live(Text.Empty).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(async context =>
        {
            while (!_over.IsCancellationRequested)
            {
                Flush();
                BuildProgress progress;
                lock (_lock)
                    progress = _progress;
                context.UpdateTarget(ProgressView.Of(progress, clock.GetElapsedTime(_start), console.Value.Profile.Width));
                await Task.Delay(_period, clock, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });

    private void Flush()
    {
        (string Line, Style Style)[] lines;
        lock (_lock)
        {
            lines = [.. _lines];
            _lines.Clear();
        }

        foreach (var (line, style) in lines)
        {
            if (_drawing is null)
                plain.WriteLine(line);
            else
                console.Value.Write(new Text(line + "\n", style));
        }
    }

    private string Description(ActionId id) => _descriptions.Remove(id, out var description) ? description : "";
}
