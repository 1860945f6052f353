// Speaks the QEMU machine protocol. Unaware of how the connection was made.

using System.Text.Json;
using System.Text.Json.Nodes;

namespace Imagecraft.Qemu.Machines;

/// <summary>One command at a time, from any thread; of events only why the machine ends is kept.</summary>
/// <remarks>Source: QEMU's documentation, "QEMU Machine Protocol Specification".</remarks>
public sealed class QmpClient : IAsyncDisposable
{
    private readonly StreamReader reader;
    private readonly StreamWriter writer;
    private readonly SemaphoreSlim turn = new(1, 1);

    private QmpClient(Stream stream)
    {
        reader = new(stream);
        writer = new(stream) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Reads the greeting and leaves negotiation mode.</summary>
    /// <exception cref="IOException">The other end is no QMP server, or is gone.</exception>
    public static async Task<QmpClient> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        var client = new QmpClient(stream);
        JsonObject greeting = await client.ReadAsync(cancellationToken);
        if (!greeting.ContainsKey("QMP"))
            throw new IOException($"QMP greeting expected, got `{greeting.ToJsonString()}`");
        await client.ExecuteAsync("qmp_capabilities", null, cancellationToken);
        return client;
    }

    /// <summary>Runs a command and gives its <c>return</c>.</summary>
    /// <exception cref="IOException">QEMU answers with an error, or is gone.</exception>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            // An answer that a cancelled call left behind has another id.
            int id = ++lastId;
            var request = new JsonObject { ["execute"] = command, ["id"] = id };
            if (arguments is not null)
                request["arguments"] = arguments;
            await writer.WriteLineAsync(request.ToJsonString().AsMemory(), cancellationToken);
            while (true)
            {
                JsonObject answer = await ReadAsync(cancellationToken);
                if (answer["id"]?.GetValue<int>() != id)
                    continue;
                return answer["error"] is { } error ? throw new IOException($"QEMU refuses `{command}`: {error["desc"]}") : answer["return"];
            }
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException("The QMP connection is closed", exception);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Why the machine has ended, in QMP's word, e.g. <c>guest-reset</c>; null when QEMU ended without one. To be asked after QEMU's end.</summary>
    /// <remarks>Source: QEMU's documentation, QMP reference, event <c>SHUTDOWN</c> and <c>ShutdownCause</c>.</remarks>
    public async Task<string?> EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await turn.WaitAsync(cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            return end;
        }

        try
        {
            while (end is null)
                await ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Nothing more comes.
        }
        finally
        {
            turn.Release();
        }

        return end;
    }

    /// <summary>Ends QEMU at once.</summary>
    public Task QuitAsync(CancellationToken cancellationToken) => ExecuteAsync("quit", null, cancellationToken);

    /// <summary>Writes the machine's display as PNG; the machine needs a display device.</summary>
    /// <exception cref="IOException">It has none, or the file cannot be written; the message has QEMU's words.</exception>
    public Task ScreenshotAsync(string path, CancellationToken cancellationToken) =>
        ExecuteAsync("screendump", new JsonObject { ["filename"] = path, ["format"] = "png" }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private int lastId;
    private string? end;

    private async Task<JsonObject> ReadAsync(CancellationToken cancellationToken)
    {
        string line = await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("QEMU closed the QMP connection");
        try
        {
            JsonObject message = JsonNode.Parse(line) as JsonObject ?? throw new IOException($"QMP message is no object: `{line}`");
            if (message["event"]?.GetValue<string>() == "SHUTDOWN")
                end = message["data"]?["reason"]?.GetValue<string>();
            return message;
        }
        catch (JsonException exception)
        {
            throw new IOException($"QMP message is no JSON: `{line}`", exception);
        }
    }
}
