// What the last build that did something spent its time with, out of its trace. Unaware of how traces are written.

using System.Collections.Immutable;
using System.Text.Json;

namespace Imagecraft.Cli.Inspecting;

/// <summary>Reads a trace.</summary>
public static class BuildTrace
{
    /// <summary>The longest actions, in the order in which they began.</summary>
    /// <param name="json">The trace.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>None when the text is no trace.</returns>
    public static ImmutableArray<TimeSpanBar> Longest(string json, int count)
    {
        try
        {
            using var trace = JsonDocument.Parse(json);
            return
            [
                .. trace.RootElement.GetProperty("traceEvents").EnumerateArray().Where(bar => bar.GetProperty("ph").GetString() == "X").Select(Bar)
                    .OrderByDescending(bar => bar.Seconds).Take(count).OrderBy(bar => bar.Start),
            ];
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    private static TimeSpanBar Bar(JsonElement bar)
    {
        const double second = 1e6;
        var about = bar.GetProperty("args");
        return new(bar.GetProperty("name").GetString()!, bar.GetProperty("ts").GetInt64() / second, bar.GetProperty("dur").GetInt64() / second, $"{about.GetProperty("description").GetString()}; {about.GetProperty("reason").GetString()}");
    }
}
