// Speaks the QEMU machine protocol. Unaware of how the connection was made.

using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Imagecraft.Qemu.Machines;

/// <summary>Commands from any thread, and QEMU's events.</summary>
/// <remarks>Source: QEMU's documentation, "QEMU Machine Protocol Specification".</remarks>
public sealed class QmpClient : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly StreamReader reader;
    private readonly StreamWriter writer;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> asked = new();
    private Task reading = Task.CompletedTask;
    private volatile bool ended;
    private int lastId;

    private QmpClient(Stream stream)
    {
        this.stream = stream;
        reader = new(stream);
        writer = new(stream) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>What QEMU tells of by itself, from the start of the connection on.</summary>
    public QmpEvents Events { get; } = new();

    /// <summary>Reads the greeting and leaves negotiation mode.</summary>
    /// <exception cref="IOException">The other end is no QMP server, or is gone.</exception>
    public static async Task<QmpClient> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        var client = new QmpClient(stream);
        JsonObject greeting = await client.ReadAsync(cancellationToken);
        if (!greeting.ContainsKey("QMP"))
            throw new IOException($"QMP greeting expected, got `{greeting.ToJsonString()}`");
        client.reading = Task.Run(client.ReadAllAsync, CancellationToken.None);
        await client.ExecuteAsync("qmp_capabilities", null, cancellationToken);
        return client;
    }

    /// <summary>Runs a command and gives its <c>return</c>.</summary>
    /// <exception cref="IOException">QEMU answers with an error, or is gone.</exception>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments, CancellationToken cancellationToken)
    {
        // An answer that a cancelled call left behind has another id.
        int id = Interlocked.Increment(ref lastId);
        var request = new JsonObject { ["execute"] = command, ["id"] = id };
        if (arguments is not null)
            request["arguments"] = arguments;
        TaskCompletionSource<JsonObject> answered = asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await SendAsync(request, cancellationToken);
            // Whoever asks after the end gets no answer.
            if (ended)
                answered.TrySetException(Closed());
            JsonObject answer = await answered.Task.WaitAsync(cancellationToken);
            return answer["error"] is { } error ? throw new IOException($"QEMU refuses `{command}`: {error["desc"]}") : answer["return"];
        }
        finally
        {
            asked.TryRemove(id, out _);
        }
    }

    /// <summary>Why the machine has ended, in QMP's word, e.g. <c>guest-reset</c>; null when QEMU ended without one. To be asked after QEMU's end.</summary>
    /// <remarks>Source: QEMU's documentation, QMP reference, event <c>SHUTDOWN</c> and <c>ShutdownCause</c>.</remarks>
    public async Task<string?> EndAsync(CancellationToken cancellationToken)
    {
        await reading.WaitAsync(cancellationToken);
        return Events.SoFar.LastOrDefault(told => told.Name == "SHUTDOWN")?.Data["reason"]?.GetValue<string>();
    }

    /// <summary>Ends QEMU at once.</summary>
    public Task QuitAsync(CancellationToken cancellationToken) => ExecuteAsync("quit", null, cancellationToken);

    /// <summary>Writes the machine's display as PNG; the machine needs a display device.</summary>
    /// <exception cref="IOException">It has none, or the file cannot be written; the message has QEMU's words.</exception>
    public Task ScreenshotAsync(string path, CancellationToken cancellationToken) =>
        ExecuteAsync("screendump", new JsonObject { ["filename"] = path, ["format"] = "png" }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await reading;
        reader.Dispose();
        turn.Dispose();
    }

    private async Task SendAsync(JsonObject request, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await writer.WriteLineAsync(request.ToJsonString().AsMemory(), cancellationToken);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or IOException)
        {
            throw Closed(exception);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (true)
            {
                JsonObject message = await ReadAsync(CancellationToken.None);
                if (QmpEvent.Of(message) is { } told)
                    Events.Add(told);
                else if (message["id"] is { } id && asked.TryGetValue(id.GetValue<int>(), out TaskCompletionSource<JsonObject>? waiting))
                    waiting.TrySetResult(message);
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException or OperationCanceledException)
        {
            ended = true;
            Events.Complete();
            foreach (TaskCompletionSource<JsonObject> waiting in asked.Values)
                waiting.TrySetException(end is IOException ? end : Closed());
        }
    }

    private async Task<JsonObject> ReadAsync(CancellationToken cancellationToken)
    {
        string line = await reader.ReadLineAsync(cancellationToken) ?? throw Closed();
        try
        {
            return JsonNode.Parse(line) as JsonObject ?? throw new IOException($"QMP message is no object: `{line}`");
        }
        catch (JsonException exception)
        {
            throw new IOException($"QMP message is no JSON: `{line}`", exception);
        }
    }

    private static IOException Closed(Exception? cause = null) => new("QEMU closed the QMP connection", cause);
}
