// Digests of the workspace's files by stat.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Remembered;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class WorkspaceHasherTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_folder_has_the_digest_of_its_tree_without_what_is_excluded()
    {
        var folder = _fixture.Files("src", ("a.c", "a"), ("bin/out", "x"), ("sub/bin/out", "x"), ("sub/b.c!", "b"), ("l", "-> a.c"));
        var expected = await _fixture.Tree("expected", ("a.c", "a"), ("sub/b.c!", "b"), ("l", "-> a.c"));
        Assert.Equal(new OutputValue(expected, OutputKind.Tree), Hasher().Hash(folder, ["**/bin"]));
        Assert.Equal(new OutputValue(Digest.Of("b"u8), OutputKind.File, Executable: true), Hasher().Hash(Path.Combine(folder, "sub/b.c"), []));
    }

    [Fact]
    public async Task Content_goes_to_the_store_on_demand_only()
    {
        var folder = _fixture.Files("src", ("a", "content of a"));
        var hasher = Hasher();
        var value = hasher.Hash(folder, []);
        Assert.False(_fixture.Store.Has(Digest.Of("content of a"u8)));
        await hasher.StoreAsync(folder, [], StoreFixture.Token);
        Assert.Equal("content of a", File.ReadAllText(Path.Combine(await _fixture.Store.MaterializeAsync(value.Digest, StoreFixture.Token), "a")));
    }

    [Fact]
    public async Task A_file_that_changes_during_the_build_is_an_error_that_names_it()
    {
        var folder = _fixture.Files("src", ("a", "before"));
        var hasher = Hasher();
        hasher.Hash(folder, []);
        await File.WriteAllTextAsync(Path.Combine(folder, "a"), "after", StoreFixture.Token);
        var problem = await Assert.ThrowsAsync<StoreException>(() => hasher.StoreAsync(folder, [], StoreFixture.Token));
        Assert.Equal($"`{folder}/a` changed while the build ran; start the build again", problem.Message);
    }

    [Fact]
    public async Task An_unchanged_file_is_not_read_again_and_a_changed_one_is()
    {
        var folder = _fixture.Files("src", ("a", "before"));
        var file = Path.Combine(folder, "a");
        // Only what has been at rest for a while is remembered.
        await Task.Delay(TimeSpan.FromSeconds(2.2), StoreFixture.Token);
        var before = Digest.Of("before"u8);
        Assert.Equal(before, HashOnce(file));

        // The proof that nothing is read: a remembered hash that the content does not have. The stat stays; the cache file is edited and sealed again.
        var bytes = await File.ReadAllBytesAsync(CacheFile, StoreFixture.Token);
        var planted = Digest.Of("planted"u8);
        var at = bytes.AsSpan().IndexOf(Convert.FromHexString(before.Hash));
        Convert.FromHexString(planted.Hash).CopyTo(bytes, at);
        System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(32)).CopyTo(bytes, 0);
        await File.WriteAllBytesAsync(CacheFile, bytes, StoreFixture.Token);
        Assert.Equal(planted.Hash, HashOnce(file).Hash);

        // Same size, time put back: the change time tells.
        var time = File.GetLastWriteTimeUtc(file);
        await File.WriteAllTextAsync(file, "beFore", StoreFixture.Token);
        File.SetLastWriteTimeUtc(file, time);
        Assert.Equal(Digest.Of("beFore"u8), HashOnce(file));

        await File.WriteAllBytesAsync(CacheFile, bytes[..^1], StoreFixture.Token);
        Assert.Equal(Digest.Of("beFore"u8), HashOnce(file));
    }

    [Fact]
    public void What_does_not_exist_is_an_error_that_names_it()
    {
        var path = Path.Combine(_fixture.Folder, "absent");
        Assert.Equal($"`{path}` does not exist", Assert.Throws<StoreException>(() => Hasher().Hash(path, [])).Message);
    }

    [Theory]
    [InlineData("/**", "a/b/c", true)]
    [InlineData("*.c", "a.c", true)]
    [InlineData("*.c", "x/a.c", false)]
    [InlineData("**/*.c", "a.c", true)]
    [InlineData("**/*.c", "x/y/a.c", true)]
    [InlineData("usr/**", "usr", true)]
    [InlineData("usr/**/x", "usr/x", true)]
    [InlineData("usr/**/x", "usr/a/b/x", true)]
    [InlineData("usr/**/x", "usr/a/b/y", false)]
    [InlineData("/usr/?ib", "usr/lib", true)]
    [InlineData("usr", "usr/lib", false)]
    [InlineData("/usr/bin/[", "usr/bin/[", true)]
    [InlineData("/usr/bin/[", "usr/bin/a", false)]
    [InlineData("/usr/lib/lib[ab].so.[0-9]*", "usr/lib/liba.so.12", true)]
    [InlineData("/usr/lib/lib[ab].so.[0-9]*", "usr/lib/libc.so.12", false)]
    [InlineData("/usr/lib/lib[ab].so.[0-9]*", "usr/lib/liba.so.x", false)]
    [InlineData("/usr/lib/lib[!ab].so", "usr/lib/libc.so", true)]
    [InlineData("/usr/lib/lib[!ab].so", "usr/lib/liba.so", false)]
    [InlineData("/a/[]x]", "a/]", true)]
    [InlineData("/a/[]x]", "a/y", false)]
    [InlineData("/a/[^x\\d]", "a/^", true)]
    [InlineData("/a/[^x\\d]", "a/\\", true)]
    [InlineData("/a/[^x\\d]", "a/7", false)]
    [InlineData("/a/[z-a]", "a/b", false)]
    [InlineData("/a.b/[x].(y)+?", "a.b/x.(y)+z", true)]
    [InlineData("/[a/b]", "[a/b]", true)]
    public void A_pattern_is_about_whole_paths(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new PathGlob(pattern).Matches(path));

    private string CacheFile => Path.Combine(_fixture.Folder, "stat-cache");

    private WorkspaceHasher Hasher() => new(_fixture.Store, Known());

    private FileHashes Known() => new(CheckedFile.Read(CacheFile, FileList.Parser));

    private Digest HashOnce(string path)
    {
        var known = Known();
        var digest = new WorkspaceHasher(_fixture.Store, known).Hash(path, []).Digest;
        CheckedFile.Write(CacheFile, known.ToList());
        return digest;
    }
}
