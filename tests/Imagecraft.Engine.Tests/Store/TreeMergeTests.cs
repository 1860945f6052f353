// Trees laid over each other, filtered and taken apart.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class TreeMergeTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Later_trees_lie_on_top_and_files_go_to_their_paths()
    {
        var below = Tree(await _fixture.Tree("below", ("usr/bin/a", "old"), ("usr/bin/b", "b"), ("usr/share/doc", "d")));
        var above = Tree(await _fixture.Tree("above", ("usr/bin/a!", "new"), ("usr/lib/", "")));
        var file = new OutputValue(_fixture.Store.Put("f"u8), OutputKind.File, Executable: true);
        var merged = TreeMerge.Merge(_fixture.Store, [("/", below), ("/", above), ("/src/deep/file", file), ("/usr/share", below)]);
        Assert.Equal(
            "src/\nsrc/deep/\nsrc/deep/file! f\nusr/\nusr/bin/\nusr/bin/a! new\nusr/bin/b b\nusr/lib/\nusr/share/\nusr/share/doc d\n" +
            "usr/share/usr/\nusr/share/usr/bin/\nusr/share/usr/bin/a old\nusr/share/usr/bin/b b\nusr/share/usr/share/\nusr/share/usr/share/doc d\n",
            _fixture.Show(merged));
    }

    [Fact]
    public async Task A_merge_is_the_digest_of_the_same_folder_on_disk()
    {
        var parts = new[] { await _fixture.Tree("1", ("x/a", "1"), ("x/y/b", "2")), await _fixture.Tree("2", ("x/y/c", "3"), ("e/", "")) };
        var whole = await _fixture.Tree("3", ("x/a", "1"), ("x/y/b", "2"), ("x/y/c", "3"), ("e/", ""));
        Assert.Equal(whole, TreeMerge.Merge(_fixture.Store, parts.Select(part => ("/", Tree(part)))));
        Assert.Equal(whole, TreeMerge.Merge(_fixture.Store, parts.Reverse().Select(part => ("/", Tree(part)))));
        Assert.Equal(parts[0], TreeMerge.Merge(_fixture.Store, [("/", Tree(parts[0])), ("/", Tree(parts[0]))]));
        Assert.Equal(Digest.Empty, TreeMerge.Merge(_fixture.Store, []));
    }

    [Fact]
    public async Task Links_below_are_followed_so_a_merged_usr_works()
    {
        var root = Tree(await _fixture.Tree("root", ("lib", "-> usr/lib"), ("usr/lib/ld.so", "ld"), ("bin", "-> /usr/bin"), ("usr/lib/up", "-> ../../opt")));
        var package = Tree(await _fixture.Tree("package", ("lib/libz.so", "z"), ("bin/sh!", "sh")));
        var merged = TreeMerge.Merge(_fixture.Store, [("/", root), ("/", package), ("/lib/up/src", package)], out var followed);
        Assert.True(followed);
        Assert.Equal(
            "bin -> /usr/bin\nlib -> usr/lib\nopt/\nopt/src/\nopt/src/bin/\nopt/src/bin/sh! sh\nopt/src/lib/\nopt/src/lib/libz.so z\n" +
            "usr/\nusr/bin/\nusr/bin/sh! sh\nusr/lib/\nusr/lib/ld.so ld\nusr/lib/libz.so z\nusr/lib/up -> ../../opt\n",
            _fixture.Show(merged));
        TreeMerge.Merge(_fixture.Store, [("/", root), ("/src", package)], out followed);
        Assert.False(followed);
    }

    [Fact]
    public async Task A_merge_that_followed_a_link_is_not_reused_where_the_link_leads_elsewhere()
    {
        var withLink = await _fixture.Tree("a", ("d/l", "-> ../t"));
        var above = await _fixture.Tree("b", ("d/l/x", "x"));
        var other = await _fixture.Tree("c", ("t/own", "o"));
        var first = TreeMerge.Merge(_fixture.Store, [("/", Tree(withLink)), ("/", Tree(above))]);
        var second = TreeMerge.Merge(_fixture.Store, [("/", Tree(other)), ("/", Tree(withLink)), ("/", Tree(above))]);
        Assert.Equal("d/\nd/l -> ../t\nt/\nt/x x\n", _fixture.Show(first));
        Assert.Equal("d/\nd/l -> ../t\nt/\nt/own o\nt/x x\n", _fixture.Show(second));
    }

    [Theory]
    [InlineData("x", "x/y", "`/x` is a file in one input and a folder in a later one; let only one of them have this path")]
    [InlineData("x/y", "x", "`/x` is a folder in one input and a file in a later one; let only one of them have this path")]
    [InlineData("d/x", "d/x/y/z", "`/d/x` is a file in one input and a folder in a later one; let only one of them have this path")]
    public async Task A_file_and_a_folder_at_one_path_are_an_error_that_names_it(string below, string above, string message)
    {
        var lower = Tree(await _fixture.Tree("lower", (below, "1")));
        var upper = Tree(await _fixture.Tree("upper", (above, "2")));
        Assert.Equal(message, Assert.Throws<StoreException>(() => TreeMerge.Merge(_fixture.Store, [("/", lower), ("/", upper)])).Message);
    }

    [Fact]
    public async Task Links_in_a_circle_and_files_on_the_way_are_errors_that_name_them()
    {
        var root = Tree(await _fixture.Tree("root", ("a", "-> b"), ("b", "-> a"), ("f", "file")));
        Assert.Contains("leads in a circle", Assert.Throws<StoreException>(() => TreeMerge.Merge(_fixture.Store, [("/", root), ("/a/x", root)])).Message, StringComparison.Ordinal);
        Assert.StartsWith("`/f` is a file", Assert.Throws<StoreException>(() => TreeMerge.Merge(_fixture.Store, [("/", root), ("/f/x", root)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_drop_with_everything_below_or_select_with_the_way_there()
    {
        var tree = await _fixture.Tree("in", ("usr/bin/a", "a"), ("usr/share/doc/x", "x"), ("etc/b", "b"), ("var/empty/", ""));
        Assert.Equal("etc/\netc/b b\nusr/\nusr/bin/\nusr/bin/a a\nvar/\nvar/empty/\n", _fixture.Show(TreeFilter.Drop(_fixture.Store, tree, entry => entry.Path == "usr/share")));
        Assert.Equal("usr/\nusr/bin/\nusr/bin/a a\nvar/\nvar/empty/\n", _fixture.Show(TreeFilter.Select(_fixture.Store, tree, entry => entry.Path is "usr/bin/a" or "var/empty")));
        Assert.Equal(Digest.Empty, TreeFilter.Select(_fixture.Store, tree, _ => false));
    }

    [Fact]
    public async Task Content_is_put_below_a_path_and_taken_from_there()
    {
        var tree = await _fixture.Tree("in", ("a/b!", "x"), ("l", "-> a"));
        var below = TreePrefix.Add(_fixture.Store, "/opt/t", Tree(tree));
        Assert.Equal(Tree(tree), TreePrefix.Take(_fixture.Store, below, "opt/t"));
        Assert.Equal(new OutputValue(Digest.Of("x"u8), OutputKind.File, true), TreePrefix.Take(_fixture.Store, below, "/opt/t/a/b"));
        Assert.Null(TreePrefix.Take(_fixture.Store, below, "/opt/t/l"));
        Assert.Null(TreePrefix.Take(_fixture.Store, below, "/opt/t/a/b/c"));
    }

    private static OutputValue Tree(Digest digest) => new(digest, OutputKind.Tree);
}
