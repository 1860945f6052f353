// Downloads one address over HTTP into a file, with resume and retries. Unaware of hashes and of other places.

using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;

namespace Imagecraft.Feeds.Fetching;

/// <summary>HTTP downloads. Proxies come from the usual environment variables.</summary>
internal sealed class HttpDownload(FetcherOptions options) : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);

    private readonly HttpClient client = new(new Redirects(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectLimit,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        AllowAutoRedirect = false,
    }))
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "imagecraft" } },
    };

    /// <summary>Downloads to <paramref name="path"/>; what is there already is continued.</summary>
    /// <exception cref="FeedException">The server refused, sends too much, or every attempt failed.</exception>
    public async Task ToFileAsync(Uri address, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        FileState? before = null;
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stall.CancelAfter(options.Stall);
            try
            {
                var have = File.Exists(path) ? new FileInfo(path).Length : 0;
                using var response = await SendAsync(address, have, before, stall.Token);
                if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
                {
                    // The file is complete already, or not of this address: start over unless the length says complete.
                    if (response.Content.Headers.ContentRange?.Length == have) return;
                    File.Delete(path);
                    continue;
                }
                if (!response.IsSuccessStatusCode)
                {
                    asked = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - DateTimeOffset.UtcNow);
                    throw new StatusException(response);
                }
                await ReceiveAsync(response, path, have, before, transfer, state => before = state, stall);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or StatusException or FeedException { Cause: FeedCause.Slow })
            {
                var (cause, reason) = Told(e, stalled: stall.IsCancellationRequested);
                if (!cause.Consequence().MayPass) throw new FeedException(cause, reason, e);
                if (attempt >= options.Attempts) throw new FeedException(cause, $"{reason} ({attempt} attempts)", e);
                await Task.Delay(Pause(attempt, asked), cancellationToken);
            }
        }
    }

    /// <summary>Downloads a small text or binary into memory.</summary>
    public async Task<byte[]> BytesAsync(Uri address, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"imagecraft-{Guid.NewGuid():n}");
        try
        {
            await ToFileAsync(address, path, new Transfer(SizeBound.AtMost(options.LargestIndex, "an index"), null), cancellationToken);
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose() => client.Dispose();

    private Task<HttpResponseMessage> SendAsync(Uri address, long have, FileState? before, CancellationToken cancellationToken)
    {
        // Sent no further than to the server that the address names.
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (Addresses.Credentials(address) is { } credentials) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            request.Headers.IfRange = before?.Condition;
        }
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task ReceiveAsync(HttpResponseMessage response, string path, long have, FileState? before, Transfer transfer, Action<FileState> remember, CancellationTokenSource stall)
    {
        var state = FileState.Of(response);
        var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (response.StatusCode == HttpStatusCode.PartialContent && (!resumed || state.DiffersFrom(before)))
        {
            File.Delete(path);
            throw new IOException(resumed ? "changed while it was downloaded" : "answered with another range than was asked for");
        }
        remember(state);
        transfer.Continued |= resumed;
        var received = resumed ? have : 0;
        var total = response.Content.Headers.ContentLength + received;
        if (total > transfer.Bound.Bytes) throw TooMuch(path, transfer, total.Value);
        await using var source = await response.Content.ReadAsStreamAsync(stall.Token);
        await using var target = Open(path, resumed ? FileMode.Append : FileMode.Create, total - received);
        var rate = new RateGuard(options);
        var buffer = new byte[256 * 1024];
        while (true)
        {
            var count = await source.ReadAsync(buffer, stall.Token);
            if (count == 0) break;
            stall.CancelAfter(options.Stall);
            if (received + count > transfer.Bound.Bytes) throw TooMuch(path, transfer, received + count);
            await WriteAsync(target, buffer.AsMemory(0, count), total - received, stall.Token);
            received += count;
            transfer.Progress?.Report((received, total));
            rate.Received(count);
        }
        if (total is { } expected && received < expected) throw new IOException($"broke off after {received} of {expected} bytes");
    }

    // Nothing of it is right, so another attempt must not continue it.
    private static FeedException TooMuch(string path, Transfer transfer, long bytes)
    {
        File.Delete(path);
        return transfer.Bound.Exceeded(bytes);
    }

    private TimeSpan Pause(int attempt, TimeSpan? asked)
    {
        // Jitter keeps many clients of one mirror from coming back at once; it is no secret.
#pragma warning disable CA5394
        var own = options.FirstPause * Math.Pow(2, attempt - 1) * (0.75 + Random.Shared.NextDouble() / 2);
#pragma warning restore CA5394
        var pause = asked > own ? asked.Value : own;
        return pause < options.LongestPause ? pause : options.LongestPause;
    }

    private (FeedCause Cause, string Reason) Told(Exception e, bool stalled) => e switch
    {
        FeedException slow => (slow.Cause, slow.Message),
        StatusException status => (status.Cause, status.Message),
        OperationCanceledException when stalled => (FeedCause.Silent, $"brought nothing for {options.Stall.TotalSeconds:0.#} s"),
        OperationCanceledException => (FeedCause.Unreachable, $"could not be reached within {ConnectLimit.TotalSeconds:0} s"),
        HttpRequestException { InnerException: AuthenticationException untrusted } => (FeedCause.Untrusted, $"{e.Message.TrimEnd('.')}: {untrusted.Message.TrimEnd('.')}"),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError } => (FeedCause.Unreachable, e.Message),
        _ => (FeedCause.BrokenOff, e.Message),
    };

    // What goes wrong on this side must not look like the network's fault.
    private static FileStream Open(string path, FileMode mode, long? needed)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.Write, FileShare.Read, 0);
        }
        catch (Exception e) when (e is IOException || DiskRoom.IsExhausted(e))
        {
            throw Unwritable(path, needed, e);
        }
    }

    private static async Task WriteAsync(FileStream target, ReadOnlyMemory<byte> bytes, long? needed, CancellationToken cancellationToken)
    {
        try
        {
            await target.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException || DiskRoom.IsExhausted(e))
        {
            throw Unwritable(target.Name, needed, e);
        }
    }

    private static FeedException Unwritable(string path, long? needed, Exception e) =>
        DiskRoom.IsExhausted(e) ? DiskRoom.Full(path, needed, e) : new FeedException(FeedCause.Other, $"could not be written to `{path}`: {e.Message}", e);

    private sealed class StatusException(HttpResponseMessage response) : Exception($"answered {(int)response.StatusCode} {response.ReasonPhrase}")
    {
        private readonly HttpStatusCode status = response.StatusCode;

        public FeedCause Cause => status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => FeedCause.Gone,
            < HttpStatusCode.BadRequest => FeedCause.Misdirected,
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => FeedCause.Busy,
            _ => FeedCause.Refused,
        };
    }
}
