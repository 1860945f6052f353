using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests;

public sealed class FetcherTests : IDisposable
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n")));
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_fetched_and_progress_reported()
    {
        server.Serve("/f", Answer.Of(Content));
        var last = (Received: 0L, Total: (long?)0);

        await FetchAsync([$"{server.Address}/f"], progress: new Immediate(p => last = p));

        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
        Assert.Equal((Content.Length, (long?)Content.Length), last);
    }

    [Fact]
    public async Task A_place_that_answers_404_gives_way_to_the_next()
    {
        server.Serve("/f", Answer.Of(Content));

        await FetchAsync([$"{server.Address}/gone", $"{server.Address}/f"]);

        Assert.Equal(["GET /gone", "GET /f"], server.Requests);
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        server.Serve("/f", Answer.Error(503) with { Headers = new() { ["Retry-After"] = "0" } }, Answer.Error(502), Answer.Of(Content));

        await FetchAsync([$"{server.Address}/f"]);

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_continued_where_it_stopped()
    {
        server.Serve("/f", Answer.Of(Content) with { BreakAfter = 1000, Headers = new() { ["ETag"] = "\"1\"" } }, Answer.Of(Content));

        await FetchAsync([$"{server.Address}/f"]);

        Assert.Equal(["GET /f", "GET /f 1000-"], server.Requests);
        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
    }

    [Fact]
    public async Task A_server_without_ranges_sends_all_again()
    {
        server.Serve("/f", Answer.Of(Content) with { BreakAfter = 1000 }, Answer.Of(Content) with { Ranges = false });

        await FetchAsync([$"{server.Address}/f"]);

        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
    }

    [Fact]
    public async Task What_an_earlier_call_left_is_continued()
    {
        server.Serve("/f", Answer.Of(Content));
        folder.Write("out.partial", Content[..2000]);

        await FetchAsync([$"{server.Address}/f"]);

        Assert.Equal(["GET /f 2000-"], server.Requests);
    }

    [Fact]
    public async Task A_left_over_part_of_other_content_is_thrown_away()
    {
        server.Serve("/f", Answer.Of(Content));
        folder.Write("out.partial", new byte[2000]);

        await FetchAsync([$"{server.Address}/f"]);

        Assert.Equal(["GET /f 2000-", "GET /f"], server.Requests);
        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
    }

    [Fact]
    public async Task A_left_over_part_that_is_complete_is_taken()
    {
        server.Serve("/f", Answer.Of(Content));
        folder.Write("out.partial", Content);

        await FetchAsync([$"{server.Address}/f"]);

        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up_and_asked_again()
    {
        server.Serve("/f", Answer.Of(Content) with { BreakAfter = 500, Hang = true }, Answer.Of(Content));

        await FetchAsync([$"{server.Address}/f"], TestMachines.Fast with { Stall = TimeSpan.FromSeconds(0.5) });

        Assert.Equal(["GET /f", "GET /f 500-"], server.Requests);
    }

    [Fact]
    public async Task Redirects_are_followed()
    {
        server.Serve("/f", Answer.Error(302) with { Headers = new() { ["Location"] = "/other" } });
        server.Serve("/other", Answer.Of(Content));

        await FetchAsync([$"{server.Address}/f"]);

        Assert.Equal(["GET /f", "GET /other"], server.Requests);
    }

    [Fact]
    public async Task Wrong_content_names_both_hashes_and_the_next_place_is_tried()
    {
        server.Serve("/wrong", Answer.Of("changed"));
        server.Serve("/f", Answer.Of(Content));

        await FetchAsync([$"{server.Address}/wrong", $"{server.Address}/f"]);

        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
    }

    [Fact]
    public async Task Wrong_content_everywhere_is_the_users_fault_and_leaves_nothing()
    {
        server.Serve("/wrong", Answer.Of("changed"));

        var error = await Assert.ThrowsAsync<FeedException>(() => FetchAsync([$"{server.Address}/wrong", $"{server.Address}/gone"]));

        var actual = Convert.ToHexStringLower(SHA256.HashData("changed"u8));
        Assert.Equal(
            $"`busybox.tar` could not be fetched from any of 2 places:\n  1. {server.Address}/wrong: has SHA-256 `{actual}`, expected `{Hash}`; either the file changed or the expectation is wrong\n  2. {server.Address}/gone: answered 404 Status",
            error.Message);
        Assert.True(error.UserError);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_local_file_is_copied_even_offline()
    {
        folder.Write("local", Content);

        await FetchAsync([$"{server.Address}/f", $"file:{folder["local"]}"], TestMachines.Fast with { Offline = true });

        Assert.Empty(server.Requests);
        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
    }

    [Fact]
    public async Task Offline_says_that_the_network_is_needed()
    {
        var error = await Assert.ThrowsAsync<FeedException>(() => FetchAsync([$"{server.Address}/f", "file:/nowhere/f"], TestMachines.Fast with { Offline = true }));

        Assert.Contains("needs the network, which `--offline` forbids; run `fetch` first", error.Message, StringComparison.Ordinal);
        Assert.Contains("file:/nowhere/f: does not exist", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.org/f", "has no known scheme; known are [cargo, debian, feed, file, go, http, https, npm, nuget]")]
    [InlineData("npm:left-pad", "is not of the form `npm:PACKAGE@VERSION/path/inside`")]
    [InlineData("nuget:id", "is not of the form `nuget:ID/VERSION` or `nuget:ID/VERSION/path/inside`")]
    [InlineData("nuget:id/1.0.0/", "is not of the form `nuget:ID/VERSION` or `nuget:ID/VERSION/path/inside`")]
    [InlineData("debian:file", "is not of the form `debian:SOURCE/FILE` or `debian:pool/...`")]
    [InlineData("debian:../../x", "is not of the form `debian:SOURCE/FILE` or `debian:pool/...`")]
    public async Task A_malformed_place_is_the_users_fault(string place, string expected)
    {
        var error = await Assert.ThrowsAsync<FeedException>(() => FetchAsync([place]));

        Assert.EndsWith($"{place}: {expected}", error.Message, StringComparison.Ordinal);
        Assert.True(error.UserError);
    }

    [Fact]
    public async Task A_cancelled_download_ends()
    {
        server.Serve("/f", Answer.Of(Content) with { BreakAfter = 10, Hang = true });
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync([$"{server.Address}/f"], progress: new Immediate(_ => cancel.Cancel()), cancel: cancel));
    }

    [Theory]
    [InlineData("debian:busybox/busybox_1.37.orig.tar.bz2", "/debian/pool/main/b/busybox/busybox_1.37.orig.tar.bz2")]
    [InlineData("debian:libdrm/libdrm_2.orig.tar.xz", "/debian/pool/main/libd/libdrm/libdrm_2.orig.tar.xz")]
    [InlineData("debian:ncurses/ncurses_6.5+20250216.orig.tar.gz", "/debian/pool/main/n/ncurses/ncurses_6.5+20250216.orig.tar.gz")]
    [InlineData("debian:pool/main/a/a/a_1.deb", "/debian/pool/main/a/a/a_1.deb")]
    [InlineData("debian:firmware/firmware_1.tar.xz", "/debian/pool/non-free/f/firmware/firmware_1.tar.xz")]
    public async Task A_Debian_file_is_found_in_the_pool(string place, string path)
    {
        server.Serve(path, Answer.Of(Content));

        await FetchAsync([place]);

        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
    }

    private async Task FetchAsync(string[] places, FetcherOptions? options = null, IProgress<(long, long?)>? progress = null, CancellationTokenSource? cancel = null)
    {
        using var fetcher = new Fetcher(TestMachines.On(server, folder), options ?? TestMachines.Fast);
        await fetcher.FetchAsync(Hash, "busybox.tar", places, folder["out"], progress, cancel?.Token ?? TestContext.Current.CancellationToken);
    }

    private sealed class Immediate(Action<(long Received, long? Total)> report) : IProgress<(long, long?)>
    {
        public void Report((long, long?) value) => report(value);
    }
}
