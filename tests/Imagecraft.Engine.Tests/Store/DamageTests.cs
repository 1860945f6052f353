// Flipped, cut and touched objects are found, named, removed, and never used.

using System.Collections.Concurrent;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class DamageTests : IDisposable
{
    private readonly StoreFixture _fixture = new();
    private readonly ConcurrentBag<(Digest Digest, string Path)> _damaged = [];

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flipped_blob_is_never_read(bool keepTime)
    {
        var digest = _fixture.Store.Put("some content"u8);
        StoreFixture.Flip(_fixture.ObjectPath(digest), keepTime);
        var store = Reopen();
        Assert.Equal(digest, Assert.Throws<ContentMissingException>(() => store.Read(digest)).Digest);
        Assert.Equal([(digest, _fixture.ObjectPath(digest))], _damaged);
        Assert.False(store.Has(digest));
        Assert.Equal(digest, store.Put("some content"u8));
        Assert.Equal("some content"u8.ToArray(), store.Read(digest));
    }

    [Fact]
    public void A_flip_that_changes_the_time_is_found_by_stat_alone()
    {
        var digest = _fixture.Store.Put("some content"u8);
        StoreFixture.Flip(_fixture.ObjectPath(digest), keepTime: false);
        Assert.False(_fixture.Store.Has(digest));
        Assert.Throws<ContentMissingException>(() => _fixture.Store.FilePath(digest, executable: false));
        Assert.False(File.Exists(_fixture.ObjectPath(digest)));
    }

    [Fact]
    public void A_truncated_object_is_found_by_stat_alone_even_with_its_time_kept()
    {
        var digest = _fixture.Store.Put("some content"u8);
        var path = _fixture.ObjectPath(digest);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, "some");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(ObjectForm.Time));
        Assert.Throws<ContentMissingException>(() => _fixture.Store.OpenRead(digest));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void An_object_that_was_only_touched_is_hashed_and_kept()
    {
        var digest = _fixture.Store.Put("some content"u8);
        File.SetLastWriteTimeUtc(_fixture.ObjectPath(digest), DateTime.UtcNow);
        var store = Reopen();
        Assert.True(store.Has(digest));
        Assert.Empty(_damaged);
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(ObjectForm.Time), File.GetLastWriteTimeUtc(_fixture.ObjectPath(digest)));
    }

    [Fact]
    public async Task A_new_tree_hashes_its_objects_and_names_all_damaged_ones_at_once()
    {
        var tree = await _fixture.Tree("in", ("a", "first"), ("sub/b!", "second"), ("sub/c", "third"));
        StoreFixture.Flip(_fixture.ObjectPath(Digest.Of("first"u8)), keepTime: true);
        StoreFixture.Flip(_fixture.ObjectPath(Digest.Of("second"u8), executable: true), keepTime: true);
        var store = Reopen();
        var problem = await Assert.ThrowsAsync<ContentMissingException>(() => store.MaterializeAsync(tree, StoreFixture.Token));
        Assert.Equal(new[] { "first", "second" }.Select(Of).Order(), problem.Digests.Select(d => d.Hash).Order());
        StoreFixture.AssertNothingHalfMade(_fixture.Cache);

        await store.PutTreeAsync(Path.Combine(_fixture.Folder, "in"), move: false, StoreFixture.Token);
        Assert.Equal("second", File.ReadAllText(Path.Combine(await store.MaterializeAsync(tree, StoreFixture.Token), "sub/b")));

        static string Of(string text) => Digest.Of(System.Text.Encoding.UTF8.GetBytes(text)).Hash;
    }

    [Fact]
    public async Task A_tree_whose_file_was_changed_is_found_by_the_next_process_and_removed_with_the_object()
    {
        var tree = await _fixture.Tree("in", ("a", "first"), ("b", "second"));
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        StoreFixture.Flip(Path.Combine(path, "a"), keepTime: false);
        var store = Reopen();
        var problem = await Assert.ThrowsAsync<ContentMissingException>(() => store.MaterializeAsync(tree, StoreFixture.Token));
        Assert.Equal([Digest.Of("first"u8)], problem.Digests);
        Assert.False(Directory.Exists(path));
        store.Put("first"u8);
        Assert.Equal("first", File.ReadAllText(Path.Combine(await store.MaterializeAsync(tree, StoreFixture.Token), "a")));
    }

    [Theory]
    [InlineData("added")]
    [InlineData("removed")]
    [InlineData("replaced")]
    public async Task A_tree_that_gained_or_lost_a_file_is_made_again_from_its_objects(string change)
    {
        var tree = await _fixture.Tree("in", ("sub/a", "first"), ("sub/link", "-> a"));
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        switch (change)
        {
            case "added":
                File.WriteAllText(Path.Combine(path, "sub/more"), "");
                break;
            case "removed":
                File.Delete(Path.Combine(path, "sub/a"));
                break;
            default:
                File.Delete(Path.Combine(path, "sub/link"));
                File.CreateSymbolicLink(Path.Combine(path, "sub/link"), "elsewhere");
                break;
        }

        var again = await Reopen().MaterializeAsync(tree, StoreFixture.Token);
        Assert.Equal(path, again);
        Assert.Equal(["a", "link"], Directory.EnumerateFileSystemEntries(Path.Combine(again, "sub")).Select(Path.GetFileName).Order());
        Assert.Equal("a", new FileInfo(Path.Combine(again, "sub/link")).LinkTarget);
        Assert.Empty(_damaged);
    }

    [Fact]
    public async Task A_damaged_executable_twin_is_made_again_from_the_plain_object()
    {
        var digest = _fixture.Store.Put("#!/bin/sh\n"u8);
        var twin = _fixture.Store.FilePath(digest, executable: true);
        Assert.EndsWith(".x", twin, StringComparison.Ordinal);
        StoreFixture.Flip(twin, keepTime: false);
        var store = Reopen();
        Assert.Equal("#!/bin/sh\n", await File.ReadAllTextAsync(store.FilePath(digest, executable: true), StoreFixture.Token));
        Assert.Single(_damaged);
    }

    [Fact]
    public async Task Verification_finds_a_flip_that_stat_cannot_see_and_removes_all_that_depends_on_it()
    {
        var tree = await _fixture.Tree("in", ("a", "first"), ("b", "second"));
        var other = await _fixture.Tree("other", ("c", "third"));
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        var otherPath = await _fixture.Store.MaterializeAsync(other, StoreFixture.Token);
        var cache = new ActionCache(_fixture.Store);
        cache.Put(Digest.Of("k1"u8), Result(tree));
        cache.Put(Digest.Of("k2"u8), Result(other));
        StoreFixture.Flip(Path.Combine(path, "a"), keepTime: true);

        var store = Reopen();
        var report = await new CacheMaintenance(store).VerifyAsync(StoreFixture.Token);
        Assert.Equal([Digest.Of("first"u8)], report.Damaged);
        Assert.Equal((5, 1, 1), ((int)report.ObjectsChecked, report.TreesRemoved, report.ResultsRemoved));
        Assert.False(Directory.Exists(path));
        Assert.True(Directory.Exists(otherPath));
        Assert.Null(new ActionCache(store).TryGet(Digest.Of("k1"u8)));
        Assert.NotNull(new ActionCache(store).TryGet(Digest.Of("k2"u8)));

        static Reapi.ActionResult Result(Digest tree) =>
            new() { OutputDirectories = { new Reapi.OutputDirectory { Path = "out", RootDirectoryDigest = tree.ToReapi() } } };
    }

    [Fact]
    public async Task All_that_a_tree_lacks_is_found_at_once()
    {
        var tree = await _fixture.Tree("in", ("a", "first"), ("sub/b", "second"));
        Assert.Empty(await _fixture.LostBelowAsync(tree));
        _fixture.Reopen();
        File.Delete(_fixture.ObjectPath(Digest.Of("second"u8)));
        StoreFixture.Flip(_fixture.ObjectPath(Digest.Of("first"u8)), keepTime: true);
        Assert.Equal(2, (await _fixture.LostBelowAsync(tree)).Count);
    }

    private ContentStore Reopen()
    {
        var store = _fixture.Reopen();
        store.Damaged += (digest, path) => _damaged.Add((digest, path));
        return store;
    }
}
