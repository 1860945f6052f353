// What all transports promise, with servers of each kind: our own that are told to fail, and buildbox.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;
using EngineReapi = Imagecraft.Engine.Reapi;

namespace Imagecraft.Remote.Tests;

public class TransportTests
{
    static readonly CancellationToken never = CancellationToken.None;

    [Theory]
    [InlineData("grpc")]
    [InlineData("grpc zstd")]
    [InlineData("grpc unix")]
    [InlineData("http")]
    [InlineData("buildbox")]
    public async Task What_is_stored_comes_back_and_what_is_not_there_is_missing(string kind)
    {
        await using var peer = await PeerAsync(kind);
        await using var transport = Open(peer.Uri);
        var limits = await transport.ConnectAsync(never);
        Assert.True(limits.IsWritable);
        Assert.InRange(limits.BatchBytes, 1 << 16, 1 << 22);

        var small = Enumerable.Range(0, 300).Select(i => Encoding.UTF8.GetBytes($"blob {i} of {kind}")).ToDictionary(bytes => Digest.Of(bytes));
        var large = RandomNumberGenerator.GetBytes(9_000_001);
        var digest = Digest.Of(large);
        var absent = Digest.Of("nobody has this"u8);
        Digest[] all = [.. small.Keys, digest, absent];
        Assert.Equal(all.ToHashSet(), (await transport.FindMissingAsync(all, never)).ToHashSet());

        await transport.WriteManyAsync([.. small.Select(blob => (blob.Key, (ReadOnlyMemory<byte>)blob.Value))], never);
        await transport.WriteAsync(digest, () => new MemoryStream(large), never);
        // Once more: a server that has it already may say so in the middle.
        await transport.WriteAsync(digest, () => new MemoryStream(large), never);
        Assert.Equal([absent], await transport.FindMissingAsync(all, never));

        var found = await transport.ReadManyAsync([.. small.Keys, absent], never);
        Assert.Equal(small.Count, found.Count);
        Assert.All(found, blob => Assert.Equal(small[blob.Key], blob.Value.ToArray()));
        var whole = new MemoryStream();
        await transport.ReadAsync(digest, 0, whole, never);
        Assert.Equal(digest, Digest.Of(whole.ToArray()));
        var rest = new MemoryStream();
        await transport.ReadAsync(digest, 4_000_000, rest, never);
        Assert.Equal(large[4_000_000..], rest.ToArray());
        Assert.Equal(RemoteFault.NotFound, (await Assert.ThrowsAsync<RemoteException>(() => transport.ReadAsync(absent, 0, new MemoryStream(), never))).Fault);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    [InlineData("buildbox")]
    public async Task A_result_is_kept_under_its_key(string kind)
    {
        await using var peer = await PeerAsync(kind);
        await using var transport = Open(peer.Uri);
        await transport.ConnectAsync(never);
        var bytes = Encoding.UTF8.GetBytes($"output of {kind}");
        var key = Digest.Of("an action"u8);
        Assert.Null(await transport.FindResultAsync(key, never));
        await transport.WriteManyAsync([(Digest.Of(bytes), bytes)], never);
        var result = new EngineReapi.ActionResult { OutputFiles = { new EngineReapi.OutputFile { Path = "text", Digest = Digest.Of(bytes).ToReapi() } } };
        await transport.PutResultAsync(key, result, never);
        Assert.Equal(result.OutputFiles, (await transport.FindResultAsync(key, never))!.OutputFiles);
    }

    [Fact]
    public async Task Limits_are_those_that_the_server_announces_and_usual_ones_where_it_announces_none()
    {
        await using var announced = await FakeServer.GrpcAsync(new StoredContent { BatchBytes = 100_000, TakesResults = false, Compresses = true });
        await using var transport = Open(announced.Uri);
        Assert.Equal(new RemoteLimits(100_000, false, "API 2.3, takes no results, zstd"), (await transport.ConnectAsync(never)) with { ServerTime = null });
        await using var silent = await FakeServer.GrpcAsync();
        await using var other = Open(silent.Uri);
        Assert.Equal(3 << 20, (await other.ConnectAsync(never)).BatchBytes);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task A_blob_that_breaks_off_is_gone_on_with_where_it_broke(string kind)
    {
        await using var server = await ServerAsync(kind, new StoredContent { BreakAfter = 1_000_000 });
        await using var transport = Open(server.Uri);
        var large = RandomNumberGenerator.GetBytes(3_000_000);
        server.Content.Blobs[Digest.Of(large).Hash] = large;
        var received = new MemoryStream();
        var broken = await Assert.ThrowsAsync<RemoteException>(() => transport.ReadAsync(Digest.Of(large), 0, received, never));
        Assert.Equal(RemoteFault.Unavailable, broken.Fault);
        Assert.InRange(received.Length, 1, large.Length - 1);
        await transport.ReadAsync(Digest.Of(large), received.Length, received, never);
        Assert.Equal(large, received.ToArray());
    }

    [Theory]
    [InlineData("grpc", "authorization", "Bearer secret")]
    [InlineData("http", "X-Token", "secret")]
    [InlineData("http", "Authorization", "Basic dXNlcjpzZWNyZXQ=")]
    public async Task Credentials_go_with_each_call_and_are_in_no_message(string kind, string name, string value)
    {
        await using var server = await ServerAsync(kind, new StoredContent { Demanded = (name, value) });
        await using var stranger = Open(server.Uri);
        var refused = await Assert.ThrowsAsync<RemoteException>(() => stranger.ConnectAsync(never));
        Assert.Equal(RemoteFault.Refused, refused.Fault);
        Assert.Contains("credentials", refused.Message, StringComparison.Ordinal);

        var address = new RemoteAddress { Uri = server.Uri };
        address = value.StartsWith("Basic", StringComparison.Ordinal)
            ? address with { Uri = new UriBuilder(server.Uri) { UserName = "user", Password = "secret" }.Uri }
            : address with { Headers = address.Headers.Add(name, value) };
        await using var friend = Open(address);
        await friend.ConnectAsync(never);
        Assert.Null(await friend.FindResultAsync(Digest.Of("x"u8), never));
        Assert.DoesNotContain("secret", friend.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task Nobody_there_is_told_at_once(string kind)
    {
        var server = await ServerAsync(kind, new StoredContent());
        var uri = server.Uri;
        await server.DisposeAsync();
        await using var transport = Open(uri);
        var fault = await Assert.ThrowsAsync<RemoteException>(() => transport.ConnectAsync(never));
        Assert.Equal(RemoteFault.Unavailable, fault.Fault);
        Assert.Contains("refused", fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task Who_stops_is_not_told_of_a_fault(string kind)
    {
        using var stop = new CancellationTokenSource();
        await using var server = await ServerAsync(kind, new StoredContent { Before = async _ =>
        {
            await stop.CancelAsync();
            await Task.Delay(500);
        } });
        await using var transport = Open(server.Uri);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.FindResultAsync(Digest.Of("x"u8), stop.Token));
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task Certificates_of_the_server_and_of_the_client_are_checked(string kind)
    {
        using var host = FakeServer.Certificate("localhost");
        using var client = FakeServer.Certificate("client");
        var folder = Directory.CreateTempSubdirectory("tls-").FullName;
        try
        {
            File.WriteAllText($"{folder}/ca.pem", host.ExportCertificatePem());
            File.WriteAllText($"{folder}/client.pem", client.ExportCertificatePem());
            File.WriteAllText($"{folder}/client.key", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            await using var server = kind == "grpc" ? await FakeServer.GrpcAsync(null, host, client) : await FakeServer.HttpAsync(null, host);
            await using var suspicious = Open(server.Uri);
            var unknown = await Assert.ThrowsAsync<RemoteException>(() => suspicious.ConnectAsync(never));
            Assert.Equal(RemoteFault.Unavailable, unknown.Fault);

            var address = new RemoteAddress { Uri = server.Uri, Authorities = $"{folder}/ca.pem" };
            if (kind == "grpc")
            {
                await using var nameless = Open(address);
                await Assert.ThrowsAsync<RemoteException>(() => nameless.ConnectAsync(never));
            }

            await using var known = Open(address with { ClientCertificate = $"{folder}/client.pem", ClientKey = $"{folder}/client.key" });
            await known.ConnectAsync(never);
            var problem = Assert.Throws<RemoteException>(() => Open(address with { ClientCertificate = $"{folder}/none.pem" }));
            Assert.Contains("none.pem", problem.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_a_web_server_has_as_a_result_must_be_one()
    {
        await using var server = await FakeServer.HttpAsync();
        server.Content.Results[Digest.Of("x"u8).Hash] = "<html>no</html>"u8.ToArray();
        await using var transport = Open(server.Uri);
        Assert.Equal(RemoteFault.Wrong, (await Assert.ThrowsAsync<RemoteException>(() => transport.FindResultAsync(Digest.Of("x"u8), never))).Fault);
    }

    static IRemoteTransport Open(Uri uri) => Open(new RemoteAddress { Uri = uri });

    static IRemoteTransport Open(RemoteAddress address) => address.IsGrpc ? new GrpcTransport(address) : new HttpTransport(address);

    static Task<FakeServer> ServerAsync(string kind, StoredContent content) => kind == "grpc" ? FakeServer.GrpcAsync(content) : FakeServer.HttpAsync(content);

    static async Task<Peer> PeerAsync(string kind)
    {
        if (kind == "buildbox")
        {
            var buildbox = await Buildbox.StartAsync();
            return new(buildbox.Uri, buildbox);
        }

        var server = kind switch
        {
            "grpc zstd" => await FakeServer.GrpcAsync(new StoredContent { Compresses = true }),
            "grpc unix" => await FakeServer.GrpcAsync(socket: Path.Combine(Path.GetTempPath(), $"fake-{Guid.NewGuid():n}")),
            "grpc" => await FakeServer.GrpcAsync(),
            _ => await FakeServer.HttpAsync(),
        };
        return new(server.Uri, server);
    }

    sealed record Peer(Uri Uri, IAsyncDisposable Server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
