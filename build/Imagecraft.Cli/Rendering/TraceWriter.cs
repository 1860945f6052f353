// Collects a build as a trace that Perfetto opens: a row a CPU slot, a bar an action. Unaware of what actions do.

using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Rendering;

/// <summary>Writes the Trace Event Format's JSON (complete events <c>X</c>, metadata <c>M</c>; times in microseconds).</summary>
public sealed class TraceWriter : IBuildRenderer
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ActionId, BuildEvent.ActionStarted> _started = [];
    private readonly List<(BuildEvent.ActionStarted Start, BuildEvent.ActionEnded End)> _bars = [];

    /// <summary>At least one action was run.</summary>
    public bool HasBars => _bars.Count > 0;

    /// <inheritdoc/>
    public void Handle(BuildEvent buildEvent)
    {
        lock (_lock)
        {
            if (buildEvent is BuildEvent.ActionStarted started)
                _started[started.Id] = started;
            else if (buildEvent is BuildEvent.ActionEnded ended && _started.Remove(ended.Id, out var start))
                _bars.Add((start, ended));
        }
    }

    /// <summary>Writes the trace of everything that ended until now.</summary>
    public void Save(Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        foreach (var lane in _bars.Select(b => b.Start.Lane).Distinct().Order())
            WriteLane(json, lane);
        foreach (var (start, end) in _bars)
            WriteBar(json, start, end);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static void WriteLane(Utf8JsonWriter json, int lane)
    {
        json.WriteStartObject();
        json.WriteString("ph", "M");
        json.WriteString("name", "thread_name");
        json.WriteNumber("pid", 1);
        json.WriteNumber("tid", lane);
        json.WriteStartObject("args");
        json.WriteString("name", $"slot {lane}");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteBar(Utf8JsonWriter json, BuildEvent.ActionStarted start, BuildEvent.ActionEnded end)
    {
        json.WriteStartObject();
        json.WriteString("ph", "X");
        json.WriteString("name", start.Id.Value);
        json.WriteString("cat", end.Outcome.GetType().Name.ToLowerInvariant());
        json.WriteNumber("ts", (long)start.At.TotalMicroseconds);
        json.WriteNumber("dur", Math.Max(1, (long)(end.At - start.At).TotalMicroseconds));
        json.WriteNumber("pid", 1);
        json.WriteNumber("tid", start.Lane);
        json.WriteStartObject("args");
        json.WriteString("description", start.Description);
        json.WriteString("reason", start.Reason);
        json.WriteNumber("peakMemoryBytes", end.PeakMemoryBytes);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
