// A cache in a folder, as a web server with bazel's paths would serve it. Unaware of what blobs mean.

using Google.Protobuf;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;
using EngineReapi = Imagecraft.Engine.Reapi;

namespace Imagecraft.Remote;

/// <summary>Results in `ac/HASH`, blobs in `cas/HASH`; files appear whole, so several may write at once. Any web server can serve it as a cache to be read.</summary>
public sealed class FolderTransport : IRemoteTransport
{
    const int BatchBytes = 16 << 20;
    readonly string root;

    /// <summary>A cache below <paramref name="root"/>, which is made when something is first stored.</summary>
    public FolderTransport(string root) => this.root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public string Name => $"file:{root}";

    /// <summary>The keys of all results.</summary>
    public IEnumerable<string> Keys => Directory.Exists(Path.Combine(root, "ac")) ? Directory.EnumerateFiles(Path.Combine(root, "ac")).Select(file => Path.GetFileName(file)).Where(name => name.Length == 64) : [];

    /// <inheritdoc/>
    public Task<RemoteLimits> ConnectAsync(CancellationToken cancellationToken) => Task.FromResult(new RemoteLimits(BatchBytes, true, "folder"));

    /// <inheritdoc/>
    public Task<EngineReapi.ActionResult?> FindResultAsync(Digest key, CancellationToken cancellationToken) => Done(() =>
    {
        try
        {
            return File.Exists(Result(key)) ? EngineReapi.ActionResult.Parser.ParseFrom(File.ReadAllBytes(Result(key))) : null;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RemoteException(RemoteFault.Wrong, $"what it has as result `{key.Prefix}` is none: {e.Message}", e);
        }
    });

    /// <inheritdoc/>
    public Task PutResultAsync(Digest key, EngineReapi.ActionResult result, CancellationToken cancellationToken) => Done(() =>
    {
        Write(Result(key), result.ToByteArray());
        return true;
    });

    /// <inheritdoc/>
    public Task<IReadOnlyCollection<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) =>
        Done<IReadOnlyCollection<Digest>>(() => [.. digests.Where(digest => !File.Exists(Blob(digest)))]);

    /// <inheritdoc/>
    public async Task ReadAsync(Digest digest, long offset, Stream destination, CancellationToken cancellationToken)
    {
        await using var source = await Done(() => File.Exists(Blob(digest)) ? File.OpenRead(Blob(digest)) : throw new RemoteException(RemoteFault.NotFound, $"it has no `{digest.Prefix}`"));
        source.Position = offset;
        await source.CopyToAsync(destination, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(Digest digest, Func<Stream> open, CancellationToken cancellationToken)
    {
        var temporary = Temporary(Blob(digest));
        try
        {
            await using (var source = open())
            await using (var destination = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
                await source.CopyToAsync(destination, cancellationToken);
            File.Move(temporary, Blob(digest), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Problem(e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>>> ReadManyAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) =>
        Done<IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>>>(() => digests.Where(digest => File.Exists(Blob(digest))).ToDictionary(digest => digest, digest => (ReadOnlyMemory<byte>)File.ReadAllBytes(Blob(digest))));

    /// <inheritdoc/>
    public Task WriteManyAsync(IReadOnlyCollection<(Digest Digest, ReadOnlyMemory<byte> Bytes)> blobs, CancellationToken cancellationToken) => Done(() =>
    {
        foreach (var (digest, bytes) in blobs)
            Write(Blob(digest), bytes.Span);
        return true;
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    string Result(Digest key) => Path.Combine(root, "ac", key.Hash);

    string Blob(Digest digest) => Path.Combine(root, "cas", digest.Hash);

    // Of its own: several may write the same file at once.
    static string Temporary(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return $"{path}.{Guid.NewGuid():n}.new";
    }

    static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = Temporary(path);
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    static Task<T> Done<T>(Func<T> act)
    {
        try
        {
            return Task.FromResult(act());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Problem(e);
        }
    }

    static RemoteException Problem(Exception e) => new(RemoteFault.Refused, e.Message, e);
}
