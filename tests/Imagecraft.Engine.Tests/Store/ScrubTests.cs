// Rot that keeps size and time, found a share at a time.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class ScrubTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Each_call_goes_on_where_the_last_one_ended_until_all_were_hashed()
    {
        for (var i = 0; i < 20; i++)
            _fixture.Store.Put(System.Text.Encoding.UTF8.GetBytes($"content {i:d2}"));
        var total = 0L;
        for (var call = 0; call < 5; call++)
        {
            var report = await ScrubAsync(40);
            Assert.Equal((4L, 40L), (report.ObjectsChecked, report.BytesChecked));
            total += report.ObjectsChecked;
        }

        Assert.Equal(20, total);
        // Round again, and never more than everything once.
        Assert.Equal(4L, (await ScrubAsync(40)).ObjectsChecked);
        Assert.Equal(20L, (await ScrubAsync(long.MaxValue)).ObjectsChecked);
    }

    [Fact]
    public async Task Damage_is_found_within_one_turn_wherever_it_is()
    {
        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 20; j++)
                _fixture.Store.Put(System.Text.Encoding.UTF8.GetBytes($"content {j:d2}"));
            var rotten = Digest.Of(System.Text.Encoding.UTF8.GetBytes($"content {i:d2}"));
            StoreFixture.Flip(_fixture.ObjectPath(rotten), keepTime: true);
            var found = new List<Digest>();
            for (var call = 0; call < 5; call++)
                found.AddRange((await ScrubAsync(40)).Damaged);
            Assert.Equal([rotten], found);
            Assert.False(_fixture.Reopen().Has(rotten));
        }
    }

    [Fact]
    public async Task Results_of_actions_that_read_what_is_damaged_are_dropped_and_others_stay()
    {
        var source = await _fixture.Tree("in", ("a", "first"), ("sub/b", "second"));
        var other = await _fixture.Tree("other", ("c", "third"));
        var made = new OutputValue(_fixture.Store.Put("made"u8), OutputKind.File);
        var cache = new ActionCache(_fixture.Store);
        foreach (var (name, root) in new[] { ("reader", TreePrefix.Add(_fixture.Store, "/src", new(source, OutputKind.Tree))), ("other", other) })
        {
            var manifest = new Engine.Execution.Manifests.ActionManifest { Id = new(name), Work = "x", Outputs = [new("file", "file", OutputKind.File)] };
            cache.Put(Key(name), Engine.Execution.Running.ResultMessage.Of(manifest, System.Collections.Immutable.ImmutableSortedDictionary<string, OutputValue>.Empty.Add("file", made), root, DateTimeOffset.UtcNow, log: null));
        }

        var identity = CacheIdentity.Of(_fixture.Cache);
        StoreFixture.Flip(_fixture.ObjectPath(Digest.Of("second"u8)), keepTime: true);
        Assert.Equal(1, (await ScrubAsync(long.MaxValue)).ResultsRemoved);
        cache = new ActionCache(_fixture.Reopen());
        Assert.Null(cache.TryGet(Key("reader")));
        Assert.NotNull(cache.TryGet(Key("other")));
        Assert.NotEqual(identity, CacheIdentity.Of(_fixture.Cache));
    }

    [Fact]
    public async Task What_this_process_hashed_is_passed_over_and_an_ended_call_reads_nothing()
    {
        _fixture.Store.Put("content"u8);
        Assert.Equal(0, (await new CacheMaintenance(_fixture.Store).ScrubAsync(long.MaxValue, StoreFixture.Token)).ObjectsChecked);
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();
        Assert.Equal(0, (await new CacheMaintenance(_fixture.Reopen()).ScrubAsync(long.MaxValue, ended.Token)).ObjectsChecked);
    }

    [Fact]
    public async Task A_torn_position_means_the_beginning()
    {
        _fixture.Store.Put("content"u8);
        await File.WriteAllTextAsync(Path.Combine(_fixture.Cache, "scrubbed"), new string('z', 64), StoreFixture.Token);
        Assert.Equal(1, (await ScrubAsync(long.MaxValue)).ObjectsChecked);
    }

    private static Digest Key(string name) => Digest.Of(System.Text.Encoding.UTF8.GetBytes(name));

    // As a later process, which has hashed nothing.
    private Task<ScrubReport> ScrubAsync(long bytes) => new CacheMaintenance(_fixture.Reopen()).ScrubAsync(bytes, StoreFixture.Token);
}
