using System.Collections.Immutable;
using Imagecraft.BuiltIns.Packages;
using Imagecraft.BuiltIns.Sources;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Packages;
using Imagecraft.Requests.Sources;

namespace Imagecraft.BuiltIns.Tests;

public class PackageTests
{
    [Fact]
    public void What_decides_the_files_of_a_package_is_the_code_that_unpacks_it_and_nothing_else() =>
        Assert.Equal(CodeRevision.Of(typeof(Imagecraft.Feeds.Archives.Deb).Assembly), new UnpackDeb().Identity);

    [Fact]
    public void Merging_is_decided_by_the_store_too_which_does_it() =>
        Assert.Contains(CodeRevision.Of(typeof(TreeMerge).Assembly), new MergePackages().Identity, StringComparison.Ordinal);

    [Fact]
    public async Task A_file_goes_to_the_first_package_that_matches_and_the_rest_is_logged()
    {
        using var context = await new TestContext()
            .WithTree("/install", ("/usr/bin/tool", "1"), ("/usr/lib/a/libtool.so.1", "2"), ("/usr/share/doc/x", "3"))
            .Asking(new SplitPackagesRequest([new("libtool", ["/usr/lib/**"], [], []), new("tool", ["/usr/**"], ["/usr/share/**"], [])]))
            .RunAsync(new SplitPackages());
        Assert.Equal(["/usr/lib/a/libtool.so.1"], context.Paths("libtool"));
        Assert.Equal(["/usr/bin/tool"], context.Paths("tool"));
        Assert.Equal(["In no package: /usr/share/doc/x"], context.Lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    [InlineData(".xz")]
    [InlineData(".zst")]
    public async Task A_module_is_found_by_its_name_however_the_kernel_compresses_it(string ending)
    {
        using var context = await new TestContext()
            .WithTree("/install", ($"/usr/lib/modules/6.12.1/extra/npu.ko{ending}", "1"), ($"/usr/lib/modules/6.12.1/extra/npu-test.ko{ending}", "2"), ($"/usr/share/npu.bin{ending}", "3"))
            .Asking(new SplitPackagesRequest([new("npu", ["/usr/lib/modules/**/*.ko"], ["/usr/lib/modules/**/*-test.ko"], []), new("firmware", ["/usr/share/*.bin*"], [], [])]))
            .RunAsync(new SplitPackages());
        Assert.Equal([$"/usr/lib/modules/6.12.1/extra/npu.ko{ending}"], context.Paths("npu"));
        Assert.Equal([$"In no package: /usr/lib/modules/6.12.1/extra/npu-test.ko{ending}"], context.Lines);
    }

    [Fact]
    public async Task What_files_lose_of_feed_packages_is_said_in_attributes_or_refused()
    {
        TestContext Context(params ImmutableArray<string> attributes) => new TestContext().Asking(new SplitPackagesRequest([new("tool", ["/usr/bin/*"], ["/usr/bin/chage"], attributes)]))
            .WithTree("/install", ("/usr/bin/wall", "1"), ("/usr/bin/ping", "2"), ("/usr/bin/chage", "3"))
            .WithText("/lost/bsdutils_1_arm64", "root:tty \t/usr/bin/wall\nroot:shadow \t/usr/bin/chage\n").WithText("/lost/ping_1_arm64", "root:root security.capability\t/usr/bin/ping\n");
        using var silent = Context();

        var failure = await silent.FailureAsync(new SplitPackages());

        Assert.StartsWith("2 files would lose what they have in the feed's packages; say in `attributes` of the package what they get", failure, StringComparison.Ordinal);
        Assert.Contains("`/usr/bin/wall` of `tool` (bsdutils_1_arm64): belongs to `root:tty`", failure, StringComparison.Ordinal);
        Assert.Contains("`/usr/bin/ping` of `tool` (ping_1_arm64): has [security.capability]", failure, StringComparison.Ordinal);
        using var told = await Context("/usr/bin/wall", "/usr/bin/p*").RunAsync(new SplitPackages());
        Assert.Equal(["/usr/bin/ping", "/usr/bin/wall"], told.Paths("tool"));
    }

    [Fact]
    public async Task A_package_without_files_is_an_error()
    {
        using var context = new TestContext().WithTree("/install", ("/usr/bin/tool", "1")).Asking(new SplitPackagesRequest([new("tool", ["/usr/sbin/*"], [], [])]));
        Assert.EndsWith("\n  `/usr/sbin/*` in `files` of `tool`", await context.FailureAsync(new SplitPackages()), StringComparison.Ordinal);
        using var taken = new TestContext().WithTree("/install", ("/usr/bin/tool", "1")).Asking(new SplitPackagesRequest([new("all", ["/**"], [], []), new("tool", ["/usr/bin/*"], [], [])]));
        Assert.Equal("The package `tool` would be empty: none of its `files` matches anything that was installed", await taken.FailureAsync(new SplitPackages()));
    }

    [Fact]
    public async Task Patterns_that_match_nothing_are_told_all_at_once()
    {
        var rules = new PackageRule("tool", ["/usr/bin/*", "/usr/lib/libtool.so"], ["/usr/share/doc/**"], ["/usr/bin", "/usr/bin/tool", "/etc/tool.conf"]) { Optional = ["/usr/lib/*/libunwind.so.*"] };
        using var context = new TestContext().WithTree("/install", ("/usr/bin/tool", "1"), ("/etc/tool.conf", "2")).Asking(new SplitPackagesRequest([rules]));
        Assert.EndsWith(":\n  `/usr/lib/libtool.so` in `files` of `tool`\n  `/usr/share/doc/**` in `except` of `tool`\n  `/etc/tool.conf` in `attributes` of `tool`", await context.FailureAsync(new SplitPackages()), StringComparison.Ordinal);
        using var right = await new TestContext().WithTree("/install", ("/usr/bin/tool", "1"), ("/usr/lib/a/libunwind.so.8", "2")).Asking(new SplitPackagesRequest([rules with { Files = ["/usr/bin/*"], Except = [], Attributes = ["/usr/bin"] }])).RunAsync(new SplitPackages());
        Assert.Equal(["/usr/bin/tool", "/usr/lib/a/libunwind.so.8"], right.Paths("tool"));
    }

    [Fact]
    public async Task Packages_are_merged_over_a_merged_usr_with_links_and_exceptions()
    {
        using var context = await new TestContext()
            .WithTree("/package/a", ("/usr/bin/mawk", "1"), ("/usr/share/doc/mawk/copyright", "2")).WithTree("/package/b", ("/lib/x.so", "3"))
            .Asking(new MergePackagesRequest { IsToolRoot = true, Links = ImmutableSortedDictionary<string, string>.Empty.Add("/usr/bin/awk", "mawk"), Except = ["/usr/share/doc/**"] })
            .RunAsync(new MergePackages());
        Assert.Equal(["/bin", "/etc/group", "/etc/passwd", "/lib", "/lib64", "/sbin", "/usr/bin/awk", "/usr/bin/mawk", "/usr/lib/x.so"], context.Paths("tree").Order(StringComparer.Ordinal));
        Assert.Equal("usr/lib", TreeWalk.Find(context.Store, context.Outputs["tree"].Digest, "/lib")!.Target);
    }

    [Fact]
    public async Task What_was_stripped_and_what_is_for_developers_are_packages_that_may_be_empty()
    {
        using var context = await new TestContext()
            .WithTree("/install", ("/usr/bin/tool", "1"), ("/usr/include/tool.h", "2"))
            .WithTree("/debug/stripped", ("/usr/lib/debug/.build-id/ab/cd.debug", "3"))
            .Asking(new SplitPackagesRequest(
            [
                new("tool", ["/usr/bin/**"], [], []),
                new("tool-dev", [], [], []) { Optional = ["/usr/include/**"], MayBeEmpty = true },
                new("tool-doc", [], [], []) { Optional = ["/usr/share/doc/**"], MayBeEmpty = true },
                new("tool-dbg", [], [], []) { Optional = ["/usr/lib/debug/**"], MayBeEmpty = true },
            ]))
            .RunAsync(new SplitPackages());
        Assert.Equal(["/usr/include/tool.h"], context.Paths("tool-dev"));
        Assert.Equal([], context.Paths("tool-doc"));
        Assert.Equal(["/usr/lib/debug/.build-id/ab/cd.debug"], context.Paths("tool-dbg"));
        Assert.Equal([], context.Lines);
    }

    [Fact]
    public async Task A_tool_root_may_have_some_paths_only()
    {
        using var context = await new TestContext()
            .WithTree("/package/a", ("/usr/lib/gcc/x86_64-linux-gnu/14/cc1", "1"), ("/usr/lib/x86_64-linux-gnu/libz.so", "2"), ("/etc/x", "3"), ("/lib/gcc/plugin", "4"))
            .Asking(new MergePackagesRequest { IsToolRoot = true, Only = ["/lib", "/usr/lib/gcc/**"], Except = ["/usr/lib/gcc/plugin"] })
            .RunAsync(new MergePackages());
        Assert.Equal(["/lib", "/usr/lib/gcc/x86_64-linux-gnu/14/cc1"], context.Paths("tree").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_no_package_is_told()
    {
        using var context = new TestContext().Asking(new UnpackDebRequest()).WithText("/package", "no archive at all");
        Assert.StartsWith("Cannot unpack the package:", await context.FailureAsync(new UnpackDeb()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patches_replace_and_remove_files()
    {
        using var context = await new TestContext()
            .Asking(new OverlayRequest()).WithTree("/below", ("/a.c", "old"), ("/b.c", "old"), ("/c.c", "same")).WithTree("/above", ("/a.c", "new")).WithText("/removed", "b.c\n")
            .RunAsync(new Overlay());
        Assert.Equal(["/a.c", "/c.c"], context.Paths("tree"));
        Assert.Equal(Digest.Of("new"u8), TreeWalk.Find(context.Store, context.Outputs["tree"].Digest, "a.c")!.Digest);
    }

    [Fact]
    public async Task Files_and_trees_are_laid_over_each_other_to_a_source()
    {
        using var context = await new TestContext()
            .WithTree("/source/000", ("/Makefile", "all:")).WithText("/source/001", "text")
            .Asking(new AssembleSourceRequest([new("a.tar", "", true, 1), new("notes.txt", "extra", false, 0)]))
            .RunAsync(new AssembleSource());
        Assert.Equal(["/Makefile", "/extra/notes.txt"], context.Paths("tree"));
    }

    [Fact]
    public async Task An_archive_that_breaks_off_names_itself()
    {
        using var context = new TestContext().WithText("/source/000", "\u001f\u008b broken").Asking(new AssembleSourceRequest([new("zlib-1.3.tar.gz", "", true, 1)]));
        Assert.StartsWith("Cannot unpack `zlib-1.3.tar.gz`:", await context.FailureAsync(new AssembleSource()), StringComparison.Ordinal);
    }
}
