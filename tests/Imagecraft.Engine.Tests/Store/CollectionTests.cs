// Keeping the cache below a size.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class CollectionTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_least_recently_used_results_go_with_what_only_they_need()
    {
        var old = await Record("old", daysAgo: 9, ("shared", "s"), ("only-old", new string('o', 5000)));
        var recent = await Record("new", daysAgo: 1, ("shared", "s"), ("only-new", new string('n', 5000)));
        var oldPath = await _fixture.Store.MaterializeAsync(old, StoreFixture.Token);
        await WaitForChangeTimesToPass();

        var maintenance = new CacheMaintenance(_fixture.Reopen());
        var before = maintenance.Statistics();
        Assert.Equal((5, 1, 2, 0), ((int)before.Objects, (int)before.Trees, (int)before.Results, before.Leases));
        var report = await maintenance.CollectAsync(before.ObjectBytes - 1, StoreFixture.Token);
        Assert.Equal((2, 1, 1), ((int)report.ObjectsRemoved, report.TreesRemoved, report.ResultsRemoved));
        Assert.Equal(maintenance.Statistics().ObjectBytes, report.BytesLeft);
        Assert.False(Directory.Exists(oldPath));

        var cache = new ActionCache(_fixture.Reopen());
        Assert.Null(cache.TryGet(Key("old")));
        Assert.NotNull(cache.TryGet(Key("new")));
        Assert.Empty(await _fixture.LostBelowAsync(recent));
    }

    [Fact]
    public async Task Nothing_is_removed_while_the_cache_is_small_enough()
    {
        await Record("old", daysAgo: 9, ("a", "a"));
        await WaitForChangeTimesToPass();
        var report = await new CacheMaintenance(_fixture.Reopen()).CollectAsync(1 << 20, StoreFixture.Token);
        Assert.Equal((0L, 0, 0), (report.ObjectsRemoved, report.TreesRemoved, report.ResultsRemoved));
    }

    [Fact]
    public async Task What_a_running_build_looked_up_found_stored_or_materialized_is_kept()
    {
        var used = await Record("used", daysAgo: 9, ("a", "looked up"));
        var unused = await Record("unused", daysAgo: 1, ("b", "unused"));
        var mounted = await _fixture.Tree("mounted", ("c", "mounted"));
        var mountedPath = await _fixture.Store.MaterializeAsync(mounted, StoreFixture.Token);
        var found = _fixture.Store.Put("found"u8);
        await WaitForChangeTimesToPass();

        using var build = new ContentStore(_fixture.Cache);
        using var lease = build.BeginLease();
        Assert.NotNull(new ActionCache(build).TryGet(Key("used")));
        Assert.True(build.Has(found));
        var made = build.Put("made"u8);
        await build.MaterializeAsync(mounted, StoreFixture.Token);

        var report = await new CacheMaintenance(_fixture.Reopen()).CollectAsync(0, StoreFixture.Token);
        Assert.Equal(1, report.ResultsRemoved);
        var store = _fixture.Reopen();
        Assert.NotNull(new ActionCache(store).TryGet(Key("used")));
        Assert.Empty(await _fixture.LostBelowAsync(used));
        Assert.NotEmpty(await _fixture.LostBelowAsync(unused));
        Assert.Equal("mounted", File.ReadAllText(Path.Combine(mountedPath, "c")));
        Assert.True(store.Has(found) && store.Has(made));
    }

    [Fact]
    public async Task The_lease_of_a_dead_process_protects_nothing()
    {
        await Record("old", daysAgo: 9, ("a", "a"));
        await WaitForChangeTimesToPass();
        var left = Path.Combine(_fixture.Cache, "leases", "999999-1");
        await File.WriteAllBytesAsync(left, [0, 0, 0, 0, 0, 0, 0, 0, .. Convert.FromHexString(Key("old").Hash)], StoreFixture.Token);
        var report = await new CacheMaintenance(_fixture.Reopen()).CollectAsync(0, StoreFixture.Token);
        Assert.Equal((1, 0L), (report.ResultsRemoved, report.BytesLeft));
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task What_a_killed_process_left_half_made_is_removed()
    {
        var folder = Path.Combine(_fixture.Cache, "tmp", "999999-1-a");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "x"), "", StoreFixture.Token);
        await File.WriteAllTextAsync(folder + ".lock", "", StoreFixture.Token);
        var busy = _fixture.Store.Folder.TemporaryPath();
        await File.WriteAllTextAsync(busy, "", StoreFixture.Token);
        await new CacheMaintenance(_fixture.Store).CollectAsync(1 << 20, StoreFixture.Token);
        Assert.False(Directory.Exists(folder));
        Assert.False(File.Exists(folder + ".lock"));
        Assert.True(File.Exists(busy));
    }

    private static Digest Key(string name) => Digest.Of(System.Text.Encoding.UTF8.GetBytes(name));

    // Collection keeps what changed in the second before it began: a coarse clock stamps files.
    private static Task WaitForChangeTimesToPass() => Task.Delay(TimeSpan.FromSeconds(2.2), StoreFixture.Token);

    private async Task<Digest> Record(string name, int daysAgo, params (string, string)[] files)
    {
        var tree = await _fixture.Tree(name, files);
        new ActionCache(_fixture.Store).Put(Key(name), new Reapi.ActionResult { OutputDirectories = { new Reapi.OutputDirectory { Path = "out", RootDirectoryDigest = tree.ToReapi() } } });
        File.SetLastWriteTimeUtc(Path.Combine(_fixture.Cache, "results", Key(name).Hash[..2], Key(name).Hash), DateTime.UtcNow.AddDays(-daysAgo));
        return tree;
    }
}
