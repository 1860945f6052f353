// What documents give that contradict each other.

using Imagecraft.Metadata.Diagnostics;

namespace Imagecraft.Metadata.Tests;

public class CrossCheckTests
{
    const string Architecture = "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\n";

    const string Board = """
        board: b
        architecture: arm64
        kernel: linux
        command-line: quiet
        console: ttyAMA0
        accelerators: [ npu ]
        default-image: i
        partitions: [ { name: root, type: linux, content: rootfs.ext4, size: 1 GiB } ]
        qemu: { system: aarch64, arguments: [ -M, virt ] }
        """;

    static TestWorkspace Machine() => new TestWorkspace()
        .Add("boards/arm64.yaml", Architecture)
        .Add("boards/b.yaml", Board)
        .Add("boards/npu.yaml", "accelerator: npu\nmodules: [ npu ]\npackages: [ firmware ]\ndevices: [ { path: /dev/accel/*, mode: 0660, group: render } ]")
        .Add("images/i.yaml", "image: i\npackages: [ firmware ]\nusers: [ { name: ml, id: 1000, password: \"\" } ]")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\npackages: [ gcc, qemu/backports ]\nlinks: { /usr/bin/awk: mawk }")
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable\ncomponents: [ main ]")
        .Add("recipes/backports.yaml", "feed: backports\nsuite: stable-backports\nbase: stable")
        .Add("recipes/linux.yaml", "recipe: linux\nversion: 6.12\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: defconfig }")
        .Recipe("firmware", "packages: [ { name: firmware, files: [ /lib/firmware/** ] } ]");

    [Fact]
    public void A_whole_machine_without_a_mistake_is_read()
    {
        var workspace = Machine().Good();

        Assert.Equal(1L << 30, workspace.Boards["b"].Partitions.Single().Size?.Value);
        Assert.Equal("mawk", workspace.ToolRoots["cross"].Links["/usr/bin/awk"]);
        Assert.Equal("", workspace.Images["i"].Users.Single().Password?.Value);
        Assert.Equal("0660", workspace.Accelerators["npu"].Devices.Single().Mode?.Value.ToString());
    }

    [Theory]
    [InlineData("boards/b.yaml", "architecture: arm64", "architecture: arm46", "Unknown architecture `arm46`, which board `b` has", "Did you mean `arm64`?")]
    [InlineData("boards/b.yaml", "kernel: linux", "kernel: linus", "Unknown recipe `linus`, which board `b` boots", "Did you mean `linux`?")]
    [InlineData("boards/b.yaml", "kernel: linux", "kernel: firmware", "Recipe `firmware`, which board `b` boots, is no kernel: its build system is `script`", "Known: [ `linux` ]")]
    [InlineData("boards/b.yaml", "[ npu ]", "[ gpu ]", "Unknown accelerator `gpu`, which board `b` has", "Did you mean `npu`?")]
    [InlineData("boards/b.yaml", "default-image: i", "default-image: edge", "Unknown image `edge`, which board `b` has as its default", "Known: [ `i` ]")]
    [InlineData("boards/arm64.yaml", "toolroot: cross", "toolroot: croos", "Unknown tool root `croos`, which architecture `arm64` is built in", "Did you mean `cross`?")]
    [InlineData("boards/npu.yaml", "[ firmware ]", "[ firmwear ]", "Unknown package `firmwear`, which accelerator `npu` needs", "Did you mean `firmware`?")]
    [InlineData("boards/npu.yaml", "modules:", "fits: { firmwear: \">=1\" }\nmodules:", "Accelerator `npu` fits versions of `firmwear`, which nothing has", "Did you mean `firmware`?")]
    [InlineData("recipes/firmware/firmware.yaml", "name: firmware,", "name: firmware, fits: { linus: \">=6\" },", "Package `firmware` fits versions of `linus`, which nothing has", "Did you mean `linux`?")]
    [InlineData("boards/npu.yaml", "modules:", "interfaces: { linux: 1 }\nmodules:", "Accelerator `npu` has an interface `linux`, which is the name of the kernel", "Give it a name of its own")]
    [InlineData("boards/npu.yaml", "modules:", "interfaces: { firmware: 1 }\nmodules:", "Accelerator `npu` has an interface `firmware`, which is the name of a package", "Give it a name of its own")]
    [InlineData("images/i.yaml", "[ firmware ]", "[ busybox ]", "Unknown package `busybox`, which image `i` installs", "Known: [ `firmware` ]")]
    [InlineData("images/i.yaml", "packages: [ firmware ]", "models: [ vad ]", "Unknown model `vad`, which image `i` deploys", "There is no model yet")]
    [InlineData("recipes/cross.yaml", "feed: stable", "feed: sid", "Unknown feed `sid`, which tool root `cross` takes packages from", "Known: [ `backports`, `stable` ]")]
    [InlineData("recipes/cross.yaml", "qemu/backports", "qemu/backport", "Unknown feed `backport`, which tool root `cross` takes `qemu` from", "Did you mean `backports`?")]
    [InlineData("recipes/backports.yaml", "base: stable", "base: sable", "Unknown feed `sable`, which feed `backports` is based on", "Did you mean `stable`?")]
    public void A_name_that_nothing_has_is_told_with_who_uses_it(string path, string right, string wrong, string message, string hint)
    {
        var diagnostic = Assert.Single(Machine().Replace(path, right, wrong).Read().Diagnostics);

        Assert.Equal((message, hint, path), (diagnostic.Message, diagnostic.Hint, diagnostic.Span!.File));
    }

    [Fact]
    public void An_unknown_dependency_shows_the_very_word() => Assert.Equal("""
        recipes/htop/htop.yaml:5:18: error IC0203: Unknown recipe `ncurse`, which recipe `htop` depends on
          5 | depends: [ zlib, ncurse ]
            |                  ^^^^^^
        hint: Did you mean `ncurses`?
        """, new TestWorkspace().Recipe("zlib").Recipe("ncurses").Recipe("htop", "depends: [ zlib, ncurse ]").Bad());

    [Fact]
    public void A_required_package_must_exist() => Assert.Equal("""
        recipes/a/a.yaml:5:51: error IC0203: Unknown package `libd`, which package `a` requires
          5 | packages: [ { name: a, files: [ /a ], requires: [ libd ] } ]
            |                                                   ^^^^
        hint: Did you mean `libc`?
        """, new TestWorkspace()
        .Recipe("a", "packages: [ { name: a, files: [ /a ], requires: [ libd ] } ]")
        .Recipe("b", "packages: [ { name: libc, files: [ /b ] } ]").Bad());

    [Fact]
    public void A_package_of_two_recipes_names_both() => Assert.Equal("""
        recipes/b/b.yaml:5:21: error IC0204: Recipes [ `a`, `b` ] both have a package `x`
          5 | packages: [ { name: x, files: [ /b ] } ]
            |                     ^
        hint: The other is at recipes/a/a.yaml:5:21; rename one
        """, new TestWorkspace().Recipe("a", "packages: [ { name: x, files: [ /a ] } ]").Recipe("b", "packages: [ { name: x, files: [ /b ] } ]").Bad());

    [Fact]
    public void A_cycle_is_named_in_full_and_once() => Assert.Equal("""
        recipes/c/c.yaml:5:12: error IC0205: Recipes depend on each other in a cycle: `a` -> `b` -> `c` -> `a`
          5 | depends: [ a ]
            |            ^
        hint: Remove one of these dependencies
        """, new TestWorkspace().Recipe("a", "depends: [ b ]").Recipe("b", "depends: [ c ]").Recipe("c", "depends: [ a ]").Recipe("d", "depends: [ a ]").Bad());

    [Fact]
    public void A_cycle_through_tools_tells_what_is_built_for_the_host()
    {
        var workspace = new TestWorkspace().Recipe("a", "depends: [ b ]").Recipe("b", "", "tools: [ \"recipe:a\" ]");
        Assert.Equal("Recipes depend on each other in a cycle: `a` for the host -> `b` for the host -> `a` for the host", Assert.Single(workspace.Read().Diagnostics, d => d.Code == Codes.Cycle).Message);
    }

    [Fact]
    public void A_recipe_may_be_a_tool_of_itself_and_of_what_it_depends_on_for_boards() =>
        new TestWorkspace().Recipe("a", "", "tools: [ \"recipe:a\" ]").Recipe("b", "depends: [ a ]", "tools: [ \"recipe:a\" ]").Good();

    [Theory]
    [InlineData("recipe:firmwear", "Unknown recipe `firmwear`, which recipe `user` is built with", "Did you mean `firmware`?")]
    [InlineData("recipe:linux", "Recipe `linux`, which `user` is built with, cannot be built for the build host: it is a kernel", "Name a recipe of a program, or a tool root")]
    [InlineData("crosss", "Unknown tool root `crosss`, which recipe `user` is built with", "Did you mean `cross`?")]
    [InlineData("recipe:", "An item of `tools` must be the name of a tool root, or `recipe:NAME`, not `recipe:`", null)]
    [InlineData("Recipe:a", "An item of `tools` must be the name of a tool root, or `recipe:NAME`, not `Recipe:a`", null)]
    public void A_tool_that_is_none_is_told(string tool, string message, string? hint)
    {
        var problem = Assert.Single(Machine().Recipe("user", "", $"tools: [ \"{tool}\" ]").Read().Diagnostics);
        Assert.Equal((message, hint), (problem.Message, problem.Hint));
    }

    [Fact]
    public void Feeds_that_are_based_on_each_other_are_a_cycle() => Assert.Equal(
        ["Feeds are based on each other in a cycle: `backports` -> `stable` -> `backports`", "Feeds are based on each other in a cycle: `stable` -> `backports` -> `stable`"],
        Machine().Add("recipes/stable.yaml", "feed: stable\nsuite: stable\nbase: backports").Read().Diagnostics.Select(problem => problem.Message));

    [Fact]
    public void A_feed_of_updates_stands_for_itself() => Assert.Equal(
        ["Feed `odd` updates `security`, so it stands for itself: it has no `base`, and what it updates is no feed of updates"],
        Machine().Add("recipes/security.yaml", "feed: security\nsuite: stable-security\nupdates: stable").Add("recipes/odd.yaml", "feed: odd\nsuite: odd\narchived: true\nupdates: security").Read().Diagnostics.Select(problem => problem.Message));

    [Fact]
    public void A_name_that_stands_twice_within_its_owner_is_told_with_the_other_place() => Assert.Equal("""
        images/i.yaml:2:67: error IC0201: User `ml` stands twice in image `i`
          2 | users: [ { name: ml, id: 1 }, { name: root-like, id: 2 }, { name: ml, id: 3 } ]
            |                                                                   ^^
        hint: The other is at images/i.yaml:2:18; rename one

        recipes/a/a.yaml:7:21: error IC0201: Check `x` stands twice in recipe `a`
          7 |           - { name: x, run: b }
            |                     ^
        hint: The other is at recipes/a/a.yaml:6:21; rename one
        """, new TestWorkspace()
        .Add("images/i.yaml", "image: i\nusers: [ { name: ml, id: 1 }, { name: root-like, id: 2 }, { name: ml, id: 3 } ]")
        .Recipe("a", "checks:\n          - { name: x, run: a }\n          - { name: x, run: b }").Bad());

    [Theory]
    [InlineData("linux-root-arm64")]
    [InlineData("b921b045-1df0-41c3-af44-4c6f280d3fae")]
    public void A_partition_type_is_a_word_or_a_GUID(string type) => Machine().Replace("boards/b.yaml", "type: linux,", $"type: {type},").Good();

    [Fact]
    public void Another_partition_type_names_the_nearest() =>
        Assert.Equal("Did you mean `linux-root-arm64`?", Assert.Single(Machine().Replace("boards/b.yaml", "type: linux,", "type: linux-root-amr64,").Read().Diagnostics).Hint);

    [Fact]
    public void A_recipe_that_depends_on_itself_is_a_cycle() =>
        Assert.Equal("Recipes depend on each other in a cycle: `a` -> `a`", Assert.Single(new TestWorkspace().Recipe("a", "depends: [ a ]").Read().Diagnostics).Message);

    [Fact]
    public void A_long_chain_of_dependencies_is_no_problem()
    {
        var workspace = new TestWorkspace().Recipe("r0");
        for (var index = 1; index < 2000; index++)
            workspace.Recipe($"r{index}", $"depends: [ r{index - 1} ]");

        Assert.Equal(2000, workspace.Good().Recipes.Count);
    }

    [Fact]
    public void All_problems_of_all_files_are_told_at_once_in_order()
    {
        var text = new TestWorkspace()
            .Recipe("a", "depnds: [ b ]\nhomepage: [ x ]")
            .Recipe("b", "depends: [ nothing-like-it ]")
            .Add("recipes/c/c.yaml", "recipe: c\nversion: [ 1\n")
            .Add("images/i.yaml", "image: i\nsize: big").Read();

        Assert.Equal(
            ["images/i.yaml:2:7 IC0106", "recipes/a/a.yaml:5:1 IC0102", "recipes/a/a.yaml:6:11 IC0104", "recipes/b/b.yaml:5:12 IC0203", "recipes/c/c.yaml:2:10 IC0001"],
            text.Diagnostics.Select(diagnostic => $"{diagnostic.Span} {diagnostic.Code}"));
    }

    [Fact]
    public void Consequences_of_a_broken_recipe_are_not_told_as_problems_of_their_own()
    {
        var broken = new TestWorkspace()
            .Add("recipes/zlib/zlib.yaml", "recipe: zlib\nversion: 1\nlicense: [ Zlib\n")
            .Recipe("a", "depends: [ zlib ]\npackages: [ { name: a, files: [ /a ], requires: [ zlib ] } ]");
        var wrong = new TestWorkspace()
            .Add("recipes/zlib/zlib.yaml", "recipe: zlib\nversion: 1\npackages: [ { name: zlib, files: [ /z ] } ]\nbuild: { system: make }")
            .Recipe("a", "depends: [ zlib ]\npackages: [ { name: a, files: [ /a ], requires: [ zlib ] } ]");

        Assert.Equal("IC0001", Assert.Single(broken.Read().Diagnostics).Code);
        Assert.Equal("IC0103", Assert.Single(wrong.Read().Diagnostics).Code);
    }
}
