// A cache in a web server: results below `/ac/`, blobs below `/cas/`. Unaware of what blobs mean and of when to try again.

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;
using EngineReapi = Imagecraft.Engine.Reapi;

namespace Imagecraft.Remote;

/// <summary>A cache with the paths that bazel uses, as bazel-remote, nginx with DAV and others have them.</summary>
/// <remarks>Source: bazel's documentation of remote caching over HTTP: GET, PUT and HEAD of `ac/HASH` and `cas/HASH`; results are the protocol's <c>ActionResult</c>.</remarks>
public sealed class HttpTransport : IRemoteTransport
{
    const int AtOnce = 32, ChunkBytes = 64 << 10, BatchBytes = 3 << 20;
    static readonly TimeSpan quick = TimeSpan.FromSeconds(20);
    readonly RemoteAddress address;
    readonly HttpClient client;
    readonly string root;

    /// <summary>Prepares connections; nothing is sent yet.</summary>
    /// <exception cref="RemoteException">A file of certificates cannot be read.</exception>
    public HttpTransport(RemoteAddress address)
    {
        this.address = address;
        client = new HttpClient(Connections.Open(address)) { Timeout = Timeout.InfiniteTimeSpan };
        root = address.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/') + (address.Instance.Length > 0 ? $"/{address.Instance}" : "");
        foreach (var (name, value) in address.Headers)
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        if (address.Uri.UserInfo is { Length: > 0 } user)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user))));
    }

    /// <inheritdoc/>
    public string Name => address.Name;

    /// <inheritdoc/>
    public async Task<RemoteLimits> ConnectAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, value) in await CredentialHelper.HeadersAsync(address, cancellationToken))
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        // Every such server has the empty blob or says that it has not; both are an answer.
        using var answer = await SendAsync(HttpMethod.Head, Blob(Digest.Empty), null, cancellationToken);
        Judge(answer, HttpStatusCode.NotFound);
        return new RemoteLimits(BatchBytes, true, "HTTP") { ServerTime = answer.Headers.Date };
    }

    /// <inheritdoc/>
    public async Task<EngineReapi.ActionResult?> FindResultAsync(Digest key, CancellationToken cancellationToken)
    {
        if (await GetAsync($"{root}/ac/{key.Hash}", cancellationToken) is not { } bytes)
            return null;
        try
        {
            return EngineReapi.ActionResult.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RemoteException(RemoteFault.Wrong, $"what it has as result `{key.Prefix}` is none: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task PutResultAsync(Digest key, EngineReapi.ActionResult result, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Put, $"{root}/ac/{key.Hash}", new ByteArrayContent(result.ToByteArray()), cancellationToken);
        Judge(answer);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        var missing = new ConcurrentBag<Digest>();
        await EachAsync(digests, async (digest, stop) =>
        {
            using var answer = await SendAsync(HttpMethod.Head, Blob(digest), null, stop);
            Judge(answer, HttpStatusCode.NotFound);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                missing.Add(digest);
        }, cancellationToken);
        return missing;
    }

    /// <inheritdoc/>
    public async Task ReadAsync(Digest digest, long offset, Stream destination, CancellationToken cancellationToken)
    {
        using var patience = new Patience(quick, cancellationToken);
        await AskAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Blob(digest));
            if (offset > 0)
                request.Headers.Range = new RangeHeaderValue(offset, null);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            Judge(answer);
            await using var source = await answer.Content.ReadAsStreamAsync(patience.Token);
            var buffer = new byte[ChunkBytes];
            // A server that knows no ranges begins at the beginning.
            var skip = answer.StatusCode == HttpStatusCode.PartialContent ? 0 : offset;
            int count;
            while ((count = await source.ReadAsync(buffer, patience.Token)) > 0)
            {
                patience.Renew();
                var known = (int)Math.Min(skip, count);
                skip -= known;
                await destination.WriteAsync(buffer.AsMemory(known, count - known), patience.Token);
            }

            return true;
        }, patience.RanOut);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(Digest digest, Func<Stream> open, CancellationToken cancellationToken)
    {
        using var patience = new Patience(quick, cancellationToken);
        await AskAsync(async () =>
        {
            await using var source = open();
            using var request = new HttpRequestMessage(HttpMethod.Put, Blob(digest)) { Content = new WatchedContent(source, digest.SizeBytes, patience) };
            using var answer = await client.SendAsync(request, patience.Token);
            Judge(answer);
            return true;
        }, patience.RanOut);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>>> ReadManyAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<Digest, ReadOnlyMemory<byte>>();
        await EachAsync(digests, async (digest, stop) =>
        {
            if (await GetAsync(Blob(digest), stop) is { } bytes)
                found[digest] = bytes;
        }, cancellationToken);
        return found;
    }

    /// <inheritdoc/>
    public Task WriteManyAsync(IReadOnlyCollection<(Digest Digest, ReadOnlyMemory<byte> Bytes)> blobs, CancellationToken cancellationToken) => EachAsync(blobs, async (blob, stop) =>
    {
        using var answer = await SendAsync(HttpMethod.Put, Blob(blob.Digest), new ReadOnlyMemoryContent(blob.Bytes), stop);
        Judge(answer);
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    string Blob(Digest digest) => $"{root}/cas/{digest.Hash}";

    static Task EachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, act);

    async Task<byte[]?> GetAsync(string uri, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, uri, null, cancellationToken);
        Judge(answer, HttpStatusCode.NotFound);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string uri, HttpContent? content, CancellationToken cancellationToken)
    {
        using var patience = new Patience(quick, cancellationToken);
        return await AskAsync(async () =>
        {
            using var request = new HttpRequestMessage(method, uri) { Content = content };
            return await client.SendAsync(request, patience.Token);
        }, patience.RanOut);
    }

    static void Judge(HttpResponseMessage answer, HttpStatusCode? allowed = null)
    {
        if (answer.IsSuccessStatusCode || answer.StatusCode == allowed)
            return;
        var fault = answer.StatusCode switch
        {
            HttpStatusCode.NotFound => RemoteFault.NotFound,
            HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.InsufficientStorage => RemoteFault.Exhausted,
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => RemoteFault.Unavailable,
            >= HttpStatusCode.InternalServerError => RemoteFault.Unavailable,
            _ => RemoteFault.Refused,
        };
        var why = answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "it wants credentials that it knows",
            HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed => "it forbids that",
            _ => "it answers",
        };
        throw new RemoteException(fault, $"{why} ({(int)answer.StatusCode} {answer.ReasonPhrase})");
    }

    static async Task<T> AskAsync<T>(Func<Task<T>> ask, Func<bool> waitedTooLong)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RemoteException(RemoteFault.Unavailable, e.InnerException?.Message ?? e.Message, e);
        }
        catch (OperationCanceledException e) when (waitedTooLong())
        {
            throw new RemoteException(RemoteFault.Unavailable, "it did not answer in time", e);
        }
    }

    sealed class WatchedContent(Stream source, long length, Patience patience) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var buffer = new byte[ChunkBytes];
            int count;
            while ((count = await source.ReadAsync(buffer, patience.Token)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count), patience.Token);
                patience.Renew();
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
