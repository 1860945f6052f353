// A small HTTP server on sockets that can also misbehave. Unaware of what is fetched.

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Imagecraft.Feeds.Tests;

/// <summary>What to answer to one request.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Body">Content.</param>
internal sealed record Answer(int Status, byte[] Body)
{
    /// <summary>Close the connection after so many bytes of content; -1: send all.</summary>
    public int BreakAfter { get; init; } = -1;

    /// <summary>Serve byte ranges.</summary>
    public bool Ranges { get; init; } = true;

    /// <summary>Send headers and part of the content, then nothing.</summary>
    public bool Hang { get; init; }

    /// <summary>The length to announce; null: none, so that the end of the connection is the end.</summary>
    public int? Length { get; init; } = -1;

    /// <summary>Headers beside the length.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    public static Answer Of(byte[] body) => new(200, body);

    public static Answer Of(string body) => new(200, Encoding.UTF8.GetBytes(body));

    public static Answer Error(int status) => new(status, "no"u8.ToArray());
}

/// <summary>Answers by path; each path has a list of answers of which the last one stays.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Answer>> answers = new();
    private readonly CancellationTokenSource stop = new();

    public TestServer()
    {
        listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>Requests as `METHOD PATH RANGE`, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Requests that came with credentials, as `METHOD PATH CREDENTIALS`.</summary>
    public ConcurrentQueue<string> Authorized { get; } = new();

    /// <summary>Conditions under which ranges were asked for.</summary>
    public ConcurrentQueue<string> Conditions { get; } = new();

    public void Serve(string path, params Answer[] list) => answers[path] = new ConcurrentQueue<Answer>(list);

    public void Remove(string path) => answers.TryRemove(path, out _);

    public void Dispose()
    {
        stop.Cancel();
        listener.Stop();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = Task.Run(() => AnswerAsync(client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, false, 4096, leaveOpen: true);
                var first = (await reader.ReadLineAsync())?.Split(' ');
                if (first is null) return;
                var range = "";
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                {
                    if (line.StartsWith("If-Range: ", StringComparison.OrdinalIgnoreCase)) Conditions.Enqueue(line["If-Range: ".Length..]);
                    if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) range = line["Range: bytes=".Length..];
                    if (line.StartsWith("Authorization: ", StringComparison.OrdinalIgnoreCase)) Authorized.Enqueue($"{first[0]} {first[1]} {line["Authorization: ".Length..]}");
                }

                var path = Uri.UnescapeDataString(first[1]);
                Requests.Enqueue($"{first[0]} {path} {range}".TrimEnd());
                var answer = !answers.TryGetValue(path, out var queue) ? Answer.Error(404) : queue.Count > 1 && queue.TryDequeue(out var next) ? next : queue.TryPeek(out var last) ? last : Answer.Error(404);
                await SendAsync(stream, answer, range, first[0] == "HEAD");
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client went away, or the test ended.
            }
        }
    }

    private async Task SendAsync(Stream stream, Answer answer, string range, bool headOnly)
    {
        var (status, from) = (answer.Status, 0);
        if (range.Length > 0 && answer.Ranges && status == 200) (status, from) = (206, int.Parse(range.TrimEnd('-'), CultureInfo.InvariantCulture));
        var header = new StringBuilder($"HTTP/1.1 {status} Status\r\nConnection: close\r\n");
        if (status == 206 && from >= answer.Body.Length)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 416 Range\r\nConnection: close\r\nContent-Range: bytes */{answer.Body.Length}\r\nContent-Length: 0\r\n\r\n"));
            return;
        }
        if (answer.Length is not null) header.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length - from}\r\n");
        if (status == 206) header.Append(CultureInfo.InvariantCulture, $"Content-Range: bytes {from}-{answer.Body.Length - 1}/{answer.Body.Length}\r\n");
        foreach (var (name, value) in answer.Headers) header.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(header.Append("\r\n").ToString()));
        if (headOnly) return;
        var count = answer.BreakAfter >= 0 ? Math.Min(answer.BreakAfter, answer.Body.Length - from) : answer.Body.Length - from;
        await stream.WriteAsync(answer.Body.AsMemory(from, count));
        await stream.FlushAsync();
        if (answer.Hang) await Task.Delay(Timeout.Infinite, stop.Token);
    }
}
