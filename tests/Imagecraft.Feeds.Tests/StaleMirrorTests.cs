// What a mirror may do to its indexes and to time: damage, expired and repeated releases. Each test is one attack.

using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Feeds.Locking;

namespace Imagecraft.Feeds.Tests;

public sealed class StaleMirrorTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly SigningKey Key = new();
    private static readonly SetRequest Request = new("toolroot/t", "trixie", "amd64", ["make"], []);

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();
    private readonly TestSuite suite;

    public StaleMirrorTests() => suite = new TestSuite(server, folder, Key);

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_damaged_index_in_the_cache_is_fetched_again_though_its_length_is_right()
    {
        suite.Add("make", "4.4").Publish();
        await UpdateAsync(LockFile.Empty);
        foreach (var file in Directory.GetFiles(folder["cache"])) File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);

        Assert.Equal("4.4", (await UpdateAsync(LockFile.Empty)).Lock.Sets[0].Packages.Single().Version);
    }

    [Fact]
    public async Task An_InRelease_without_end_is_cut_off()
    {
        server.Serve("/debian/dists/trixie/InRelease", Answer.Of(new byte[3000]));

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty, TestMachines.Fast with { LargestIndex = 1000 }));

        Assert.Equal($"Feed `trixie` cannot be used: {server.Address}/debian/dists/trixie/InRelease: sends 3000 bytes or more, but an index has at most 1000", error.Message);
        Assert.Equal(FeedCause.TooLarge, error.Cause);
    }

    [Fact]
    public async Task An_expired_release_that_was_never_used_is_refused()
    {
        suite.ValidUntil = Now.AddDays(-1);
        suite.Add("make", "4.4").Publish();

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty));

        Assert.Contains("and is expired; the mirror is stale, take another one with `IMAGECRAFT_DEBIAN_MIRROR` or another suite, or say `archived: true` in the feed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_release_of_a_locked_feed_still_serves_with_a_warning()
    {
        suite.Add("make", "4.4").Publish();
        var file = (await UpdateAsync(LockFile.Empty)).Lock;
        suite.ValidUntil = Now.AddDays(-1);
        suite.Add("make", "4.4").Publish();

        var update = await UpdateAsync(file, requests: [Request, Request with { Name = "toolroot/u" }]);

        Assert.Equal(2, update.Lock.Sets.Length);
        Assert.Contains("the suite is archived, which `archived: true` in the feed says, or the mirror is stale", Assert.Single(update.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archived_feed_needs_no_valid_release()
    {
        suite.ValidUntil = Now.AddDays(-1);
        suite.Add("make", "4.4").Publish();

        var update = await UpdateAsync(LockFile.Empty, feed: suite.Feed() with { Archived = true });

        Assert.Single(update.Lock.Sets);
        Assert.Empty(update.Warnings);
    }

    [Fact]
    public async Task The_lock_remembers_the_date_of_a_suite_and_an_older_release_is_refused()
    {
        suite.Date = new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
        suite.Add("make", "4.5").Publish();
        var file = LockFile.Parse((await UpdateAsync(LockFile.Empty)).Lock.Write());
        Assert.Contains("\nimagecraft-lock 2\nsuite trixie 2026-03-02T01:00:00Z\n", file.Write(), StringComparison.Ordinal);
        suite.Date = suite.Date.AddDays(-1);
        suite.Add("make", "4.4").Publish();

        foreach (var kept in new HashSet<string>?[] { null, [] })
        {
            var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(file, requests: [Request with { Packages = ["make", "make"] }], kept: kept));

            Assert.Equal(
                $"Feed `trixie` cannot be used: `{server.Address}/debian/dists/trixie/InRelease` is of 2026-03-01 01:00:00Z, but `imagecraft.lock` was made with one of 2026-03-02 01:00:00Z: the mirror is stale, or somebody repeats an old state; "
                + "take another mirror with `IMAGECRAFT_DEBIAN_MIRROR`, or, to go back indeed, remove the line `suite trixie` from the lock",
                error.Message);
        }
    }

    [Fact]
    public async Task The_other_name_of_a_suite_is_no_way_to_an_older_release()
    {
        suite.Add("make", "4.4").Publish(byHash: false);
        suite.ServeAs("stable");
        suite.Date = suite.Date.AddDays(1);
        suite.Add("make", "4.5").Publish(byHash: false);
        var file = (await UpdateAsync(LockFile.Empty)).Lock;
        suite.Add("make", "4.6").Publish(byHash: false);
        server.Remove("/debian/dists/trixie/main/binary-amd64/Packages.gz");

        await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(file, requests: [Request with { Packages = ["make", "make"] }]));
    }

    [Fact]
    public async Task Missing_packages_of_a_lock_without_dates_are_not_replaced_by_older_ones()
    {
        suite.Add("make", "4.5").Publish();
        var file = (await UpdateAsync(LockFile.Empty)).Lock with { Suites = LockFile.Empty.Suites };
        suite.Add("make", "4.4").Publish();
        server.Remove("/debian/pool/main/m/make/make_4.5_amd64.deb");

        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        var error = await Assert.ThrowsAsync<FeedException>(() => Locker(fetcher).ReplaceAsync(file, [Request], file.Sets[0].Packages, TestContext.Current.CancellationToken));

        Assert.Equal(
            "The feeds have only older packages than are locked, and no build goes back by itself:\n  package `make:amd64` is locked at 4.5, feed `trixie` has 4.4\nTake another mirror with `IMAGECRAFT_DEBIAN_MIRROR`, or go back with `./build.sh lock --update`",
            error.Message);
        Assert.False(error.UserError);
    }

    [Fact]
    public async Task Going_back_on_demand_is_told_line_by_line()
    {
        suite.Add("make", "4.5").Publish();
        var file = (await UpdateAsync(LockFile.Empty)).Lock with { Suites = LockFile.Empty.Suites };
        suite.Add("make", "4.4").Publish();

        var changed = Request with { Packages = ["make", "make"] };
        Assert.Contains("no build goes back by itself", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(file, requests: [changed]))).Message, StringComparison.Ordinal);
        Assert.Equal(["Package `make:amd64` was locked at 4.5 and goes back to 4.4"], (await UpdateAsync(file, requests: [changed], kept: [])).Warnings);
    }

    private async Task<LockUpdate> UpdateAsync(LockFile file, FetcherOptions? options = null, SetRequest[]? requests = null, HashSet<string>? kept = null, FeedSpec? feed = null)
    {
        using var fetcher = new Fetcher(TestMachines.On(server, folder), options ?? TestMachines.Fast);
        return await Locker(fetcher, feed).UpdateAsync(file, requests ?? [Request], kept, TestContext.Current.CancellationToken);
    }

    private Locker Locker(Fetcher fetcher, FeedSpec? feed = null) => new(new DebianMirror(fetcher, TestMachines.On(server, folder), folder["cache"], TimeProvider.System), [feed ?? suite.Feed()]);
}
