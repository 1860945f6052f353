// A cache elsewhere that lies in memory, and does wrong when it is told to.

using System.Collections.Concurrent;
using Google.Protobuf;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;

namespace Imagecraft.Engine.Tests.Remote;

/// <summary>What outlives builds: the server.</summary>
sealed class MemoryServer
{
    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    public ConcurrentDictionary<string, byte[]> Results { get; } = new();

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Called before each call with its name; may wait or throw.</summary>
    public Func<string, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What is sent for a blob.</summary>
    public Func<Digest, byte[], byte[]> Sent { get; set; } = (_, bytes) => bytes;

    public bool IsWritable { get; set; } = true;

    public RemoteOptions Options(bool upload = true) => new(() => new MemoryTransport(this), upload);

    public void Lose(Digest digest) => Assert.True(Blobs.TryRemove(digest.Hash, out _));
}

sealed class MemoryTransport(MemoryServer server) : IRemoteTransport
{
    public string Name => "memory:test";

    public async Task<RemoteLimits> ConnectAsync(CancellationToken cancellationToken)
    {
        await CallAsync("connect", cancellationToken);
        return new RemoteLimits(4096, server.IsWritable, "memory");
    }

    public async Task<Reapi.ActionResult?> FindResultAsync(Digest key, CancellationToken cancellationToken)
    {
        await CallAsync("find-result", cancellationToken);
        return server.Results.TryGetValue(key.Hash, out var bytes) ? Reapi.ActionResult.Parser.ParseFrom(bytes) : null;
    }

    public async Task PutResultAsync(Digest key, Reapi.ActionResult result, CancellationToken cancellationToken)
    {
        await CallAsync("put-result", cancellationToken);
        server.Results[key.Hash] = result.ToByteArray();
    }

    public async Task<IReadOnlyCollection<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        await CallAsync("find-missing", cancellationToken);
        return [.. digests.Where(digest => !server.Blobs.ContainsKey(digest.Hash))];
    }

    public async Task ReadAsync(Digest digest, long offset, Stream destination, CancellationToken cancellationToken)
    {
        await CallAsync($"read {offset}", cancellationToken);
        if (!server.Blobs.TryGetValue(digest.Hash, out var bytes))
            throw new RemoteException(RemoteFault.NotFound, "not there");
        bytes = server.Sent(digest, bytes);
        var half = (int)offset + ((bytes.Length - (int)offset) / 2);
        await destination.WriteAsync(bytes.AsMemory((int)offset, half - (int)offset), cancellationToken);
        await CallAsync("read half", cancellationToken);
        await destination.WriteAsync(bytes.AsMemory(half), cancellationToken);
    }

    public async Task WriteAsync(Digest digest, Func<Stream> open, CancellationToken cancellationToken)
    {
        await CallAsync("write", cancellationToken);
        await using var source = open();
        var memory = new MemoryStream();
        await source.CopyToAsync(memory, cancellationToken);
        server.Blobs[digest.Hash] = memory.ToArray();
    }

    public async Task<IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>>> ReadManyAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        await CallAsync("read-many", cancellationToken);
        return digests.Where(digest => server.Blobs.ContainsKey(digest.Hash)).ToDictionary(digest => digest, digest => (ReadOnlyMemory<byte>)server.Sent(digest, server.Blobs[digest.Hash]));
    }

    public async Task WriteManyAsync(IReadOnlyCollection<(Digest Digest, ReadOnlyMemory<byte> Bytes)> blobs, CancellationToken cancellationToken)
    {
        await CallAsync("write-many", cancellationToken);
        foreach (var (digest, bytes) in blobs)
            server.Blobs[digest.Hash] = bytes.ToArray();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task CallAsync(string call, CancellationToken cancellationToken)
    {
        server.Calls.Enqueue(call);
        await server.Before(call, cancellationToken);
    }
}
