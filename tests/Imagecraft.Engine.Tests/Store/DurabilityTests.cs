// What a restart of the machine may have cost.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Running;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class DurabilityTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private string Record => Path.Combine(_fixture.Cache, "synced");

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task After_a_restart_results_that_lost_content_since_the_last_sync_are_dropped_and_whole_ones_stay()
    {
        Publish("whole", "content of whole");
        Publish("cut", "content of cut");
        Publish("zeroed", "content of zeroed");
        Publish("vanished", "content of vanished");
        // What file systems leave of a write that did not reach the disk: a short file, zeros, or nothing; size and time may be right.
        Damage("content of cut", bytes => bytes[..3]);
        Damage("content of zeroed", bytes => new byte[bytes.Length]);
        File.Delete(_fixture.ObjectPath(Of("content of vanished")));

        var words = new List<string>();
        var cache = new ActionCache(await _fixture.RestartAsync(words.Add));
        Assert.NotNull(cache.TryGet(Of("whole")));
        Assert.All(new[] { "cut", "zeroed", "vanished" }, name => Assert.Null(cache.TryGet(Of(name))));
        Assert.False(_fixture.Store.Has(Of("content of zeroed")));
        Assert.Equal("The machine was restarted and when the cache was last synced is not known: 3 objects (36 bytes) of a later time are checked", Assert.Single(words));
    }

    [Fact]
    public async Task Objects_that_no_result_names_and_materialized_trees_are_not_believed_by_stat_after_a_restart()
    {
        var lost = _fixture.Store.Put("content that no result names"u8);
        var tree = await _fixture.Tree("in", ("a", "first"), ("sub/b!", "second"));
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        Damage("content that no result names", bytes => new byte[bytes.Length]);
        // In place: the object and the file of the tree are one.
        Zero(Path.Combine(path, "sub/b"));
        var store = await _fixture.RestartAsync();
        Assert.False(store.Has(lost));
        Assert.Equal([Digest.Of("second"u8)], (await Assert.ThrowsAsync<ContentMissingException>(() => store.MaterializeAsync(tree, StoreFixture.Token))).Digests);
        await store.PutTreeAsync(Path.Combine(_fixture.Folder, "in"), move: false, StoreFixture.Token);
        Assert.Equal("second", await File.ReadAllTextAsync(Path.Combine(await store.MaterializeAsync(tree, StoreFixture.Token), "sub/b"), StoreFixture.Token));
    }

    [Fact]
    public async Task What_was_synced_stays_as_it_is_after_a_restart_and_is_not_read()
    {
        await _fixture.Store.RecoverAsync(null, StoreFixture.Token);
        var tree = await _fixture.Tree("in", ("a", "first"));
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        await WaitForChangeTimesToPass();
        using (_fixture.Store.BeginLease())
            Publish("old", "content of old");
        var inode = Posix.Stat(path).Inode;
        var record = SyncRecord.Read(_fixture.Cache);
        Assert.InRange(record.Until, Posix.Stat(ResultPath("old")).Changed - 5_000_000_000, long.MaxValue);
        File.WriteAllText(Record, $"{record.Boot}\n{long.MaxValue}\n");
        Damage("content of old", bytes => new byte[bytes.Length]);
        var words = new List<string>();
        Assert.NotNull(new ActionCache(await _fixture.RestartAsync(words.Add)).TryGet(Of("old")));
        Assert.Empty(words);
        Assert.Equal(inode, Posix.Stat(path).Inode);
    }

    [Fact]
    public async Task A_result_that_was_only_looked_up_since_the_last_sync_counts_as_old()
    {
        await _fixture.Store.RecoverAsync(null, StoreFixture.Token);
        var cache = new ActionCache(_fixture.Store);
        var content = _fixture.Store.Put("content"u8);
        var manifest = new ActionManifest { Id = new("a"), Work = "fetch", Outputs = [new("file", "file", OutputKind.File)] };
        cache.Put(Of("old"), ResultMessage.Of(manifest, System.Collections.Immutable.ImmutableSortedDictionary<string, OutputValue>.Empty.Add("file", new(content, OutputKind.File)), Digest.Empty, DateTimeOffset.UtcNow, log: null));
        File.SetLastWriteTimeUtc(ResultPath("old"), DateTime.UtcNow.AddDays(-2));
        await WaitForChangeTimesToPass();
        using (_fixture.Store.BeginLease())
            _fixture.Store.Put("something else"u8);
        await WaitForChangeTimesToPass();
        // The look that notes the use of the day changes the file's times; its content is lost by now, which nobody looks for.
        Assert.NotNull(cache.TryGet(Of("old")));
        Assert.True(Posix.Stat(ResultPath("old")).Changed > SyncRecord.Read(_fixture.Cache).Until);
        File.Delete(_fixture.ObjectPath(content));
        Assert.NotNull(new ActionCache(await _fixture.RestartAsync()).TryGet(Of("old")));
    }

    [Fact]
    public async Task After_a_restart_young_files_of_tool_caches_and_downloads_are_gone_and_old_ones_stay()
    {
        var files = new[] { "caches/ccache/0/a", "partial/abc" }.Select(name => Path.Combine(_fixture.Cache, name)).ToList();
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "x", StoreFixture.Token);
        }

        File.WriteAllText(Record, $"{Guid.Empty}\n{long.MaxValue}\n");
        await _fixture.RestartAsync();
        Assert.All(files, file => Assert.True(File.Exists(file)));
        File.WriteAllText(Record, $"{Guid.Empty}\n0\n");
        await _fixture.RestartAsync();
        Assert.All(files, file => Assert.False(File.Exists(file)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("torn")]
    [InlineData("00000000-0000-0000-0000-000000000000\n12")]
    public async Task A_torn_record_means_that_everything_is_hashed(string record)
    {
        Publish("zeroed", "content of zeroed");
        Damage("content of zeroed", bytes => new byte[bytes.Length]);
        File.WriteAllText(Record, record);
        Assert.Null(new ActionCache(await _fixture.RestartAsync()).TryGet(Of("zeroed")));
        Assert.StartsWith(_fixture.Store.Durability.Boot, File.ReadAllText(Record), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_did_not_look_for_losses_does_not_say_that_there_are_none()
    {
        Publish("zeroed", "content of zeroed");
        Damage("content of zeroed", bytes => new byte[bytes.Length]);
        using (var unaware = new ContentStore(_fixture.Cache, Guid.NewGuid().ToString()))
        {
            using (unaware.BeginLease())
                unaware.Put("something"u8);
        }

        Assert.Null(new ActionCache(await _fixture.RestartAsync()).TryGet(Of("zeroed")));
    }

    [Fact]
    public async Task Collections_and_a_recovery_at_once_do_not_fail()
    {
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 40; i++)
                Publish($"{round} {i}", $"content {round} {i}");
            File.WriteAllText(Record, $"{Guid.Empty}\n0\n");
            var collecting = Task.Run(async () =>
            {
                using var store = new ContentStore(_fixture.Cache);
                for (var i = 0; i < 3; i++)
                    await new CacheMaintenance(store).CollectAsync(0, StoreFixture.Token);
            }, StoreFixture.Token);
            await _fixture.RestartAsync();
            await collecting;
        }
    }

    [Fact]
    public async Task What_a_workspace_remembers_of_the_cache_is_not_believed_after_a_restart()
    {
        Publish("a", "content");
        var before = CacheIdentity.Of(_fixture.Cache);
        await _fixture.Store.RecoverAsync(null, StoreFixture.Token);
        var first = CacheIdentity.Of(_fixture.Cache);
        await _fixture.Store.RecoverAsync(null, StoreFixture.Token);
        Assert.Equal(first, CacheIdentity.Of(_fixture.Cache));
        await _fixture.RestartAsync();
        Assert.Distinct([before, first, CacheIdentity.Of(_fixture.Cache)]);
    }

    // A coarse clock stamps files, and the last second counts as unknown.
    private static Task WaitForChangeTimesToPass() => Task.Delay(TimeSpan.FromSeconds(2.2), StoreFixture.Token);

    private static Digest Of(string text) => Digest.Of(System.Text.Encoding.UTF8.GetBytes(text));

    private string ResultPath(string key) => Path.Combine(_fixture.Cache, "results", Of(key).Hash[..2], Of(key).Hash);

    private void Publish(string key, string content) => new ActionCache(_fixture.Store).Put(
        Of(key),
        new Reapi.ActionResult { OutputFiles = { new Reapi.OutputFile { Path = "x", Digest = _fixture.Store.Put(System.Text.Encoding.UTF8.GetBytes(content)).ToReapi() } } });

    private static void Zero(string path)
    {
        var mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, mode | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
        File.SetUnixFileMode(path, mode);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(ObjectForm.Time));
    }

    private void Damage(string content, Func<byte[], byte[]> change)
    {
        var path = _fixture.ObjectPath(Of(content));
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        File.WriteAllBytes(path, change(bytes));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(ObjectForm.Time));
    }
}
