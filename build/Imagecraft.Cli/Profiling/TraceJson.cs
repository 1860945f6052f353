// A trace for programs that show them, such as Perfetto's page and Chromium's `chrome://tracing`. Pure.
// Source: "Trace Event Format" of the Catapult project.

using System.Collections.Immutable;
using System.Text.Json;

namespace Imagecraft.Cli.Profiling;

/// <summary>Writes the format that both read.</summary>
public static class TraceJson
{
    private const double Microseconds = 1e6;

    /// <summary>Who ran on each processor, and every other event where it happened.</summary>
    public static void Write(Stream to, ImmutableArray<TraceEvent> events, SchedulerTrace scheduler)
    {
        var start = events.IsEmpty ? 0 : events[0].Seconds;
        using var json = new Utf8JsonWriter(to);
        json.WriteStartObject();
        json.WriteStartArray("traceEvents");
        foreach (var cpu in events.Select(one => one.Cpu).Distinct().Order())
        {
            json.WriteStartObject();
            Common("thread_name", "M", cpu);
            json.WriteStartObject("args");
            json.WriteString("name", $"processor {cpu}");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        foreach (var slice in scheduler.Slices)
        {
            json.WriteStartObject();
            Common(slice.Task, "X", slice.Cpu);
            json.WriteNumber("ts", Time(slice.Start));
            json.WriteNumber("dur", Math.Round((slice.End - slice.Start) * Microseconds, 3));
            json.WriteStartObject("args");
            json.WriteNumber("thread", slice.Id);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        foreach (var one in events.Where(one => one.Name != "sched_switch"))
        {
            json.WriteStartObject();
            Common(one.Name, "i", one.Cpu);
            json.WriteNumber("ts", Time(one.Seconds));
            json.WriteString("s", "t");
            json.WriteStartObject("args");
            json.WriteString("task", $"{one.Task}-{one.Id}");
            json.WriteString("details", one.Details);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void Common(string name, string phase, int cpu)
        {
            json.WriteString("name", name);
            json.WriteString("ph", phase);
            json.WriteNumber("pid", 0);
            json.WriteNumber("tid", cpu);
        }

        double Time(double seconds) => Math.Round((seconds - start) * Microseconds, 3);
    }
}
