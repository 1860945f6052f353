// Writes a build as one JSON object a line, for programs. Unaware of people.

using System.Text.Encodings.Web;
using System.Text.Json;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Remote;

namespace Imagecraft.Cli.Rendering;

/// <summary>For <c>--events FILE</c>: each line has <c>event</c> and <c>at</c> (seconds since the build's start), and what the event tells. A line is whole as soon as it can be read.</summary>
public sealed class NdjsonWriter(Stream output) : IBuildRenderer
{
    // The default escapes backticks and the like, which only matters in HTML.
    private static readonly JsonWriterOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public void Handle(BuildEvent buildEvent)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, _readable))
        {
            json.WriteStartObject();
            Write(json, buildEvent);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        lock (_lock)
        {
            output.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => output.Dispose();

    private static void Write(Utf8JsonWriter json, BuildEvent buildEvent)
    {
        json.WriteString("event", Name(buildEvent));
        json.WriteNumber("at", Math.Round(buildEvent.At.TotalSeconds, 6));
        switch (buildEvent)
        {
            case BuildEvent.BuildStarted started:
                json.WriteNumber("actions", started.Actions);
                break;
            case BuildEvent.ActionStarted started:
                json.WriteString("id", started.Id.Value);
                json.WriteString("description", started.Description);
                json.WriteString("reason", started.Reason);
                if (started.Expected is { } expected)
                    json.WriteNumber("expected", expected.TotalSeconds);
                json.WriteNumber("lane", started.Lane);
                break;
            case BuildEvent.ActionProgress progress:
                json.WriteString("id", progress.Id.Value);
                json.WriteNumber("done", progress.Done);
                if (progress.Total is { } total)
                    json.WriteNumber("total", total);
                break;
            case BuildEvent.ActionEnded ended:
                json.WriteString("id", ended.Id.Value);
                WriteOutcome(json, ended.Outcome);
                json.WriteNumber("duration", Math.Round(ended.Duration.TotalSeconds, 6));
                json.WriteNumber("peakMemoryBytes", ended.PeakMemoryBytes);
                json.WriteNumber("lane", ended.Lane);
                break;
            case BuildEvent.Notice notice:
                json.WriteString("message", notice.Message);
                break;
            case BuildEvent.BuildEnded ended:
                json.WriteNumber("executed", ended.Executed);
                json.WriteNumber("cached", ended.Cached);
                json.WriteNumber("failed", ended.Failed);
                if (ended.Remote is { } remote)
                    Write(json, remote);
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, RemoteUse use)
    {
        json.WriteStartObject("remote");
        json.WriteString("name", use.Name);
        json.WriteNumber("asked", use.Asked);
        json.WriteNumber("found", use.Found);
        json.WriteNumber("bytesDown", use.BytesDown);
        json.WriteNumber("stored", use.Stored);
        json.WriteNumber("bytesUp", use.BytesUp);
        json.WriteEndObject();
    }

    private static string Name(BuildEvent buildEvent) => buildEvent switch
    {
        BuildEvent.BuildStarted => "build-started",
        BuildEvent.ActionStarted => "action-started",
        BuildEvent.ActionProgress => "action-progress",
        BuildEvent.ActionEnded => "action-ended",
        BuildEvent.Notice => "notice",
        BuildEvent.BuildEnded => "build-ended",
        _ => throw new ArgumentOutOfRangeException(nameof(buildEvent), buildEvent, "An event without a name"),
    };

    private static void WriteOutcome(Utf8JsonWriter json, ActionOutcome outcome)
    {
        switch (outcome)
        {
            case ActionOutcome.Cached cached:
                json.WriteString("outcome", "cached");
                if (cached.From is { } from)
                    json.WriteString("from", from);
                break;
            case ActionOutcome.Executed executed:
                json.WriteString("outcome", "executed");
                json.WriteString("reason", executed.Reason);
                if (executed.At is { } where)
                    json.WriteString("ranAt", where);
                break;
            case ActionOutcome.Failed { Failure: var failure }:
                json.WriteString("outcome", "failed");
                json.WriteString("kind", failure.Kind.ToString().ToLowerInvariant());
                json.WriteString("message", failure.Message);
                if (failure.FirstError is { } first)
                    json.WriteString("firstError", first.Text);
                if (failure.LogPath is not null)
                    json.WriteString("log", failure.LogPath);
                break;
            case ActionOutcome.Skipped skipped:
                json.WriteString("outcome", "skipped");
                if (skipped.Because is { } because)
                    json.WriteString("because", because.Value);
                break;
        }
    }
}
