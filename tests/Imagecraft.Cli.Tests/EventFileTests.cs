// What programs read of a build: NDJSON and the trace.

using System.Text;
using System.Text.Json;
using Imagecraft.Cli.Rendering;

namespace Imagecraft.Cli.Tests;

public sealed class EventFileTests
{
    [Fact]
    public void Every_event_is_one_line_of_JSON() => Golden.Check(Ndjson());

    [Fact]
    public void Every_line_has_an_event_and_a_time()
    {
        foreach (var line in Ndjson().TrimEnd('\n').Split('\n'))
        {
            using var json = JsonDocument.Parse(line);
            Assert.Equal(JsonValueKind.String, json.RootElement.GetProperty("event").ValueKind);
            Assert.Equal(JsonValueKind.Number, json.RootElement.GetProperty("at").ValueKind);
        }
    }

    [Fact]
    public void The_trace_has_a_row_for_each_slot_and_a_bar_for_each_action_that_ran()
    {
        using var trace = new TraceWriter();
        foreach (var buildEvent in SampleBuild.Succeeding)
            trace.Handle(buildEvent);
        using var output = new MemoryStream();
        trace.Save(output);

        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(output.ToArray()));
        var events = json.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        Assert.Equal(2, events.Count(e => e.GetProperty("ph").GetString() == "M"));
        var bars = events.Where(e => e.GetProperty("ph").GetString() == "X").ToDictionary(e => e.GetProperty("name").GetString()!);
        Assert.Equal(["busybox:build", "image:fetch", "zlib:build"], bars.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(200_000, bars["zlib:build"].GetProperty("ts").GetInt64());
        Assert.Equal(8_000_000, bars["zlib:build"].GetProperty("dur").GetInt64());
    }

    private static string Ndjson()
    {
        using var output = new MemoryStream();
        using (var writer = new NdjsonWriter(output))
        {
            foreach (var buildEvent in SampleBuild.Succeeding.Concat(SampleBuild.Failing))
                writer.Handle(buildEvent);
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }
}
