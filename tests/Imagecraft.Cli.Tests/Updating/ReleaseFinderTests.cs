// Servers on this machine are asked for releases: folders, forges, broken and slow ones.

using System.Collections.Immutable;
using Imagecraft.Cli.Updating;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Feeds.Tests;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class ReleaseFinderTests : IDisposable
{
    private const string Pin = "sha256: 0000000000000000000000000000000000000000000000000000000000000000";

    private static readonly string Commit = new('a', 40);

    private readonly TestServer _server = new();
    private readonly Fetcher _fetcher = new(new Registries(Machine.This("/")), new FetcherOptions { Attempts = 1 });
    private readonly Dictionary<string, ImmutableArray<FeedRelease>> _feed = [];
    private ImmutableArray<string> _unread = [];

    public void Dispose()
    {
        _server.Dispose();
        _fetcher.Dispose();
    }

    [Fact]
    public async Task The_newest_file_of_a_folder_is_found_and_release_candidates_are_not()
    {
        Page("/ftp/", "tool-1.9.tar.gz", "tool-1.10.tar.gz", "tool-1.10.tar.gz.asc", "tool-1.11-rc1.tar.gz", "tool-2.0-doc.tar.gz", "other-3.0.tar.gz");

        Assert.Equal(new Release("1.10", Host) { File = "tool-1.10.tar.gz" }, Newer(await FindAsync("1.9", "/ftp/tool-$VERSION.tar.gz")));
        Assert.IsType<Finding.Current>(await FindAsync("1.10", "/ftp/tool-$VERSION.tar.gz"));
        Assert.Equal("1.11-rc1", Newer(await FindAsync("1.10-rc2", "/ftp/tool-$VERSION.tar.gz")).Version);
        Assert.Equal("behind the recipe", Assert.IsType<Finding.Current>(await FindAsync("1.12", "/ftp/tool-$VERSION.tar.gz")).Remark);
    }

    [Fact]
    public async Task Folders_of_versions_are_looked_into_until_one_has_a_release()
    {
        Page("/pub/", "v1.9/", "v1.10/", "v1.11/", "README", "../");
        Page("/pub/v1.9/src/", "tool-1.9.tar.gz");
        Page("/pub/v1.10/src/", "tool-1.10.tar.gz", "tool-1.10.2.tar.gz");
        Page("/pub/v1.11/src/", "tool-1.11-rc1.tar.gz");

        Assert.Equal(new Release("1.10.2", Host) { File = "tool-1.10.2.tar.gz", Address = new Uri($"{_server.Address}/pub/v1.10/src/tool-1.10.2.tar.gz") }, Newer(await FindAsync("1.9", "/pub/v1.9/src/tool-1.9.tar.gz")));
        Assert.DoesNotContain("GET /pub/v1.9/src/", _server.Requests);
    }

    [Fact]
    public async Task Only_folders_that_may_hold_the_series_are_looked_into()
    {
        Page("/linux/", "v6.x/", "v7.x/");
        Page("/linux/v6.x/", "tool-6.12.9.tar.gz", "tool-6.12.10.tar.gz", "tool-6.18.tar.gz");

        Assert.Equal("6.12.10", Newer(await FindAsync("6.12.9", "/linux/v6.x/tool-$VERSION.tar.gz", "releases: { series: \"6.12\" }")).Version);
        Assert.Equal(["GET /linux/", "GET /linux/v6.x/"], _server.Requests);
        Assert.Equal($"{Host}: nothing of series 6.19", Unknown(await FindAsync("6.12.9", "/linux/v6.x/tool-$VERSION.tar.gz", "releases: { series: \"6.19\" }")).Reason);
    }

    [Theory]
    [InlineData("/o/tool/archive/refs/tags/R_$VERSION_UNDERSCORES.tar.gz")]
    [InlineData("/o/tool/releases/download/R_$VERSION_UNDERSCORES/tool-$VERSION.tar.gz")]
    [InlineData("/o/tool/-/archive/R_$VERSION_UNDERSCORES/tool.tar.gz")]
    public async Task The_tags_behind_a_forges_archive_are_asked_once(string address)
    {
        Tags("/o/tool.git", "R_2_7_1", "R_2_8_0", "R_2_9_0_rc1", "nightly", "V9.9");

        Assert.Equal(new Release("2.8.0", $"{Host}, tags") { Commit = Commit }, Newer(await FindAsync("2.7.1", address)));
        Assert.Equal(["GET /o/tool.git/info/refs?service=git-upload-pack"], _server.Requests);
    }

    [Fact]
    public async Task A_day_is_newer_than_a_day_and_is_not_compared_with_numbers()
    {
        Page("/days/", "tool-20250708.tar.gz", "tool-20240101.tar.gz", "tool-1.4.tar.gz");
        Page("/numbers/", "tool-1.4.tar.gz");

        Assert.Equal("20250708", Newer(await FindAsync("20240101", "/days/tool-$VERSION.tar.gz")).Version);
        Assert.IsType<Finding.Current>(await FindAsync("1.4", "/days/tool-$VERSION.tar.gz"));
        Assert.Equal($"{Host}: cannot be compared: the recipe's version is a day, as in `1.4` beside `20240101`", Unknown(await FindAsync("20240101", "/numbers/tool-$VERSION.tar.gz")).Reason);
    }

    [Fact]
    public async Task A_page_without_releases_a_page_that_is_not_there_and_a_repository_that_is_none_are_told()
    {
        Page("/empty/", "README");
        _server.Serve("/o/tool.git/info/refs?service=git-upload-pack", Answer.Of("<html>Sign in</html>"));

        Assert.Equal($"{Host}: no link is named like `tool-VERSION.tar.gz`", Unknown(await FindAsync("1.0", "/empty/tool-$VERSION.tar.gz")).Reason);
        var gone = Unknown(await FindAsync("1.0", "/gone/tool-$VERSION.tar.gz"));
        Assert.Equal(($"{Host}: no such page", false), (gone.Reason, gone.IsOfNetwork));
        Assert.Equal($"{Host}, tags: did not answer as a git repository does", Unknown(await FindAsync("1.0", "/o/tool/archive/refs/tags/v$VERSION.tar.gz")).Reason);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_and_not_asked_again()
    {
        _server.Serve("/slow/", Answer.Of("<a href=tool-1.1.tar.gz>") with { BreakAfter = 3, Hang = true });
        using var lookups = new Lookups(new LookupLimits(4, TimeSpan.FromMilliseconds(300)), TestContext.Current.CancellationToken);
        var finder = Finder(lookups);

        var slow = Unknown(await finder.FindAsync(Search("1.0", "/slow/tool-$VERSION.tar.gz"), null));
        Assert.Equal(($"{Host}: does not answer in time", true), (slow.Reason, slow.IsOfNetwork));
        Assert.Equal($"{Host}: does not answer in time", Unknown(await finder.FindAsync(Search("1.0", "/other/tool-$VERSION.tar.gz"), null)).Reason);
        Assert.Equal(["GET /slow/"], _server.Requests);
    }

    [Fact]
    public async Task One_page_is_fetched_once_for_all_recipes()
    {
        Page("/ftp/", "tool-1.1.tar.gz", "more-2.0.tar.gz");
        using var lookups = new Lookups(LookupLimits.Usual, TestContext.Current.CancellationToken);
        var finder = Finder(lookups);

        await Task.WhenAll(finder.FindAsync(Search("1.0", "/ftp/tool-$VERSION.tar.gz"), null), finder.FindAsync(Search("2.0", "/ftp/more-$VERSION.tar.gz"), null));

        Assert.Equal(["GET /ftp/"], _server.Requests);
    }

    [Fact]
    public async Task The_feed_tells_where_upstream_does_not()
    {
        const string mirrored = "mirrors: [ \"debian:tool/tool_$VERSION.orig.tar.gz\" ],";
        var archive = new DebianSourceFile("tool_1.3.orig.tar.gz", new string('b', 64), "pool/main/t/tool");
        _feed["tool"] = [new("trixie", "1.2", archive with { Name = "tool_1.2.orig.tar.gz" }), new("trixie-backports", "1.3", archive)];

        var newer = Assert.IsType<Finding.Newer>(await FindAsync("1.2", "/gone/tool-$VERSION.tar.gz", mirrors: mirrored));
        Assert.Equal((new Release("1.3", "feed trixie-backports") { Archive = archive }, $"{Host}: no such page"), (newer.Newest, newer.Remark));
        // Upstream may have more, so nobody knows that the recipe is current.
        Assert.Equal($"{Host}: no such page; feed trixie-backports has 1.3", Unknown(await FindAsync("1.3", "/gone/tool-$VERSION.tar.gz", mirrors: mirrored)).Reason);

        Page("/ftp/", "tool-1.4.tar.gz");
        Assert.Equal(Host, Newer(await FindAsync("1.2", "/ftp/tool-$VERSION.tar.gz", mirrors: mirrored)).From);
    }

    [Fact]
    public async Task A_source_of_the_feed_is_compared_as_the_recipe_spells_it()
    {
        var archive = new DebianSourceFile("ncurses_6.6+20260101.orig.tar.gz", new string('b', 64), "pool/main/t/tool");
        _feed["ncurses"] = [new("trixie", "6.6+20260101", archive), new("trixie", "6.6~git7", archive)];

        Assert.Equal("6.6.20260101", Newer(await FindAsync("6.5.20250216", "debian:ncurses/ncurses_6.5+20250216.orig.tar.gz")).Version);
        _unread = ["trixie-security"];
        Assert.Equal("feeds that could not be read: [trixie-security]; feed trixie has 6.6.20260101", Unknown(await FindAsync("6.6.20260101", "debian:ncurses/ncurses_6.6+20260101.orig.tar.gz")).Reason);
        Assert.StartsWith("feed: no source package `other`", Unknown(await FindAsync("1.0", "debian:other/other_1.0.orig.tar.gz")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expression_that_takes_too_long_is_told()
    {
        Page("/ftp/", new string('a', 200) + "cb");
        Assert.Equal($"{Host}: `pattern` takes too long on the names there", Unknown(await FindAsync("1.0", "/ftp/tool-$VERSION.tar.gz", "releases: { pattern: \"(?<version>(a|aa)+)b\" }")).Reason);
    }

    [Fact]
    public async Task Of_many_questions_only_some_are_asked_at_a_time()
    {
        using var lookups = new Lookups(new LookupLimits(2, TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);
        var (now, most) = (0, 0);
        var gate = new Lock();
        var full = new TaskCompletionSource();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => lookups.AskAsync("host", $"{number}", async cancellation =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++now);
                if (now == 2)
                    full.TrySetResult();
            }

            await full.Task.WaitAsync(cancellation);
            await Task.Yield();
            lock (gate)
                now--;
            return number;
        })));

        Assert.Equal(2, most);
    }

    [Theory]
    [InlineData("1:2.41-5", "2.41")]
    [InlineData("1.37.0-6+b3", "1.37.0")]
    [InlineData("1:1.3.dfsg+really1.3.1-1+b1", "1.3.1")]
    [InlineData("6.5+20250216-2", "6.5+20250216")]
    [InlineData("1.5.7+dfsg-1", "1.5.7")]
    [InlineData("0.18+ds-1", "0.18")]
    [InlineData("2.0~rc1+dfsg1-1", "2.0~rc1")]
    [InlineData("1.2+repack1-3", "1.2")]
    [InlineData("2.41.5", "2.41.5")]
    public void Upstreams_part_of_a_version_of_the_feed_is_told(string version, string upstream) => Assert.Equal(upstream, FeedReleases.UpstreamOf(version));

    private string Host => _server.Address["http://".Length..];

    private void Page(string path, params string[] links) => _server.Serve(path, Answer.Of($"<html><body>{string.Concat(links.Select(link => $"<a href=\"{link}\">{link}</a>\n"))}</body></html>"));

    private void Tags(string path, params string[] tags) => _server.Serve($"{path}/info/refs?service=git-upload-pack",
        Answer.Of(Line("# service=git-upload-pack\n") + "0000" + Line($"{Commit} HEAD\0multi_ack\n") + string.Concat(tags.Select(tag => Line($"{Commit} refs/tags/{tag}\n"))) + "0000"));

    private static string Line(string text) => $"{text.Length + 4:x4}{text}";

    private ReleaseSearch Search(string version, string address, string more = "", string mirrors = "") =>
        ReleaseSearch.Of(RecipeTexts.Read(RecipeTexts.Of($"sources: [ {{ url: \"{(address.StartsWith('/') ? _server.Address : "")}{address}\", {mirrors} {Pin} }} ]\n{more}", version)));

    private async Task<Finding> FindAsync(string version, string address, string more = "", string mirrors = "")
    {
        using var lookups = new Lookups(LookupLimits.Usual, TestContext.Current.CancellationToken);
        var recipe = RecipeTexts.Read(RecipeTexts.Of($"sources: [ {{ url: \"{(address.StartsWith('/') ? _server.Address : "")}{address}\", {mirrors} {Pin} }} ]\n{more}", version));
        return await Finder(lookups).FindAsync(ReleaseSearch.Of(recipe), recipe.Releases?.Series?.Value);
    }

    private ReleaseFinder Finder(Lookups lookups) => new(
        new ReleaseSources
        {
            Page = _fetcher.PageAsync,
            Registry = _fetcher.VersionsAsync,
            GitTags = (address, _) => throw new FeedException($"{address} was asked", userError: false),
            Feed = source => Task.FromResult(new FeedAnswer(_feed.GetValueOrDefault(source, []), _unread)),
        },
        lookups);

    private static Release Newer(Finding finding) => Assert.IsType<Finding.Newer>(finding).Newest;

    private static Finding.Unknown Unknown(Finding finding) => Assert.IsType<Finding.Unknown>(finding);
}
