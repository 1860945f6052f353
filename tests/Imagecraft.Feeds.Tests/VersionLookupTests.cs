// What servers say of the versions that they have.

using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Feeds.Tests.Attacks;

namespace Imagecraft.Feeds.Tests;

public sealed class VersionLookupTests : IDisposable
{
    private static readonly string One = new('1', 40), Two = new('2', 40), Three = new('3', 40);

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Source_packages_of_a_suite_are_read_from_its_signed_index()
    {
        var key = new SigningKey();
        var suite = new TestSuite(server, folder, key)
        {
            Sources = $"Package: xz-utils\nVersion: 5.8.1-1\nDirectory: pool/x\nChecksums-Sha256:\n {new string('1', 64)} 5 xz-utils_5.8.1.orig.tar.xz.asc\n {new string('2', 64)} 7 xz-utils_5.8.1.orig.tar.xz\n {new string('3', 64)} 7 xz-utils_5.8.1-1.debian.tar.xz\n\n"
                + $"Package: other\nVersion: 1\nDirectory: pool/o\nChecksums-Sha256:\n\nPackage: native\nVersion: 1:2.0\nDirectory: pool/updates/n\nChecksums-Sha256:\n {new string('4', 64)} 7 native_2.0.dsc\n {new string('5', 64)} 7 native_2.0.tar.xz\n",
        };
        suite.Publish();
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        var mirror = new DebianMirror(fetcher, TestMachines.On(server, folder), folder["indexes"], TimeProvider.System);

        var found = await mirror.SourcesAsync(suite.Feed(), new HashSet<string> { "xz-utils", "native", "none" }, TestContext.Current.CancellationToken);

        Assert.Equal([("trixie", "xz-utils", "5.8.1-1"), ("trixie", "native", "1:2.0")], found.Select(s => (s.Feed, s.Name, s.Version)));
        Assert.Equal([new("xz-utils_5.8.1.orig.tar.xz", new string('2', 64), "pool/x"), new DebianSourceFile("native_2.0.tar.xz", new string('5', 64), "pool/updates/n")], found.Select(s => s.Archive));
    }

    [Fact]
    public async Task Registries_tell_the_versions_of_their_packages()
    {
        server.Serve("/npm/@scope/models", Answer.Of("""{ "versions": { "1.0.0": {}, "1.1.0": { "deprecated": "broken" }, "1.2.0": {} } }"""));
        server.Serve("/nuget/index.json", Answer.Of($$"""{ "resources": [ { "@type": "PackageBaseAddress/3.0.0", "@id": "{{server.Address}}/flat/" } ] }"""));
        server.Serve("/flat/some.package/index.json", Answer.Of("""{ "versions": [ "1.0.0", "2.0.0-beta" ] }"""));

        Assert.Equal(["1.0.0", "1.2.0"], await AskAsync("npm:@scope/models"));
        Assert.Equal(["1.0.0", "2.0.0-beta"], await AskAsync("nuget:Some.Package"));
    }

    [Theory]
    [InlineData("npm:none", "answered 404 Status")]
    [InlineData("npm:page", "did not answer with package metadata")]
    [InlineData("nuget:none", "no source has it")]
    [InlineData("nuget:odd", "did not answer with versions")]
    [InlineData("debian:none", "names no registry that tells versions; known are [npm, nuget]")]
    public async Task What_a_registry_does_not_tell_is_said(string place, string told)
    {
        server.Serve("/npm/page", Answer.Of("<html>"));
        server.Serve("/nuget/index.json", Answer.Of($$"""{ "resources": [ { "@type": "PackageBaseAddress/3.0.0", "@id": "{{server.Address}}/flat/" } ] }"""));
        server.Serve("/flat/odd/index.json", Answer.Of("[]"));

        Assert.Contains(told, (await Assert.ThrowsAsync<FeedException>(() => AskAsync(place))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_packages_tells_their_versions()
    {
        foreach (var name in new[] { "Some.Package.1.0.0.nupkg", "some.package.2.0.0.nupkg", "Some.Package.More.3.0.0.nupkg" })
            folder.Write($"source/{name}", []);
        using var fetcher = new Fetcher(new(TestMachines.With(folder, ("IMAGECRAFT_NUGET_SOURCE", folder["source"]))), TestMachines.Fast);

        Assert.Equal(["1.0.0", "2.0.0"], (await fetcher.VersionsAsync("nuget:Some.Package", TestContext.Current.CancellationToken)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tags_of_a_repository_are_told_with_the_commits_that_they_stand_for()
    {
        using var world = new GitWorld();
        var first = await world.CommitAsync("r", ("a", "1"));
        await world.GitAsync("r", "tag", "v1.0");
        var second = await world.CommitAsync("r", ("a", "2"));
        await world.GitAsync("r", "tag", "-a", "-m", "two", "v2.0");
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);

        Assert.Equal([new("v1.0", first), new GitTag("v2.0", second)], await fetcher.TagsAsync(world.AddressOf("r"), GitCommands.OnHost("git"), TestContext.Current.CancellationToken));
        var error = await Assert.ThrowsAsync<FeedException>(() => fetcher.TagsAsync(world.AddressOf("none"), GitCommands.OnHost("git"), TestContext.Current.CancellationToken));
        Assert.StartsWith("git said: ", error.Message, StringComparison.Ordinal);
        Assert.True((await Assert.ThrowsAsync<FeedException>(() => fetcher.TagsAsync("--upload-pack=x", GitCommands.OnHost("git"), TestContext.Current.CancellationToken))).UserError);
    }

    [Fact]
    public void A_servers_advertisement_is_read_line_by_line()
    {
        var text = Line("# service=git-upload-pack\n") + "0000" + Line($"{One} HEAD\0multi_ack symref=HEAD:refs/heads/main\n") + Line($"{One} refs/heads/main\n") + Line($"{Two} refs/tags/v1.0\n") + Line($"{Two} refs/tags/v2.0\n") + Line($"{Three} refs/tags/v2.0^{{}}\n") + "0000";

        Assert.Equal([new("v1.0", Two), new GitTag("v2.0", Three)], GitTag.OfAdvertisement(text));
        Assert.Equal([new GitTag("v1.0", Two)], GitTag.OfAdvertisement($"{One}\trefs/heads/main\n{Two}\trefs/tags/v1.0\n"));
        Assert.Empty(GitTag.OfAdvertisement(""));

        static string Line(string line) => $"{line.Length + 4:x4}{line}";
    }

    [Theory]
    [InlineData("<html><body>Sign in</body></html>", "did not answer as a git repository does")]
    [InlineData("001e# service=git-upload-pack\n0000ffff", "broke off")]
    [InlineData("001e# service=git-upload-pack\n0001", "broke off")]
    public void What_is_no_advertisement_is_said(string text, string told) =>
        Assert.Contains(told, Assert.Throws<FeedException>(() => GitTag.OfAdvertisement(text)).Message, StringComparison.Ordinal);

    private async Task<IReadOnlyList<string>> AskAsync(string place)
    {
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        return await fetcher.VersionsAsync(place, TestContext.Current.CancellationToken);
    }
}
