// Repositories of one's own beside Debian's mirrors: by HTTP and in folders, and what is wrong with them.

using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Feeds.Locking;

namespace Imagecraft.Feeds.Tests;

public sealed class OwnFeedTests : IDisposable
{
    private static readonly SigningKey DebianKey = new();
    private static readonly SigningKey VendorKey = new();
    private static readonly SetRequest Request = new("recipe/tool", "vendor", "amd64", ["tool"], []);

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Packages_come_from_its_address_and_their_dependencies_from_its_base()
    {
        new TestSuite(server, folder, DebianKey).Add("libc6", "2.41").Add("tool", "9").Publish();
        var vendor = new TestSuite(server, folder, VendorKey, archive: "vendor", name: "stable").Add("tool", "1.0", "Depends: libc6").Add("libc6", "99");
        vendor.Publish();
        FeedSpec[] feeds = [Spec($"{server.Address}/vendor") with { Base = "trixie" }, Debian()];

        var file = (await UpdateAsync(feeds, LockFile.Empty)).Lock;

        Assert.Equal(["libc6 2.41 trixie", "tool 1.0 vendor"], file.Sets[0].Packages.Select(p => $"{p.Name} {p.Version} {p.Feed}"));
        var tool = file.Sets[0].Packages[1];
        using var fetcher = new Fetcher(RegistriesOf(feeds), TestMachines.Fast);
        await fetcher.FetchAsync(new ContentPin.Sha256(tool.Sha256), tool.Size, tool.FileName, [$"feed:vendor/{tool.PoolPath}"], folder["tool.deb"], null, TestContext.Current.CancellationToken);
        Assert.Equal(TestSuite.Content("tool", "1.0"), File.ReadAllBytes(folder["tool.deb"]));
        Assert.Equal($"GET /vendor/{tool.PoolPath}", server.Requests.Last());
    }

    [Theory]
    [InlineData("stable")]
    [InlineData("./")]
    [InlineData("arm/")]
    public async Task A_repository_may_be_a_folder_and_flat(string suite)
    {
        new RepositoryFolder(folder["vendor's repository"], VendorKey, suite, "amd64").Add("tool", "1.0+a~b", new Tar().File("./usr/bin/tool")).Publish();
        FeedSpec[] feeds = [Spec(new Uri(folder["vendor's repository"]).AbsoluteUri, suite)];

        var tool = Assert.Single((await UpdateAsync(feeds, LockFile.Empty)).Lock.Sets[0].Packages);

        using var fetcher = new Fetcher(RegistriesOf(feeds), TestMachines.Fast with { Offline = true });
        await fetcher.FetchAsync(new ContentPin.Sha256(tool.Sha256), tool.Size, tool.FileName, [$"feed:vendor/{tool.PoolPath}"], folder["tool.deb"], null, TestContext.Current.CancellationToken);
        Assert.Equal(tool.Size, new FileInfo(folder["tool.deb"]).Length);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_flat_repository_has_packages_of_all_architectures_in_one_index()
    {
        new RepositoryFolder(folder["vendor"], VendorKey, "./", "arm64").Add("tool", "1.0", new Tar().File("./usr/bin/tool")).Publish();

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync([Spec($"file://{folder["vendor"]}", "./")], LockFile.Empty));

        Assert.Contains("Package `tool` is in none of the feeds [vendor] for architecture `amd64`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_its_own_key_counts()
    {
        new TestSuite(server, folder, DebianKey, archive: "vendor", name: "stable").Add("tool", "1.0").Publish();

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync([Spec($"{server.Address}/vendor"), Debian()], LockFile.Empty));

        Assert.Contains($"Feed `vendor` cannot be used: `{server.Address}/vendor/dists/stable/InRelease` is signed by keys [{DebianKey.Id}], none of which is in the key files [vendor.asc]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_without_a_signature_is_refused()
    {
        Directory.CreateDirectory(folder["vendor/dists/stable"]);
        FeedSpec[] feeds = [Spec($"file://{folder["vendor"]}")];

        Assert.Contains("/vendor/dists/stable/InRelease: is not there, and neither is `Release.gpg`, so nothing says whose the repository is", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty))).Message, StringComparison.Ordinal);
        folder.Write("vendor/dists/stable/InRelease", "Suite: stable\nDate: Sat, 21 Nov 2015 02:10:46 UTC\nSHA256:\n");
        Assert.Contains("is not a clear-signed message", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_signature_may_stand_beside_the_release(bool isArmoured)
    {
        byte[] Armoured(byte[] packets) => isArmoured ? System.Text.Encoding.ASCII.GetBytes($"-----BEGIN PGP SIGNATURE-----\n\n{Convert.ToBase64String(packets)}\n-----END PGP SIGNATURE-----\n") : packets;
        new RepositoryFolder(folder["vendor"], VendorKey, architecture: "amd64").Add("tool", "1.0", new Tar().File("./x")).Publish(Armoured);
        FeedSpec[] feeds = [Spec($"file://{folder["vendor"]}")];

        Assert.Single((await UpdateAsync(feeds, LockFile.Empty)).Lock.Sets[0].Packages);

        File.AppendAllText(folder["vendor/dists/stable/Release"], "Label: changed\n");
        Assert.Contains($"The signature of `file://{folder["vendor"]}/dists/stable/Release` by key `{VendorKey.Id}` does not match its content: it was changed after signing", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty))).Message, StringComparison.Ordinal);
        new RepositoryFolder(folder["vendor"], DebianKey, architecture: "amd64").Publish(Armoured);
        Assert.Contains("none of which is in the key files [vendor.asc]", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty))).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["vendor/dists/stable/Release.gpg"], "none");
        await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty));
    }

    [Fact]
    public async Task A_key_that_expired_and_a_release_past_its_time_are_told()
    {
        var expired = new SigningKey(validSeconds: 60, created: DateTime.UtcNow.AddDays(-2));
        new RepositoryFolder(folder["vendor"], expired, architecture: "amd64").Add("tool", "1.0", new Tar().File("./x")).Publish();
        FeedSpec[] feeds = [Spec($"file://{folder["vendor"]}", key: expired)];
        Assert.Contains($"Key `{expired.Id}` that signed `file://{folder["vendor"]}/dists/stable/InRelease` expired at", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty))).Message, StringComparison.Ordinal);

        new RepositoryFolder(folder["old"], VendorKey, architecture: "amd64") { ValidUntil = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Date = new(2025, 12, 1, 0, 0, 0, TimeSpan.Zero) }.Add("tool", "1.0", new Tar().File("./x")).Publish();
        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync([Spec($"file://{folder["old"]}")], LockFile.Empty));
        Assert.Contains("was valid until 2026-01-01 00:00:00Z and is expired; the mirror is stale, take another one with `IMAGECRAFT_FEED_VENDOR`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_state_than_was_locked_is_refused_and_a_changed_index_too()
    {
        var repository = new RepositoryFolder(folder["vendor"], VendorKey, architecture: "amd64").Add("tool", "1.0", new Tar().File("./x")).Publish();
        FeedSpec[] feeds = [Spec($"file://{folder["vendor"]}")];
        var file = (await UpdateAsync(feeds, LockFile.Empty)).Lock;

        repository.Date = DateTimeOffset.UtcNow.AddDays(-9);
        repository.Publish();
        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, file, Request with { Packages = ["tool", "tool"] }));
        Assert.Contains("take another mirror with `IMAGECRAFT_FEED_VENDOR`", error.Message, StringComparison.Ordinal);

        repository.Date = DateTimeOffset.UtcNow;
        repository.Publish();
        File.AppendAllText(folder["vendor/dists/stable/main/binary-amd64/Packages"], "Package: evil\n");
        Directory.Delete(folder["cache"], recursive: true);
        Assert.Contains("Packages", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variable_names_another_address_and_one_must_be_known()
    {
        new RepositoryFolder(folder["vendor"], VendorKey, architecture: "amd64").Add("tool", "1.0", new Tar().File("./x")).Publish();
        FeedSpec[] feeds = [Spec(null)];

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty));
        Assert.Contains("No address of the feed `vendor` is known on this machine: set the variable `IMAGECRAFT_FEED_VENDOR`, or `feed-vendor:` in ", error.Message, StringComparison.Ordinal);

        Assert.Single((await UpdateAsync(feeds, LockFile.Empty, variables: ("IMAGECRAFT_FEED_VENDOR", folder["vendor"]))).Lock.Sets[0].Packages);
        Assert.Single((await UpdateAsync([Spec($"{server.Address}/nowhere")], LockFile.Empty, variables: ("IMAGECRAFT_FEED_VENDOR", $"file://{folder["vendor"]}/"))).Lock.Sets[0].Packages);
        Assert.Contains("is none of `https:`, `http:` and `file:`", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(feeds, LockFile.Empty, variables: ("IMAGECRAFT_FEED_VENDOR", "ftp://example.org/")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("feed:vendor/../secret", "leads out of the repository")]
    [InlineData("feed:vendor//etc/passwd", "leads out of the repository")]
    [InlineData("feed:other/x.deb", "is of the feed `other`, which the workspace does not have")]
    [InlineData("feed:vendor", "is not of the form `feed:NAME/PATH`")]
    public async Task A_place_outside_of_it_is_refused(string place, string message)
    {
        folder.Write("secret", "secret");
        using var fetcher = new Fetcher(RegistriesOf([Spec($"file://{folder["vendor"]}")]), TestMachines.Fast);

        var error = await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(new ContentPin.FirstSight(), null, "x.deb", [place], folder["x"], null, TestContext.Current.CancellationToken));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suite_that_moves_to_an_address_of_its_own_makes_its_sets_stale_and_another_address_does_not()
    {
        FeedSpec[] One(FeedSpec feed) => [feed];

        Assert.NotEqual(Request.Inputs(One(Spec(null) with { Home = null })), Request.Inputs(One(Spec(null))));
        Assert.Equal(Request.Inputs(One(Spec("https://one.example.org/"))), Request.Inputs(One(Spec("https://two.example.org/"))));
    }

    private FeedSpec Spec(string? address, string suite = "stable", SigningKey? key = null) =>
        new("vendor", suite, suite.EndsWith('/') ? [] : ["main"], [folder.Write("vendor.asc", (key ?? VendorKey).PublicKey)], null) { Home = new FeedHome("vendor", address) };

    private FeedSpec Debian() => new("trixie", "trixie", ["main"], [folder.Write("debian.asc", DebianKey.PublicKey)], null);

    private Registries RegistriesOf(FeedSpec[] feeds, params (string Name, string Value)[] variables) =>
        new(TestMachines.With(folder, [("IMAGECRAFT_DEBIAN_MIRROR", $"{server.Address}/debian"), .. variables]), [.. feeds.Select(f => f.Home).OfType<FeedHome>()]);

    private async Task<LockUpdate> UpdateAsync(FeedSpec[] feeds, LockFile file, SetRequest? request = null, params (string Name, string Value)[] variables)
    {
        var registries = RegistriesOf(feeds, variables);
        using var fetcher = new Fetcher(registries, TestMachines.Fast);
        return await new Locker(new DebianMirror(fetcher, registries, folder["cache"], TimeProvider.System), feeds).UpdateAsync(file, [request ?? Request], null, TestContext.Current.CancellationToken);
    }
}
