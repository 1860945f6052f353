// Web servers that hold a cache: the Remote Execution API's services, and plain HTTP with bazel's paths. They fail as they are told to.

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Imagecraft.Engine.Content;
using Imagecraft.Remote.Bytes;
using Imagecraft.Remote.LongRunning;
using Imagecraft.Remote.Reapi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZstdSharp;
using EngineReapi = Imagecraft.Engine.Reapi;

namespace Imagecraft.Remote.Tests;

sealed class FakeServer : IAsyncDisposable
{
    readonly WebApplication application;
    readonly string scheme;
    readonly string? socket;

    FakeServer(WebApplication application, StoredContent content, string scheme, string? socket) => (this.application, Content, this.scheme, this.socket) = (application, content, scheme, socket);

    public StoredContent Content { get; }

    public Uri Uri => socket is not null ? new Uri($"unix:{socket}") : new UriBuilder(application.Urls.Single()) { Scheme = scheme, Host = "127.0.0.1" }.Uri;

    public static Task<FakeServer> GrpcAsync(StoredContent? content = null, X509Certificate2? certificate = null, X509Certificate2? client = null, string? socket = null) =>
        StartAsync(content ?? new(), HttpProtocols.Http2, certificate is null ? "grpc" : "grpcs", certificate, client, socket, services => services.AddGrpc(), application =>
        {
            application.MapGrpcService<CapabilitiesService>();
            application.MapGrpcService<ResultService>();
            application.MapGrpcService<StorageService>();
            application.MapGrpcService<ByteService>();
            application.MapGrpcService<ExecutionService>();
            application.MapGrpcService<OperationService>();
        });

    public static Task<FakeServer> HttpAsync(StoredContent? content = null, X509Certificate2? certificate = null) =>
        StartAsync(content ?? new(), HttpProtocols.Http1, certificate is null ? "http" : "https", certificate, null, null, _ => { }, application =>
            application.Map("/{store}/{hash}", (string store, string hash, HttpContext context, StoredContent stored) => ServeAsync(store, hash, context, stored)));

    /// <summary>A certificate of this host, or of a client; its own authority.</summary>
    public static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    static async Task<FakeServer> StartAsync(StoredContent content, HttpProtocols protocols, string scheme, X509Certificate2? certificate, X509Certificate2? client, string? socket, Action<IServiceCollection> add, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(content);
        add(builder.Services);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.AllowSynchronousIO = true;
            if (socket is not null)
                options.ListenUnixSocket(socket, listen => listen.Protocols = protocols);
            else
                options.Listen(IPAddress.Loopback, 0, listen => Listen(listen, protocols, certificate, client));
        });
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        var application = builder.Build();
        map(application);
        await application.StartAsync();
        return new FakeServer(application, content, scheme, socket);
    }

    static void Listen(ListenOptions listen, HttpProtocols protocols, X509Certificate2? certificate, X509Certificate2? client)
    {
        listen.Protocols = protocols;
        if (certificate is null)
            return;
        listen.UseHttps(certificate, https =>
        {
            if (client is null)
                return;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (given, _, _) => given.Thumbprint == client.Thumbprint;
        });
    }

    static async Task ServeAsync(string store, string hash, HttpContext context, StoredContent content)
    {
        await content.CallAsync($"{context.Request.Method} {store}");
        if (content.Demanded is { } demanded && context.Request.Headers[demanded.Name] != demanded.Value)
        {
            context.Response.StatusCode = 401;
            return;
        }

        var known = store == "ac" ? content.Results : content.Blobs;
        if (context.Request.Method == "PUT")
        {
            if (!content.TakesResults)
            {
                context.Response.StatusCode = 403;
                return;
            }

            var memory = new MemoryStream();
            await context.Request.Body.CopyToAsync(memory);
            known[hash] = memory.ToArray();
            return;
        }

        var bytes = store == "ac" ? known.GetValueOrDefault(hash) : content.Blob(hash);
        if (bytes is null)
        {
            context.Response.StatusCode = 404;
            return;
        }

        var offset = 0;
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single().From is { } from)
        {
            offset = (int)from;
            context.Response.StatusCode = 206;
            content.Calls.Enqueue($"range {from}");
        }

        context.Response.ContentLength = bytes.Length - offset;
        if (context.Request.Method == "HEAD")
            return;
        if (content.BreakAfter is { } most && bytes.Length > most)
        {
            content.BreakAfter = null;
            await context.Response.Body.WriteAsync(bytes.AsMemory(offset, most));
            await context.Response.Body.FlushAsync();
            await Task.Delay(200);
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(bytes.AsMemory(offset));
    }

    sealed class CapabilitiesService(StoredContent content) : Capabilities.CapabilitiesBase
    {
        public override async Task<ServerCapabilities> GetCapabilities(GetCapabilitiesRequest request, ServerCallContext context)
        {
            await EnterAsync(content, "capabilities", context);
            var cache = new CacheCapabilities
            {
                DigestFunctions = { DigestFunction.Types.Value.Sha256 },
                ActionCacheUpdateCapabilities = new ActionCacheUpdateCapabilities { UpdateEnabled = content.TakesResults },
                MaxBatchTotalSizeBytes = content.BatchBytes,
            };
            if (content.Compresses)
                cache.SupportedCompressors.Add(Reapi.Compressor.Types.Value.Zstd);
            return new ServerCapabilities { CacheCapabilities = cache, ExecutionCapabilities = new ExecutionCapabilities { ExecEnabled = content.Executes }, HighApiVersion = new SemVer { Major = 2, Minor = 3 } };
        }
    }

    sealed class ResultService(StoredContent content) : ActionCache.ActionCacheBase
    {
        public override async Task<EngineReapi.ActionResult> GetActionResult(GetActionResultRequest request, ServerCallContext context)
        {
            await EnterAsync(content, "get-result", context);
            return content.Results.TryGetValue(request.ActionDigest.Hash, out var bytes)
                ? EngineReapi.ActionResult.Parser.ParseFrom(bytes)
                : throw new RpcException(new Status(StatusCode.NotFound, "none"));
        }

        public override async Task<EngineReapi.ActionResult> UpdateActionResult(UpdateActionResultRequest request, ServerCallContext context)
        {
            await EnterAsync(content, "update-result", context);
            content.Results[request.ActionDigest.Hash] = request.ActionResult.ToByteArray();
            return request.ActionResult;
        }
    }

    sealed class StorageService(StoredContent content) : ContentAddressableStorage.ContentAddressableStorageBase
    {
        public override async Task<FindMissingBlobsResponse> FindMissingBlobs(FindMissingBlobsRequest request, ServerCallContext context)
        {
            await EnterAsync(content, "find-missing", context);
            var answer = new FindMissingBlobsResponse();
            answer.MissingBlobDigests.AddRange(request.BlobDigests.Where(digest => content.Blob(digest.Hash) is null));
            return answer;
        }

        public override async Task<BatchUpdateBlobsResponse> BatchUpdateBlobs(BatchUpdateBlobsRequest request, ServerCallContext context)
        {
            await EnterAsync(content, $"batch-update {request.Requests.Sum(part => part.Data.Length)}", context);
            var answer = new BatchUpdateBlobsResponse();
            foreach (var part in request.Requests)
            {
                content.Blobs[part.Digest.Hash] = part.Data.ToByteArray();
                answer.Responses.Add(new BatchUpdateBlobsResponse.Types.Response { Digest = part.Digest });
            }

            return answer;
        }

        public override async Task<BatchReadBlobsResponse> BatchReadBlobs(BatchReadBlobsRequest request, ServerCallContext context)
        {
            await EnterAsync(content, "batch-read", context);
            var answer = new BatchReadBlobsResponse();
            foreach (var digest in request.Digests)
            {
                var bytes = content.Blob(digest.Hash);
                answer.Responses.Add(new BatchReadBlobsResponse.Types.Response
                {
                    Digest = digest,
                    Data = ByteString.CopyFrom(bytes ?? []),
                    Status = bytes is null ? new Rpc.Status { Code = (int)StatusCode.NotFound } : null,
                });
            }

            return answer;
        }
    }

    sealed class ByteService(StoredContent content) : ByteStream.ByteStreamBase
    {
        const int ChunkBytes = 100_000;

        public override async Task Read(ReadRequest request, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
        {
            await EnterAsync(content, $"read {request.ReadOffset}", context);
            var parts = request.ResourceName.Split('/');
            var bytes = content.Blob(parts[^2]) ?? throw new RpcException(new Status(StatusCode.NotFound, "none"));
            bytes = bytes[(int)request.ReadOffset..];
            if (request.ResourceName.Contains("compressed-blobs/zstd/", StringComparison.Ordinal))
            {
                using var packer = new ZstdSharp.Compressor();
                bytes = packer.Wrap(bytes).ToArray();
            }

            for (var at = 0; at < bytes.Length; at += ChunkBytes)
            {
                if (content.BreakAfter is { } most && at > most)
                {
                    content.BreakAfter = null;
                    await Task.Delay(200);
                    context.GetHttpContext().Abort();
                }

                await responseStream.WriteAsync(new ReadResponse { Data = ByteString.CopyFrom(bytes, at, Math.Min(ChunkBytes, bytes.Length - at)) });
            }
        }

        public override async Task<WriteResponse> Write(IAsyncStreamReader<WriteRequest> requestStream, ServerCallContext context)
        {
            var memory = new MemoryStream();
            var name = "";
            while (await requestStream.MoveNext())
            {
                var request = requestStream.Current;
                if (name.Length == 0)
                {
                    name = request.ResourceName;
                    await EnterAsync(content, "write", context);
                }

                Assert.Equal(memory.Length, request.WriteOffset);
                request.Data.WriteTo(memory);
            }

            var hash = name.Split('/')[^2];
            var bytes = memory.ToArray();
            if (name.Contains("compressed-blobs/zstd/", StringComparison.Ordinal))
            {
                using var unpacker = new Decompressor();
                bytes = unpacker.Unwrap(bytes).ToArray();
            }

            if (Digest.Of(bytes).Hash != hash)
                throw new RpcException(new Status(StatusCode.InvalidArgument, "other bytes"));
            content.Blobs[hash] = bytes;
            return new WriteResponse { CommittedSize = memory.Length };
        }
    }

    sealed class ExecutionService(StoredContent content) : Execution.ExecutionBase
    {
        public override async Task Execute(ExecuteRequest request, IServerStreamWriter<Operation> responseStream, ServerCallContext context)
        {
            await EnterAsync(content, "execute", context);
            await SendAsync(responseStream, context);
        }

        public override async Task WaitExecution(WaitExecutionRequest request, IServerStreamWriter<Operation> responseStream, ServerCallContext context)
        {
            await EnterAsync(content, $"wait {request.Name}", context);
            if (content.Forgets)
            {
                content.Forgets = false;
                content.Runs.RemoveAt(0);
                throw new RpcException(new Status(StatusCode.NotFound, "none"));
            }

            await SendAsync(responseStream, context);
        }

        async Task SendAsync(IServerStreamWriter<Operation> responseStream, ServerCallContext context)
        {
            var run = content.Runs[0];
            content.Runs.RemoveAt(0);
            foreach (var operation in run)
            {
                if (operation is null)
                {
                    await Task.Delay(200);
                    context.GetHttpContext().Abort();
                    return;
                }

                await responseStream.WriteAsync(operation);
                await content.CallAsync("operation");
            }
        }
    }

    sealed class OperationService(StoredContent content) : Operations.OperationsBase
    {
        public override async Task<Google.Protobuf.WellKnownTypes.Empty> CancelOperation(CancelOperationRequest request, ServerCallContext context)
        {
            await EnterAsync(content, $"cancel {request.Name}", context);
            return new();
        }
    }

    static async Task EnterAsync(StoredContent content, string name, ServerCallContext context)
    {
        if (content.Demanded is { } demanded && context.RequestHeaders.GetValue(demanded.Name) != demanded.Value)
            throw new RpcException(new Status(StatusCode.Unauthenticated, "who are you?"));
        await content.CallAsync(name);
    }
}
