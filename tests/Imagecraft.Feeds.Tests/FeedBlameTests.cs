// Causes that were told as another one's fault: certificates, redirects, damaged mirrors, limits of file sizes; and passwords that nobody may see.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests;

public sealed class FeedBlameTests : IDisposable
{
    private const string Package = "debian:pool/main/m/make/make_4.4_amd64.deb";

    private static readonly byte[] Content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n")));

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("file:///etc/hostname")]
    [InlineData("ftp://example.org/f")]
    public async Task A_redirect_to_something_else_than_HTTP_is_not_followed_and_told(string location)
    {
        server.Serve("/f", Answer.Error(302) with { Headers = new() { ["Location"] = location } });

        var error = await FailAsync($"{server.Address}/f");

        Assert.Equal((FeedCause.Misdirected, false), (error.Cause, error.UserError));
        Assert.Contains($"answered 302 Status and leads to `{location}`", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(FeedCause.Misdirected.Consequence().Remedy!, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out"]));
    }

    [Fact]
    public async Task Redirects_are_followed_relative_ones_too_and_not_without_end()
    {
        server.Serve("/a", Answer.Error(301) with { Headers = new() { ["Location"] = "/b" } });
        server.Serve("/b", Answer.Error(307) with { Headers = new() { ["Location"] = $"{server.Address}/c" } });
        server.Serve("/c", Answer.Of(Content));
        server.Serve("/loop", Answer.Error(302) with { Headers = new() { ["Location"] = "loop" } });

        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        await fetcher.FetchAsync(Convert.ToHexStringLower(SHA256.HashData(Content)), "f", [$"{server.Address}/a"], folder["out"], null, TestContext.Current.CancellationToken);
        var error = await FailAsync($"{server.Address}/loop");

        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
        Assert.Equal(FeedCause.Misdirected, error.Cause);
        Assert.Contains("leads on more than 10 times, last to `loop`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_told_as_that_and_not_asked_for_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var connections = 0;
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                Interlocked.Increment(ref connections);
                await using var secure = new SslStream(client.GetStream());
                _ = await Record.ExceptionAsync(() => secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, TestContext.Current.CancellationToken));
            }
        }, TestContext.Current.CancellationToken);

        var error = await FailAsync($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/f");

        Assert.Equal((FeedCause.Untrusted, false, 1), (error.Cause, error.UserError, connections));
        Assert.EndsWith(FeedCause.Untrusted.Consequence().Remedy!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_content_than_the_signed_index_names_is_the_mirrors_fault_and_that_of_a_recipe_the_users()
    {
        server.Serve("/debian/pool/main/m/make/make_4.4_amd64.deb", Answer.Of("changed"));
        server.Serve("/f", Answer.Of("changed"));

        var mirror = await FailAsync(Package);
        var recipe = await FailAsync($"{server.Address}/f");

        Assert.Equal((FeedCause.WrongMirror, false), (mirror.Cause, mirror.UserError));
        Assert.Contains("IMAGECRAFT_DEBIAN_MIRROR", mirror.Message, StringComparison.Ordinal);
        Assert.Equal((FeedCause.OtherContent, true), (recipe.Cause, recipe.UserError));
    }

    [Fact]
    public void A_limit_of_the_files_size_while_an_archive_is_unpacked_is_no_malformed_archive()
    {
        // As .NET turns EFBIG into an exception, which only its own file calls can throw.
        using var handle = File.OpenHandle(folder["large"], FileMode.CreateNew, FileAccess.Write);
        var problem = Record.Exception(() => RandomAccess.Write(handle, new byte[4096], 1L << 62));
        Assert.SkipWhen(problem is not ArgumentOutOfRangeException, $"This file system takes files of any size: {problem?.Message}");

        var error = Assert.Throws<FeedException>(() => Archive.Guard<int>("a.tar", folder["tree"], () => { RandomAccess.Write(handle, new byte[4096], 1L << 62); return 0; }));

        Assert.Equal((FeedCause.DiskFull, false), (error.Cause, error.UserError));
    }

    [Fact]
    public void An_argument_that_is_out_of_range_elsewhere_is_no_full_disk() =>
        Assert.Equal(FeedCause.Request, Assert.Throws<FeedException>(() => Archive.Guard<int>("a.tar", folder["tree"], () => throw new ArgumentOutOfRangeException("value"))).Cause);

    [Fact]
    public async Task A_name_and_password_are_sent_to_their_server_and_shown_to_nobody()
    {
        server.Serve("/f", Answer.Of("changed"));

        var error = await FailAsync($"{server.Address.Replace("//", "//me:se%40cret@", StringComparison.Ordinal)}/f");

        Assert.Contains("GET /f Basic " + Convert.ToBase64String("me:se@cret"u8), server.Authorized);
        Assert.DoesNotContain("cret", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{server.Address}/f: has SHA-256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_and_password_are_not_sent_to_where_a_server_leads()
    {
        using var other = new TestServer();
        other.Serve("/g", Answer.Of("changed"));
        server.Serve("/f", Answer.Error(302) with { Headers = new() { ["Location"] = $"{other.Address}/g" } });

        await FailAsync($"{server.Address.Replace("//", "//me:secret@", StringComparison.Ordinal)}/f");

        Assert.Single(other.Requests);
        Assert.Empty(other.Authorized);
    }

    [Theory]
    [InlineData("https://me:secret@example.org/x", "https://example.org/x")]
    [InlineData("https://token@example.org/x@y", "https://example.org/x@y")]
    [InlineData("HTTP://me:se@cr@example.org", "HTTP://example.org")]
    [InlineData("git:https://me:secret@example.org/x.git#0123", "git:https://example.org/x.git#0123")]
    [InlineData("git:ssh://git@example.org/x.git", "git:ssh://git@example.org/x.git")]
    [InlineData("ssh://git:secret@example.org/x", "ssh://git@example.org/x")]
    [InlineData("`https://a:b@c/d` and https://e:f@g/h", "`https://c/d` and https://g/h")]
    [InlineData("npm:@scope/name@1.0/x", "npm:@scope/name@1.0/x")]
    [InlineData("https://example.org/?a=b@c", "https://example.org/?a=b@c")]
    public void Credentials_are_taken_out_of_addresses(string text, string shown) => Assert.Equal(shown, Addresses.Shown(text));

    private async Task<FeedException> FailAsync(string place)
    {
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        return await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(Convert.ToHexStringLower(SHA256.HashData(Content)), "make.deb", [place], folder["out"], null, TestContext.Current.CancellationToken));
    }
}
