// The Remote Execution API's cache services over gRPC. Unaware of what blobs mean and of when to try again.

using System.Globalization;
using System.Reflection;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;
using Imagecraft.Remote.Bytes;
using Imagecraft.Remote.Reapi;
using ZstdSharp;
using Compressor = Imagecraft.Remote.Reapi.Compressor;
using EngineReapi = Imagecraft.Engine.Reapi;

namespace Imagecraft.Remote;

/// <summary>A cache that speaks the Remote Execution API v2. Sources: its services, google.bytestream, and what servers were seen to do.</summary>
public sealed class GrpcTransport : IRemoteTransport
{
    // What servers refuse a message above when they announce no limit, less what a message has beside its blobs.
    const int UsualBatchBytes = 3 << 20, ChunkBytes = 64 << 10, DigestsPerCall = 20_000;
    const long LeastCompressed = 16 << 10;
    static readonly TimeSpan quick = TimeSpan.FromSeconds(20), idle = TimeSpan.FromSeconds(20);
    readonly RemoteAddress address;
    readonly GrpcChannel channel;
    readonly SocketsHttpHandler handler;
    readonly Capabilities.CapabilitiesClient capabilities;
    readonly ActionCache.ActionCacheClient results;
    readonly ContentAddressableStorage.ContentAddressableStorageClient storage;
    readonly ByteStream.ByteStreamClient bytes;
    readonly Metadata headers;
    bool compresses;

    /// <summary>Prepares a connection; nothing is sent yet.</summary>
    /// <exception cref="RemoteException">A file of certificates cannot be read.</exception>
    public GrpcTransport(RemoteAddress address)
    {
        this.address = address;
        handler = Connections.Open(address);
        var uri = address.Uri.Scheme switch { "grpcs" => $"https://{address.Uri.Authority}", "unix" => "http://localhost", _ => $"http://{address.Uri.Authority}" };
        channel = GrpcChannel.ForAddress(uri, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = 64 << 20 });
        capabilities = new(channel);
        results = new(channel);
        storage = new(channel);
        bytes = new(channel);
        headers = Headers(address);
    }

    /// <inheritdoc/>
    public string Name => address.Name;

    /// <summary>The connection, for other services of the same server.</summary>
    internal GrpcChannel Channel => channel;

    /// <summary>What is sent with every call.</summary>
    internal Metadata CallHeaders => headers;

    /// <summary>What the server can do besides caching; known after <see cref="ConnectAsync"/>.</summary>
    internal ServerCapabilities? Server { get; private set; }

    /// <inheritdoc/>
    public async Task<RemoteLimits> ConnectAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, value) in await CredentialHelper.HeadersAsync(address, cancellationToken))
            headers.Add(name.ToLowerInvariant(), value);
        DateTimeOffset? time = null;
        var server = await AskAsync(
            async () =>
            {
                using var call = capabilities.GetCapabilitiesAsync(new GetCapabilitiesRequest { InstanceName = address.Instance }, Options(quick, cancellationToken));
                if ((await call.ResponseHeadersAsync).GetValue("date") is { } date && DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, out var known))
                    time = known;
                return await call.ResponseAsync;
            },
            cancellationToken);
        Server = server;
        if (server.CacheCapabilities is not { } cache)
            return new RemoteLimits(0, false, "no cache");
        if (!cache.DigestFunctions.Contains(DigestFunction.Types.Value.Sha256))
            throw new RemoteException(RemoteFault.Refused, $"it knows content by [{string.Join(", ", cache.DigestFunctions)}], not by SHA-256");
        compresses = cache.SupportedCompressors.Contains(Compressor.Types.Value.Zstd);
        var writable = cache.ActionCacheUpdateCapabilities?.UpdateEnabled ?? false;
        var announced = (int)Math.Min(cache.MaxBatchTotalSizeBytes, UsualBatchBytes);
        var version = server.HighApiVersion is { } high ? string.Create(CultureInfo.InvariantCulture, $"API {high.Major}.{high.Minor}, ") : "";
        return new RemoteLimits(announced > 0 ? announced : UsualBatchBytes, writable, $"{version}{(writable ? "takes results" : "takes no results")}, {(compresses ? "zstd" : "no compression")}") { ServerTime = time };
    }

    /// <inheritdoc/>
    public Task<EngineReapi.ActionResult?> FindResultAsync(Digest key, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        try
        {
            return await results.GetActionResultAsync(new GetActionResultRequest { InstanceName = address.Instance, ActionDigest = key.ToReapi() }, Options(quick, cancellationToken));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return (EngineReapi.ActionResult?)null;
        }
    }, cancellationToken);

    /// <inheritdoc/>
    public Task PutResultAsync(Digest key, EngineReapi.ActionResult result, CancellationToken cancellationToken) => AskAsync(() =>
        results.UpdateActionResultAsync(new UpdateActionResultRequest { InstanceName = address.Instance, ActionDigest = key.ToReapi(), ActionResult = result }, Options(quick, cancellationToken)).ResponseAsync, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        var missing = new List<Digest>();
        foreach (var part in digests.Chunk(DigestsPerCall))
        {
            var request = new FindMissingBlobsRequest { InstanceName = address.Instance };
            request.BlobDigests.AddRange(part.Select(digest => digest.ToReapi()));
            var answer = await AskAsync(() => storage.FindMissingBlobsAsync(request, Options(quick, cancellationToken)).ResponseAsync, cancellationToken);
            missing.AddRange(answer.MissingBlobDigests.Select(digest => digest.ToDigest()));
        }

        return missing;
    }

    /// <inheritdoc/>
    public async Task ReadAsync(Digest digest, long offset, Stream destination, CancellationToken cancellationToken)
    {
        using var patience = new Patience(idle, cancellationToken);
        await AskAsync(() => ReceiveAsync(digest, offset, destination, patience), cancellationToken, patience);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(Digest digest, Func<Stream> open, CancellationToken cancellationToken)
    {
        using var patience = new Patience(idle, cancellationToken);
        await AskAsync(() => SendAsync(digest, open, patience), cancellationToken, patience);
    }

    async Task<bool> ReceiveAsync(Digest digest, long offset, Stream destination, Patience patience)
    {
        // A compressed blob cannot be gone on with in the middle of itself, but the offset is meant uncompressed.
        var packed = compresses && digest.SizeBytes >= LeastCompressed;
        using var call = bytes.Read(new ReadRequest { ResourceName = Resource(packed, digest), ReadOffset = offset }, headers, cancellationToken: patience.Token);
        await using var source = new ReadStream(call.ResponseStream, patience);
        if (!packed)
        {
            await source.CopyToAsync(destination, ChunkBytes, patience.Token);
            return true;
        }

        try
        {
            await using var unpacked = new DecompressionStream(source, leaveOpen: true);
            await unpacked.CopyToAsync(destination, ChunkBytes, patience.Token);
            return true;
        }
        catch (ZstdException e)
        {
            throw new RemoteException(RemoteFault.Wrong, $"what it sends for `{digest.Prefix}` is no zstd: {e.Message}", e);
        }
    }

    async Task<bool> SendAsync(Digest digest, Func<Stream> open, Patience patience)
    {
        var packed = compresses && digest.SizeBytes >= LeastCompressed;
        var name = $"{Prefix}uploads/{Guid.NewGuid():d}/{(packed ? "compressed-blobs/zstd" : "blobs")}/{digest.Hash}/{digest.SizeBytes}";
        using var call = bytes.Write(headers, cancellationToken: patience.Token);
        try
        {
            await using var destination = new WriteStream(call.RequestStream, name, patience);
            await using var source = open();
            if (packed)
            {
                await using var packer = new CompressionStream(destination, leaveOpen: true);
                await source.CopyToAsync(packer, ChunkBytes, patience.Token);
            }
            else
            {
                await source.CopyToAsync(destination, ChunkBytes, patience.Token);
            }

            await destination.FinishAsync();
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException { StatusCode: StatusCode.OK or StatusCode.Cancelled } or InvalidOperationException or IOException && !patience.IsOver)
        {
            // The server ended it early: because it has the blob already, which its answer says, or because of a problem, which it says too.
        }

        var answer = await call.ResponseAsync;
        if (answer.CommittedSize >= 0 && !packed && answer.CommittedSize != digest.SizeBytes)
            throw new RemoteException(RemoteFault.Wrong, $"it took {answer.CommittedSize} of the {digest.SizeBytes} bytes of `{digest.Prefix}`");
        return true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>>> ReadManyAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        var request = new BatchReadBlobsRequest { InstanceName = address.Instance, AcceptableCompressors = { Compressor.Types.Value.Identity } };
        request.Digests.AddRange(digests.Select(digest => digest.ToReapi()));
        var answer = await AskAsync(() => storage.BatchReadBlobsAsync(request, Options(idle, cancellationToken)).ResponseAsync, cancellationToken);
        var found = new Dictionary<Digest, ReadOnlyMemory<byte>>();
        foreach (var part in answer.Responses)
        {
            var code = (StatusCode)(part.Status?.Code ?? 0);
            if (code == StatusCode.OK && part.Compressor == Compressor.Types.Value.Identity)
                found[part.Digest.ToDigest()] = part.Data.Memory;
            else if (code is not (StatusCode.OK or StatusCode.NotFound))
                throw Fault(code, part.Status!.Message, null);
        }

        return found;
    }

    /// <inheritdoc/>
    public async Task WriteManyAsync(IReadOnlyCollection<(Digest Digest, ReadOnlyMemory<byte> Bytes)> blobs, CancellationToken cancellationToken)
    {
        var request = new BatchUpdateBlobsRequest { InstanceName = address.Instance };
        request.Requests.AddRange(blobs.Select(blob => new BatchUpdateBlobsRequest.Types.Request { Digest = blob.Digest.ToReapi(), Data = UnsafeByteOperations.UnsafeWrap(blob.Bytes) }));
        var answer = await AskAsync(() => storage.BatchUpdateBlobsAsync(request, Options(idle, cancellationToken)).ResponseAsync, cancellationToken);
        foreach (var part in answer.Responses)
        {
            if (part.Status is { Code: not 0 } status)
                throw Fault((StatusCode)status.Code, status.Message, null);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        channel.Dispose();
        handler.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Turns gRPC's failures into ours.</summary>
    /// <param name="ask">The call.</param>
    /// <param name="caller">Who may end it.</param>
    /// <param name="patience">The limit that ends it when nothing comes; null when the call has a deadline.</param>
    internal static async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken caller, Patience? patience = null)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            if (caller.IsCancellationRequested)
                throw new OperationCanceledException(e.Message, e, caller);
            throw new RemoteException(RemoteFault.Unavailable, patience?.IsOver ?? false ? "nothing came for too long" : "it ended the call", e);
        }
        catch (RpcException e)
        {
            throw Fault(e.StatusCode, e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
        {
            throw new RemoteException(RemoteFault.Unavailable, e.Message, e);
        }
    }

    internal static RemoteException Fault(StatusCode code, string detail, RpcException? inner)
    {
        var kind = code switch
        {
            StatusCode.NotFound => RemoteFault.NotFound,
            StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented or StatusCode.InvalidArgument => RemoteFault.Refused,
            StatusCode.ResourceExhausted => RemoteFault.Exhausted,
            StatusCode.DataLoss or StatusCode.OutOfRange => RemoteFault.Wrong,
            _ => RemoteFault.Unavailable,
        };
        var why = code switch
        {
            StatusCode.Unauthenticated => "it wants credentials that it knows (UNAUTHENTICATED)",
            StatusCode.PermissionDenied => "it forbids that (PERMISSION_DENIED)",
            StatusCode.DeadlineExceeded => "it did not answer in time",
            StatusCode.Unavailable => "it cannot be reached",
            _ => code.ToString(),
        };
        return new RemoteException(kind, detail.Length > 0 ? $"{why}: {detail}" : why, inner);
    }

    string Prefix => address.Instance.Length > 0 ? address.Instance + "/" : "";

    string Resource(bool packed, Digest digest) => $"{Prefix}{(packed ? "compressed-blobs/zstd" : "blobs")}/{digest.Hash}/{digest.SizeBytes}";

    CallOptions Options(TimeSpan limit, CancellationToken cancellationToken) => new(headers, DateTime.UtcNow + limit, cancellationToken);

    static Metadata Headers(RemoteAddress address)
    {
        var metadata = new RequestMetadata
        {
            ToolDetails = new ToolDetails { ToolName = "imagecraft", ToolVersion = typeof(GrpcTransport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "" },
            ToolInvocationId = Guid.NewGuid().ToString("d"),
        };
        var headers = new Metadata { { "build.bazel.remote.execution.v2.requestmetadata-bin", metadata.ToByteArray() } };
        foreach (var (name, value) in address.Headers)
            headers.Add(name.ToLowerInvariant(), value);
        return headers;
    }
}
