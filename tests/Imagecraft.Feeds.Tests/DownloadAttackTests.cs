// What a server may do to a download: no end, no progress, other content. Each test is one attack.

using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests;

public sealed class DownloadAttackTests : IDisposable
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n")));

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_known_size_ends_where_more_comes(bool announced)
    {
        server.Serve("/f", Answer.Of(Content) with { Length = announced ? Content.Length : null });

        var error = await FetchFailsAsync(new Transfer(SizeBound.Exactly(100, "what pins it"), null));

        Assert.Equal(FeedCause.OtherContent, error.Cause);
        Assert.Matches("^sends [0-9]+ bytes or more, but what pins it says 100; either the file changed or the expectation is wrong$", error.Message);
        Assert.False(File.Exists(folder["f"]));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_local_file_of_known_size_ends_alike()
    {
        folder.Write("local", Content);
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);

        var error = await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(new ContentPin.Sha256(new string('0', 64)), 100, "f", [$"file:{folder["local"]}"], folder["f"], null, TestContext.Current.CancellationToken));

        Assert.Contains($"sends {Content.Length} bytes or more, but what pins it says 100", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_sends_a_byte_a_minute_is_given_up()
    {
        server.Serve("/f", Answer.Of(Content) with { BreakAfter = 5, Hang = true });

        var error = await FetchFailsAsync(options: TestMachines.Fast with { Attempts = 1, Clock = new SteppingClock(TimeSpan.FromSeconds(61)) });

        Assert.Equal((FeedCause.Slow, "sent 5 bytes in 61 s, less than 1024 a second (1 attempts)"), (error.Cause, error.Message));
    }

    [Theory]
    [InlineData("ETag", "\"1\"", "\"2\"")]
    [InlineData("Last-Modified", "Sat, 21 Nov 2015 02:10:46 GMT", "Sat, 28 Nov 2015 02:10:46 GMT")]
    public async Task A_file_that_changes_under_a_resumed_download_is_fetched_anew(string header, string before, string after)
    {
        server.Serve("/f", Answer.Of(new byte[Content.Length]) with { BreakAfter = 1000, Headers = new() { [header] = before } }, Answer.Of(Content) with { Headers = new() { [header] = after } });

        await FetchAsync();

        Assert.Equal(["GET /f", "GET /f 1000-", "GET /f"], server.Requests);
        Assert.Equal(Content, File.ReadAllBytes(folder["f"]));
        Assert.Contains(before, server.Conditions);
    }

    [Fact]
    public async Task A_file_whose_length_changes_under_a_resumed_download_is_fetched_anew()
    {
        server.Serve("/f", Answer.Of(new byte[Content.Length + 1]) with { BreakAfter = 1000 }, Answer.Of(Content));

        await FetchAsync();

        Assert.Equal(["GET /f", "GET /f 1000-", "GET /f"], server.Requests);
    }

    [Fact]
    public async Task A_wrong_hash_after_a_resumed_download_is_blamed_on_nobody_before_it_was_fetched_anew()
    {
        server.Serve("/f", Answer.Of(new byte[Content.Length]) with { BreakAfter = 1000 }, Answer.Of(Content));
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);

        await fetcher.FetchAsync(Hash(Content), "f", [$"{server.Address}/f"], folder["f"], null, TestContext.Current.CancellationToken);

        Assert.Equal(["GET /f", "GET /f 1000-", "GET /f"], server.Requests);
    }

    [Fact]
    public async Task Wrong_content_twice_is_blamed_though_the_download_is_resumed_each_time()
    {
        server.Serve("/f", Answer.Of(new byte[Content.Length]) with { BreakAfter = 1000 }, Answer.Of(new byte[Content.Length]), Answer.Of(new byte[Content.Length]) with { BreakAfter = 1000 }, Answer.Of(new byte[Content.Length]));
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);

        var error = await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(Hash(Content), "f", [$"{server.Address}/f"], folder["f"], null, TestContext.Current.CancellationToken));

        Assert.Equal(FeedCause.OtherContent, error.Cause);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/f")]
    public async Task A_redirection_leaves_the_web_for_nowhere(string location)
    {
        server.Serve("/f", Answer.Error(302) with { Headers = new() { ["Location"] = location } });

        var error = await FetchFailsAsync();

        Assert.Equal((FeedCause.Misdirected, $"answered 302 Status and leads to `{location}`"), (error.Cause, error.Message));
    }

    [Fact]
    public async Task Redirections_in_a_circle_end()
    {
        server.Serve("/f", Answer.Error(302) with { Headers = new() { ["Location"] = "/f" } });

        Assert.Contains("leads on more than 10 times", (await FetchFailsAsync()).Message, StringComparison.Ordinal);
    }

    private async Task FetchAsync(Transfer? transfer = null, FetcherOptions? options = null)
    {
        using var http = new HttpDownload(options ?? TestMachines.Fast);
        await http.ToFileAsync(new Uri($"{server.Address}/f"), folder["f"], transfer ?? new Transfer(SizeBound.AtMost(1 << 20, "a file"), null), TestContext.Current.CancellationToken);
    }

    private Task<FeedException> FetchFailsAsync(Transfer? transfer = null, FetcherOptions? options = null) => Assert.ThrowsAsync<FeedException>(() => FetchAsync(transfer, options));

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    // Each look at it is a step later.
    private sealed class SteppingClock(TimeSpan step) : TimeProvider
    {
        private long time;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => time += step.Ticks;
    }
}
