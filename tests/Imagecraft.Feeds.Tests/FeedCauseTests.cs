// Each reason for which nothing comes is told as what it is: by status and attempts for each place, with its remedy and whose fault it is.

using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests;

public sealed class FeedCauseTests : IDisposable
{
    private const string Package = "debian:pool/main/m/make/make_4.4_amd64.deb";
    private const string PackagePath = "/debian/pool/main/m/make/make_4.4_amd64.deb";

    private static readonly byte[] Content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n")));

    private readonly TestServer server = new();
    private readonly TestServer other = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        other.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(404, FeedCause.Gone, "no mirror has it: ADDRESS answered 404 Status")]
    [InlineData(410, FeedCause.Gone, "no mirror has it: ADDRESS answered 410 Status")]
    [InlineData(401, FeedCause.Refused, "no mirror gave it: ADDRESS answered 401 Status")]
    [InlineData(403, FeedCause.Refused, "no mirror gave it: ADDRESS answered 403 Status")]
    [InlineData(408, FeedCause.Busy, "no mirror gave it: ADDRESS answered 408 Status (3 attempts)")]
    [InlineData(429, FeedCause.Busy, "no mirror gave it: ADDRESS answered 429 Status (3 attempts)")]
    [InlineData(500, FeedCause.Busy, "no mirror gave it: ADDRESS answered 500 Status (3 attempts)")]
    [InlineData(503, FeedCause.Busy, "no mirror gave it: ADDRESS answered 503 Status (3 attempts)")]
    public async Task What_a_mirror_answers_is_told_with_status_and_attempts(int status, FeedCause cause, string words)
    {
        server.Serve(PackagePath, Answer.Error(status));

        var error = await FailAsync([Package]);

        Assert.Equal((cause, false), (error.Cause, error.UserError));
        Assert.Equal($"`make.deb` could not be fetched from any of 1 places:\n  1. {Package}: {words.Replace("ADDRESS", server.Address + PackagePath, StringComparison.Ordinal)}\n{cause.Consequence().Remedy}", error.Message);
    }

    [Fact]
    public async Task That_no_mirror_has_it_is_not_said_when_one_of_them_was_only_busy()
    {
        other.Serve(PackagePath, Answer.Error(503));

        var error = await FailAsync([Package], mirrors: $"{server.Address}/debian {other.Address}/debian");

        Assert.Equal(FeedCause.Busy, error.Cause);
        Assert.Contains($"no mirror gave it: {server.Address}{PackagePath} answered 404 Status, {other.Address}{PackagePath} answered 503 Status (3 attempts)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_NuGet_source_that_is_busy_is_told_as_busy()
    {
        server.Serve("/nuget/index.json", Answer.Error(503));

        var error = await FailAsync(["nuget:some.package/1.0.0"]);

        Assert.Equal(FeedCause.Busy, error.Cause);
        Assert.Contains($"no source gave it: {server.Address}/nuget/index.json answered 503 Status (3 attempts)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_told_as_silent()
    {
        server.Serve(PackagePath, Answer.Of(Content) with { BreakAfter = 10, Hang = true, Ranges = false });

        var error = await FailAsync([Package], TestMachines.Fast with { Attempts = 2, Stall = TimeSpan.FromSeconds(0.3) });

        Assert.Equal(FeedCause.Silent, error.Cause);
        Assert.Contains("no mirror gave it: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("brought nothing for 0.3 s (2 attempts)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_always_breaks_off_is_told_as_that()
    {
        server.Serve(PackagePath, Answer.Of(Content) with { BreakAfter = 10, Ranges = false });

        var error = await FailAsync([Package]);

        Assert.Equal(FeedCause.BrokenOff, error.Cause);
        Assert.EndsWith(FeedCause.BrokenOff.Consequence().Remedy!, error.Message, StringComparison.Ordinal);
        Assert.Contains("(3 attempts)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_out_of_reach_is_told_as_that()
    {
        var error = await FailAsync(["http://127.0.0.1:1/f"]);

        Assert.Equal(FeedCause.Unreachable, error.Cause);
        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
        Assert.Contains("(3 attempts)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_ends_the_search_and_is_told_with_the_path_and_what_is_needed()
    {
        server.Serve(PackagePath, Answer.Of(Content));
        server.Serve("/f", Answer.Of(Content));
        File.CreateSymbolicLink(folder["out.partial"], "/dev/full");

        var error = await FailAsync([Package, $"{server.Address}/f"]);

        Assert.Equal((FeedCause.DiskFull, false), (error.Cause, error.UserError));
        // The link's own length counts as received.
        Assert.StartsWith($"No space left for `{folder["out.partial"]}`: {Content.Length - "/dev/full".Length} bytes needed, ", error.Message, StringComparison.Ordinal);
        Assert.Contains(" free; make room", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_disk_that_is_full_for_a_local_file_is_told_alike()
    {
        folder.Write("local", Content);
        File.CreateSymbolicLink(folder["out.partial"], "/dev/full");

        var error = await FailAsync([$"file:{folder["local"]}"]);

        Assert.Equal(FeedCause.DiskFull, error.Cause);
        Assert.StartsWith($"No space left for `{folder["out.partial"]}`: {Content.Length} bytes needed, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_is_full_while_an_archive_is_unpacked_is_told_with_the_folder()
    {
        var error = Assert.Throws<FeedException>(() => Archive.Guard<int>("a.tar", folder["tree"], () => throw new IOException("No space left on device", 28)));

        Assert.Equal((FeedCause.DiskFull, false), (error.Cause, error.UserError));
        Assert.StartsWith($"No space left for `{folder["tree"]}`: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FeedCause.Gone, FeedCause.Gone, FeedCause.Gone)]
    [InlineData(FeedCause.Gone, FeedCause.Gone, FeedCause.Request)]
    [InlineData(FeedCause.Silent, FeedCause.Gone, FeedCause.Silent)]
    [InlineData(FeedCause.OtherContent, FeedCause.Busy, FeedCause.OtherContent)]
    [InlineData(FeedCause.Request, FeedCause.Request, FeedCause.Request)]
    public void Places_together_have_the_cause_that_is_true_of_all(FeedCause together, params FeedCause[] causes) => Assert.Equal(together, FeedCauses.Together(causes));

    private async Task<FeedException> FailAsync(string[] places, FetcherOptions? options = null, string? mirrors = null)
    {
        var registries = mirrors is null ? TestMachines.On(server, folder) : new(TestMachines.With(folder, ("IMAGECRAFT_DEBIAN_MIRROR", mirrors)));
        using var fetcher = new Fetcher(registries, options ?? TestMachines.Fast);
        return await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(Convert.ToHexStringLower(SHA256.HashData(Content)), "make.deb", places, folder["out"], null, TestContext.Current.CancellationToken));
    }
}
