// A feed of security updates beside the suite that it updates.

using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Feeds.Locking;

namespace Imagecraft.Feeds.Tests;

public sealed class SecurityFeedTests : IDisposable
{
    private static readonly SigningKey Key = new();
    private static readonly SigningKey SecurityKey = new();
    private static readonly SetRequest Request = new("toolroot/t", "trixie", "amd64", ["make"], []);

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();
    private readonly TemporaryFolder securityFolder = new();
    private readonly TestSuite suite;
    private readonly TestSuite security;

    public SecurityFeedTests()
    {
        suite = new TestSuite(server, folder, Key);
        security = new TestSuite(server, securityFolder, SecurityKey, archive: "debian-security", name: "trixie-security");
    }

    private FeedSpec[] Feeds => [suite.Feed(), security.Feed() with { Updates = "trixie" }];

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
        securityFolder.Dispose();
    }

    [Fact]
    public async Task Of_suite_and_updates_the_newer_package_is_taken_and_of_equal_ones_the_suites()
    {
        suite.Add("make", "4.4-1", "Depends: libc6, zlib1g, xz").Add("libc6", "2.41-1").Add("zlib1g", "1.3-2").Add("xz", "5-1").Publish();
        security.Add("make", "4.4-1+deb13u1", "Depends: libc6, zlib1g, xz").Add("libc6", "2.41-1").Add("zlib1g", "1.3-1").Add("xz", "5-1+deb13u1").Publish();

        var update = await UpdateAsync(LockFile.Empty);

        Assert.Equal(
            ["libc6 2.41-1 trixie", "make 4.4-1+deb13u1 trixie-security", "xz 5-1+deb13u1 trixie-security", "zlib1g 1.3-2 trixie"],
            update.Lock.Sets[0].Packages.Select(p => $"{p.Name} {p.Version} {p.Feed}"));
        Assert.Empty(update.Warnings);
        Assert.Equal(["trixie", "trixie-security"], update.Lock.Suites.Keys);
    }

    [Fact]
    public async Task A_package_of_the_security_archive_is_fetched_from_its_mirrors()
    {
        suite.Add("make", "4.4-1").Publish();
        security.Add("make", "4.4-2").Publish();
        var make = (await UpdateAsync(LockFile.Empty)).Lock.Sets[0].Packages.Single();

        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        await fetcher.FetchAsync(new ContentPin.Sha256(make.Sha256), make.Size, make.FileName, [$"debian:{make.PoolPath}"], folder["make.deb"], null, TestContext.Current.CancellationToken);

        Assert.Equal("GET /debian-security/pool/updates/main/m/make/make_4.4-2_amd64.deb", server.Requests.Last());
    }

    [Fact]
    public async Task A_mirror_without_the_security_suite_gives_a_warning_and_a_lock()
    {
        suite.Add("make", "4.4-1").Publish();

        var update = await UpdateAsync(LockFile.Empty);

        Assert.Equal("4.4-1", update.Lock.Sets[0].Packages.Single().Version);
        Assert.StartsWith(
            $"Feed `trixie-security`, which updates `trixie`, is left out for [amd64]: Feed `trixie-security` cannot be used: {server.Address}/debian-security/dists/trixie-security/InRelease: answered 404", Assert.Single(update.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Updates_that_lag_for_one_architecture_count_for_the_others()
    {
        security.Add("make", "4.4-2").Publish();
        var registries = TestMachines.On(server, folder);
        using var fetcher = new Fetcher(registries, TestMachines.Fast);

        var read = await new DebianMirror(fetcher, registries, folder["cache"], TimeProvider.System)
            .IndexAsync([Feeds[1]], ["amd64", "armhf"], new Dictionary<string, FeedMemory>(), TestContext.Current.CancellationToken);

        Assert.Equal("4.4-2", read.Index.Named("make").Single().Version);
        Assert.Equal(
            "Feed `trixie-security`, which updates `trixie`, is left out for [armhf]: Feed `trixie-security` has no index `main/binary-armhf/Packages`; its component or architecture is misspelled, or the suite lacks it",
            Assert.Single(read.Warnings));
    }

    [Fact]
    public async Task Updates_that_somebody_else_signed_are_left_out()
    {
        suite.Add("make", "4.4-1").Publish();
        new TestSuite(server, securityFolder, Key, archive: "debian-security", name: "trixie-security").Add("make", "6").Publish();

        var update = await UpdateAsync(LockFile.Empty);

        Assert.Equal("4.4-1", update.Lock.Sets[0].Packages.Single().Version);
        Assert.Contains("is left out for [amd64]: ", Assert.Single(update.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Updates_that_are_out_of_reach_take_nothing_back()
    {
        suite.Add("make", "4.4-1").Publish();
        security.Add("make", "4.4-2").Publish();
        var file = (await UpdateAsync(LockFile.Empty)).Lock;
        server.Remove("/debian-security/dists/trixie-security/InRelease");

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(file, null, Request with { Packages = ["make", "make"] }));

        Assert.Contains("package `make:amd64` is locked at 4.4-2, feed `trixie` has 4.4-1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_feed_of_updates_makes_no_set_stale() => Assert.Equal(Request.Inputs([suite.Feed()]), Request.Inputs(Feeds));

    [Fact]
    public async Task What_other_sets_have_goes_before_newer_versions_until_everything_is_renewed()
    {
        suite.Add("make", "4.4-1", "Depends: libc6").Add("libc6", "2.41-1").Add("gcc", "14", "Depends: libc6").Publish();
        var file = (await UpdateAsync(LockFile.Empty)).Lock;
        security.Add("libc6", "2.41-2").Publish();
        var second = Request with { Name = "toolroot/u", Packages = ["gcc"] };

        Assert.Equal(["libc6 2.41-1", "libc6 2.41-1"], Libraries(await UpdateAsync(file, null, Request, second)));
        Assert.Equal(["libc6 2.41-2", "libc6 2.41-2"], Libraries(await UpdateAsync(file, [], Request, second)));
    }

    private static IEnumerable<string> Libraries(LockUpdate update) => update.Lock.Sets.SelectMany(s => s.Packages).Where(p => p.Name == "libc6").Select(p => $"{p.Name} {p.Version}");

    private Task<LockUpdate> UpdateAsync(LockFile file) => UpdateAsync(file, null, Request);

    private async Task<LockUpdate> UpdateAsync(LockFile file, HashSet<string>? kept, params SetRequest[] requests)
    {
        var registries = TestMachines.On(server, folder);
        using var fetcher = new Fetcher(registries, TestMachines.Fast);
        return await new Locker(new DebianMirror(fetcher, registries, folder["cache"], TimeProvider.System), Feeds).UpdateAsync(file, requests, kept, TestContext.Current.CancellationToken);
    }
}
