// Many threads and processes at one store.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class ConcurrencyTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Threads_that_want_one_tree_get_one_whole_tree()
    {
        var tree = await _fixture.Tree("in", Many());
        var stores = Enumerable.Range(0, 4).Select(_ => new ContentStore(_fixture.Cache)).ToList();
        var paths = await Task.WhenAll(stores.SelectMany(store => new[] { store, store }).Select(store => store.MaterializeAsync(tree, StoreFixture.Token)));
        Assert.Single(paths.Distinct());
        Assert.Equal(tree, await _fixture.Store.PutTreeAsync(paths[0], move: false, StoreFixture.Token));
        StoreFixture.AssertNothingHalfMade(_fixture.Cache);
        stores.ForEach(store => store.Dispose());
    }

    [Fact]
    public async Task Processes_that_store_and_materialize_the_same_at_once_agree()
    {
        var folder = _fixture.Files("in", Many());
        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ChildProcess.RunTestAsync(typeof(StoreChild), nameof(StoreChild.Child_stores_and_materializes), (StoreChild.Variable, _fixture.Folder))));
        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Output));
        var tree = await _fixture.Store.PutTreeAsync(folder, move: false, StoreFixture.Token);
        var path = Path.Combine(_fixture.Cache, "trees", tree.Hash[..2], tree.Hash);
        Assert.True(Directory.Exists(path));
        Assert.Equal(tree, await _fixture.Store.PutTreeAsync(path, move: false, StoreFixture.Token));
        StoreFixture.AssertNothingHalfMade(_fixture.Cache);
    }

    [Fact]
    public async Task Builds_and_collections_at_once_never_lose_what_a_build_relies_on()
    {
        using var over = new CancellationTokenSource();
        var collector = Task.Run(async () =>
        {
            using var store = new ContentStore(_fixture.Cache);
            while (!over.IsCancellationRequested)
                await new CacheMaintenance(store).CollectAsync(0, StoreFixture.Token);
        }, StoreFixture.Token);

        for (var round = 0; round < 20; round++)
        {
            using var store = new ContentStore(_fixture.Cache);
            using var lease = store.BeginLease();
            var cache = new ActionCache(store);
            var key = Digest.Of([(byte)(round % 3)]);
            var content = Digest.Of([1, (byte)(round % 3)]);
            if (cache.TryGet(key) is null)
            {
                store.Put([1, (byte)(round % 3)]);
                cache.Put(key, new Reapi.ActionResult { OutputFiles = { new Reapi.OutputFile { Path = "x", Digest = content.ToReapi() } } });
            }

            await Task.Delay(20, StoreFixture.Token);
            Assert.Equal([1, (byte)(round % 3)], store.Read(content));
            Assert.NotNull(cache.TryGet(key));
        }

        await over.CancelAsync();
        await collector;
    }

    [Fact]
    public async Task A_process_that_is_killed_at_any_moment_leaves_a_store_without_damage()
    {
        _fixture.Files("in", Many());
        for (var round = 0; round < 5; round++)
        {
            using var child = ChildProcess.StartTest(typeof(StoreChild), nameof(StoreChild.Child_works_until_it_is_killed), (StoreChild.Variable, _fixture.Folder));
            var sign = Path.Combine(_fixture.Folder, "started");
            while (!File.Exists(sign) && !child.HasExited)
                await Task.Delay(5, StoreFixture.Token);
            await Task.Delay(Random.Shared.Next(200), StoreFixture.Token);
            Assert.False(child.HasExited);
            child.Kill();
            await child.WaitForExitAsync(StoreFixture.Token);
            File.Delete(sign);

            var store = _fixture.Reopen();
            var maintenance = new CacheMaintenance(store);
            var report = await maintenance.VerifyAsync(StoreFixture.Token);
            Assert.Equal((0, 0, 0), (report.Damaged.Length, report.TreesRemoved, report.ResultsRemoved));
            await maintenance.CollectAsync(long.MaxValue, StoreFixture.Token);
            StoreFixture.AssertNothingHalfMade(_fixture.Cache);
            Assert.Equal(0, maintenance.Statistics().Leases);
        }
    }

    private static (string, string)[] Many() => [.. Enumerable.Range(0, 400).Select(i => ($"folder{i % 20}/file{i}", $"{i}"))];
}
