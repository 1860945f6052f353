using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Feeds.Locking;

namespace Imagecraft.Feeds.Tests;

public sealed class LockerTests : IDisposable
{
    private static readonly SigningKey Key = new();
    private static readonly SetRequest Request = new("toolroot/t", "trixie", "amd64", ["make"], []);

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();
    private readonly TestSuite suite;

    public LockerTests() => suite = new TestSuite(server, folder, Key);

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_is_resolved_against_a_signed_suite_and_its_packages_can_be_fetched(bool byHash)
    {
        suite.Add("make", "4.4", "Depends: libc6").Add("libc6", "2.41").Publish(byHash);

        var file = (await UpdateAsync(LockFile.Empty, Request)).Lock;

        Assert.Equal(["libc6=2.41", "make=4.4"], Versions(file));
        var make = file.Sets[0].Packages[1];
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        await fetcher.FetchAsync(make.Sha256, make.FileName, [$"debian:{make.PoolPath}"], folder["make.deb"], null, TestContext.Current.CancellationToken);
        Assert.Equal(TestSuite.Content("make", "4.4"), File.ReadAllBytes(folder["make.deb"]));
    }

    [Fact]
    public async Task A_lock_that_fits_asks_no_server()
    {
        suite.Add("make", "4.4").Publish();
        var file = (await UpdateAsync(LockFile.Empty, Request)).Lock;
        server.Requests.Clear();

        var again = await UpdateAsync(file, Request);

        Assert.Same(file, again.Lock);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_new_set_leaves_the_others_as_they_are()
    {
        suite.Add("make", "4.4").Add("gcc", "14").Publish();
        var file = (await UpdateAsync(LockFile.Empty, Request)).Lock;
        suite.Add("make", "4.5").Add("gcc", "15").Publish();

        var update = await UpdateAsync(file, Request, Request with { Name = "toolroot/u", Packages = ["gcc"] });

        Assert.Equal(["make=4.4", "gcc=15"], Versions(update.Lock));
        Assert.Empty(update.Warnings);
    }

    [Fact]
    public async Task A_package_that_the_mirror_no_longer_has_is_replaced_with_a_warning_that_names_both_versions()
    {
        suite.Add("make", "4.4").Publish();
        var file = (await UpdateAsync(LockFile.Empty, Request)).Lock;
        suite.Add("make", "4.5").Publish();
        server.Remove("/debian/pool/main/m/make/make_4.4_amd64.deb");

        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        var update = await new Locker(Mirror(fetcher), [suite.Feed()]).ReplaceAsync(file, [Request], file.Sets[0].Packages, TestContext.Current.CancellationToken);

        Assert.Equal(["Package `make:amd64` was locked at 4.4 and is now at 4.5"], update.Warnings);
        Assert.Equal(["make=4.5"], Versions(update.Lock));
    }

    [Fact]
    public async Task A_mirror_that_lacks_what_its_own_index_names_is_said()
    {
        suite.Add("make", "4.4").Publish();
        var file = (await UpdateAsync(LockFile.Empty, Request)).Lock;

        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        var error = await Assert.ThrowsAsync<FeedException>(() => new Locker(Mirror(fetcher), [suite.Feed()]).ReplaceAsync(file, [Request], file.Sets[0].Packages, TestContext.Current.CancellationToken));

        Assert.Equal("The mirror is incomplete: it lacks files that its own index names\n  package `make` 4.4: `pool/main/m/make/make_4.4_amd64.deb`, named by `dists/trixie/main/binary-amd64/Packages`", error.Message);
        Assert.Equal((FeedCause.Incomplete, false), (error.Cause, error.UserError));
    }

    [Fact]
    public async Task Everything_is_resolved_anew_on_demand_and_unused_sets_go()
    {
        suite.Add("make", "4.4").Publish();
        var file = (await UpdateAsync(LockFile.Empty, Request, Request with { Name = "toolroot/old" })).Lock;
        suite.Add("make", "4.5").Publish();

        var update = await UpdateAsync(file, new HashSet<string>(), Request);

        Assert.Equal(["make=4.5"], Versions(update.Lock));
        Assert.Single(update.Lock.Sets);
    }

    [Fact]
    public async Task Unused_sets_stay_as_they_are_when_somebody_keeps_them()
    {
        suite.Add("make", "4.4").Publish();
        var file = (await UpdateAsync(LockFile.Empty, Request, Request with { Name = "toolroot/old" }, Request with { Name = "toolroot/broken" })).Lock;
        suite.Add("make", "4.5").Publish();

        var update = await UpdateAsync(file, new HashSet<string> { "toolroot/broken" }, Request);

        Assert.Equal(["toolroot/broken 4.4", $"{Request.Name} 4.5"], update.Lock.Sets.Select(s => $"{s.Name} {s.Packages.Single().Version}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task All_requests_that_fail_are_reported_at_once()
    {
        suite.Add("make", "4.4", "Depends: nothing").Publish();

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty, Request, Request with { Name = "toolroot/u", Packages = ["gcc"] }));

        Assert.Equal(
            "`toolroot/t` for `amd64`: `make` needs `nothing`, which no package of the feeds [trixie] fulfils; required by [make]\n`toolroot/u` for `amd64`: Package `gcc` is in none of the feeds [trixie] for architecture `amd64`",
            error.Message);
        Assert.True(error.UserError);
    }

    [Fact]
    public async Task A_suite_signed_by_another_key_is_refused()
    {
        new TestSuite(server, folder, new SigningKey()).Add("make", "4.4").Publish();

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty, Request));

        Assert.StartsWith("Feed `trixie` cannot be used: `http://127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("none of which is in the key files [key.asc]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_architecture_that_a_suite_lacks_is_the_users_fault()
    {
        suite.Add("make", "4.4").Publish();

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty, Request with { Architecture = "arm46" }));

        Assert.Contains("`trixie` has no index `main/binary-arm46/Packages`", error.Message, StringComparison.Ordinal);
        Assert.True(error.UserError);
    }

    [Fact]
    public async Task An_unknown_feed_is_named()
    {
        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty, Request with { Feed = "sid" }));

        Assert.Equal("Set `toolroot/t` uses the unknown feed `sid`; known are [trixie]", error.Message);
    }

    [Fact]
    public async Task A_suite_whose_indexes_lag_behind_its_release_is_read_under_its_other_name()
    {
        suite.Add("make", "4.3").Publish(byHash: false);
        suite.ServeAs("stable");
        suite.Add("make", "4.4").Publish(byHash: false);
        server.Remove("/debian/dists/trixie/main/binary-amd64/Packages.gz");

        Assert.Equal(["make=4.3"], Versions((await UpdateAsync(LockFile.Empty, Request)).Lock));
    }

    [Fact]
    public async Task A_suite_whose_indexes_lag_and_whose_other_name_is_another_suite_is_refused()
    {
        suite.Add("make", "4.3").Publish(byHash: false, codename: "forky");
        suite.ServeAs("stable");
        suite.Add("make", "4.4").Publish(byHash: false);
        server.Remove("/debian/dists/trixie/main/binary-amd64/Packages.gz");

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty, Request));

        Assert.Contains("dists/trixie/main/binary-amd64/Packages.gz", error.Message, StringComparison.Ordinal);
    }

    private Task<LockUpdate> UpdateAsync(LockFile file, params SetRequest[] requests) => UpdateAsync(file, null, requests);

    private async Task<LockUpdate> UpdateAsync(LockFile file, IReadOnlySet<string>? kept, params SetRequest[] requests)
    {
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        return await new Locker(Mirror(fetcher), [suite.Feed()]).UpdateAsync(file, requests, kept, TestContext.Current.CancellationToken);
    }

    private DebianMirror Mirror(Fetcher fetcher) => new(fetcher, TestMachines.On(server, folder), folder["cache"], TimeProvider.System);

    private static IEnumerable<string> Versions(LockFile file) => file.Sets.SelectMany(s => s.Packages).Select(p => $"{p.Name}={p.Version}");
}
