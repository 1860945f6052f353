// What boards say beside their disk, and the recipes and tool roots that are made for them.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class BoardTests
{
    const string Board = "board: b\narchitecture: arm64\nkernel: linux\ncommand-line: quiet\nconsole: ttyAMA0\ndefault-image: i\n";

    static TestWorkspace Machine(string board = "") => new TestWorkspace()
        .Add("boards/arm64.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\n")
        .Add("boards/b.yaml", Board + board)
        .Add("images/i.yaml", "image: i")
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable\ncomponents: [ main ]")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\npackages: [ gcc ]")
        .Add("recipes/linux.yaml", "recipe: linux\nversion: 6.12\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: defconfig }")
        .Add("recipes/loader.yaml", "recipe: loader\nversion: 1\nlicense: MIT\nbuild: { system: kconfig, per-board: true, tools: [ cross ], config: $LOADER_CONFIG }\npackages: [ { name: loader, files: [ /** ] } ]");

    [Fact]
    public void A_board_names_what_its_boot_loader_is_built_with_and_what_lies_beside_its_disk()
    {
        var board = Machine("variables: { LOADER_CONFIG: virt_defconfig }\nbuild-depends: { loader: [ linux ] }\ndevice-trees: [ acme/b.dtb ]\nimages: [ i ]\nartifacts: [ { name: loader.bin, package: loader, file: /boot/loader.bin } ]\nflashing: Write it\n").Good().Boards["b"];

        Assert.Equal("virt_defconfig", board.Variables["LOADER_CONFIG"]);
        Assert.Equal("linux", board.BuildDepends["loader"].Single().Value);
        Assert.Equal("acme/b.dtb", board.DeviceTrees.Single().Name == "b.dtb" ? board.DeviceTrees.Single().Source.Value : null);
        Assert.Equal(("loader.bin", "/boot/loader.bin"), (board.Artifacts.Single().Name.Value, board.Artifacts.Single().Source.File.Value));
    }

    [Fact]
    public void A_device_tree_has_overlays_and_a_name_of_its_own()
    {
        var board = Machine("device-trees: [ acme/b.dtb, { source: acme/b.dtb, overlays: [ b.dtso ], name: qemu.dtb } ]\nqemu: { system: aarch64, disk-size: 256 MiB, console-port: 1 }\n").Add("boards/b.dtso", "").Good().Boards["b"];

        Assert.Equal(["b.dtb", "qemu.dtb"], board.DeviceTrees.Select(t => t.Name));
        Assert.Equal("boards/b.dtso", board.DeviceTrees[1].Overlays.Single().Value);
        Assert.Equal((256L << 20, 1), (board.Qemu!.DiskSize!.Value, board.Qemu.ConsolePort!.Value));
    }

    [Theory]
    [InlineData("device-trees: [ acme/b.dtb, other/b.dtb ]", "Device tree `b.dtb` stands twice")]
    [InlineData("device-trees: [ { source: acme/b.dtb, overlays: [ c.dtso ] } ]", "An item of `overlays` names `c.dtso`, but there is no file `boards/c.dtso`")]
    [InlineData("device-trees: [ { source: acme/b.dtb, name: a/b.dtb } ]", "`name` must be a file name of letters, digits and `._-`, not `a/b.dtb`")]
    [InlineData("qemu: { system: aarch64, console-port: -1 }", "`console-port` must be a whole number from 0 up, not `-1`")]
    [InlineData("images: [ j ]", "Unknown image `j`, which board `b` is tested with")]
    [InlineData("build-depends: { loader: [ firmware ] }", "Unknown recipe `firmware`, which board `b` builds `loader` with")]
    [InlineData("build-depends: { loadr: [ linux ] }", "Unknown recipe `loadr`, which board `b` builds with further ones")]
    [InlineData("build-depends: { loader: [] }", "`loader` of `build-depends` must have at least one item")]
    [InlineData("variables: { UBOOT-CONFIG: x }", "A key of `variables` must be a name of letters, digits and `_`, no digit first, not `UBOOT-CONFIG`")]
    [InlineData("artifacts: [ { name: x, package: loadr, file: /x } ]", "Unknown package `loadr`, which board `b` takes `/x` from")]
    [InlineData("artifacts: [ { name: ../x, package: loader, file: /x } ]", "`name` must be a file name of letters, digits and `._-`, not `../x`")]
    [InlineData("artifacts: [ { name: x, package: loader, file: /x }, { name: x, package: loader, file: /y } ]", "Artifact `x` stands twice")]
    public void Names_that_a_board_gets_wrong_are_told(string board, string message) =>
        Assert.Equal(message, Assert.Single(Machine(board + "\n").Read().Diagnostics).Message);

    [Theory]
    [InlineData("quiet", "image: i\ncommand-line: quiet")]
    [InlineData("console=ttyAMA0 quiet", "image: i\ncommand-line: console=tty1")]
    [InlineData("console=tty1 console=ttyAMA0,115200n8", "image: i")]
    [InlineData("console=serial0,115200", "image: i")]
    [InlineData("console=uart8250,mmio32,0xfe215040", "image: i")]
    [InlineData("console=tty0", "image: i")]
    [InlineData("console= console=ttyS9", "image: i")]
    public void A_command_line_that_may_well_reach_the_console_is_fine(string commandLine, string image) =>
        Machine().Replace("boards/b.yaml", "quiet", $"\"{commandLine}\"").Add("images/i.yaml", image).Good();

    [Theory]
    [InlineData("console=ttyS0,115200 console=ttyS1", "image: i", "boards/b.yaml:4:15", "The command line sends the kernel's messages to [`console=ttyS0,115200`, `console=ttyS1`], but the console of board `b` is `ttyAMA0`")]
    [InlineData("rw", "image: i\ncommand-line: console=ttyS0 quiet", "images/i.yaml:2:15", "The command line of image `i` sends the kernel's messages to [`console=ttyS0`], but the console of board `b` is `ttyAMA0`")]
    public void A_command_line_with_another_console_is_warned_of_at_its_place(string commandLine, string image, string place, string message)
    {
        var reading = Machine().Replace("boards/b.yaml", "quiet", commandLine).Add("images/i.yaml", image).Read();

        var problem = Assert.Single(reading.Diagnostics);
        Assert.Equal((Severity.Warning, message, place), (problem.Severity, problem.Message, problem.Span!.ToString()));
        Assert.Equal("Write `console=ttyAMA0`, or correct `console:` at boards/b.yaml:5:10", problem.Hint);
        Assert.False(reading.Reach(new DocumentId(KindNames.Board, "b"), new DocumentId(KindNames.Image, "i")).HasErrors);
        Assert.True(reading.IsSound(new DocumentId(KindNames.Board, "b")));
    }

    [Fact]
    public void A_recipe_for_all_boards_cannot_depend_on_one_that_is_built_per_board()
    {
        var problem = Assert.Single(Machine().Recipe("tool", "depends: [ loader ]\n").Read().Diagnostics);

        Assert.Equal((Codes.Contradiction, "Add `per-board: true` to its `build`"), (problem.Code, problem.Hint));
    }

    [Fact]
    public void A_supplied_file_says_where_it_is_to_be_had()
    {
        const string source = "recipe: blob\nversion: 1\nlicense: none\nsources: [ { url: \"supplied:acme/ddr.bin\"OBTAIN } ]\nbuild: { system: script, steps: make }\n";

        Assert.Equal("ask Acme", Machine().Add("recipes/blob.yaml", source.Replace("OBTAIN", ", obtain: ask Acme")).Good().Recipes["blob"].Sources.Single().Obtain);
        Assert.Equal("Required key `obtain` is missing in a supplied source", Assert.Single(Machine().Add("recipes/blob.yaml", source.Replace("OBTAIN", "")).Read().Diagnostics).Message);
    }

    [Theory]
    [InlineData("offset: 32 KiB", null)]
    [InlineData("partition-number: 2", null)]
    [InlineData("images: []", "Stage `first` needs one of `offset`, `partition-type`, `partition-name` and `partition-number`")]
    [InlineData("offset: 32 KiB, partition-number: 2", "Stage `first` needs one of `offset`, `partition-type`, `partition-name` and `partition-number`")]
    [InlineData("offset: 32 KiB, carries: [ { package: ddr, file: /ddr.bin } ]", "Unknown package `ddr`, which board `b` takes `/ddr.bin` from")]
    [InlineData("offset: 32 KiB, images: [ { name: spl, load: 4G } ]", "`load` must be an address such as `0x40200000`, not `4G`")]
    public void A_stage_of_a_boot_chain_has_one_place_and_files_of_known_packages(string more, string? message)
    {
        var problems = Machine($"boot-chain: {{ stages: [ {{ name: first, format: imx8m, document: x, {more} }} ] }}\n").Read().Diagnostics;
        if (message is null)
            Assert.Empty(problems);
        else
            Assert.Equal(message, Assert.Single(problems).Message);
    }

    [Theory]
    [InlineData("device-trees: [ acme/desk.dtb ]\nlint: { root: mmc1, devices: [ { node: /pcie@1, drivers: [ r8169 ] } ], waivers: [ { node: /a@1, reason: x } ] }\n", null)]
    [InlineData("lint: { root: mmc1 }\n", "Board `b` has `lint`, but no device tree by which its kernel could be judged")]
    [InlineData("device-trees: [ acme/desk.dtb ]\nlint: { device-tree: disk.dtb, root: mmc1 }\n", "Board `b` has no device tree `disk.dtb`")]
    [InlineData("device-trees: [ acme/desk.dtb ]\nlint: { devices: [ /a ] }\n", "`lint` does not say which disk has the root file system")]
    [InlineData("lint: {}\n", "`lint` does not say which disk has the root file system")]
    [InlineData("lint: { classes: [ { name: NVMe drives, drivers: [ nvme ], built-in: true }, { name: adapters, drivers: [ tg3 ], without-firmware: few ask } ] }\n", null)]
    [InlineData("lint: { devices: [ /a ], classes: [ { name: NVMe drives, drivers: [ nvme ] } ] }\n", "`lint` does not say which disk has the root file system")]
    [InlineData("lint: { classes: [ { name: NVMe drives, drivers: [] } ] }\n", "The class `NVMe drives` of `lint` names no driver")]
    [InlineData("lint: { none: its machine is booted }\n", null)]
    [InlineData("lint: { none: its machine is booted, classes: [ { name: NVMe drives, drivers: [ nvme ] } ] }\n", "`none` of `lint` says why nothing is judged, but something is")]
    [InlineData("device-trees: [ acme/desk.dtb ]\nlint: { root: soc/mmc }\n", "`root` must be a node of the device tree: a path such as `/soc/mmc@7e340000`, or an alias such as `mmc1`, not `soc/mmc`")]
    [InlineData("device-trees: [ acme/desk.dtb ]\nlint: { root: mmc1, waivers: [ { node: /a } ] }\n", "Required key `reason` is missing in a waiver")]
    [InlineData("packages: [ firmware ]\n", "Unknown package `firmware`, which board `b` needs")]
    public void What_a_kernel_must_drive_is_said_of_a_device_tree_that_the_board_has(string lines, string? message)
    {
        var problems = Machine(lines).Read().Diagnostics;
        if (message is null)
            Assert.Empty(problems);
        else
            Assert.Equal(message, Assert.Single(problems).Message);
    }

    [Fact]
    public void A_tool_root_has_what_those_it_includes_have()
    {
        var root = Machine()
            .Add("recipes/base.yaml", "toolroot: base\nfeed: stable\npackages: [ bash ]\nlinks: { /usr/bin/awk: mawk, /usr/bin/cc: gcc }\nexcept: [ /usr/share/doc/** ]")
            .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\nincludes: [ base ]\npackages: [ clang ]\nlinks: { /usr/bin/cc: clang }\nexcept: [ /usr/share/doc/** ]")
            .Good().ToolRoots["cross"];

        Assert.Equal(["bash", "clang"], root.Packages.Select(p => p.Value));
        Assert.Equal([("/usr/bin/awk", "mawk"), ("/usr/bin/cc", "clang")], root.Links.Select(l => (l.Key, l.Value)));
        Assert.Single(root.Except);
    }

    [Fact]
    public void Tool_roots_that_include_each_other_are_told_with_the_whole_cycle()
    {
        var workspace = Machine()
            .Add("recipes/base.yaml", "toolroot: base\nfeed: stable\nincludes: [ cross ]\npackages: [ bash ]")
            .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\nincludes: [ base ]\npackages: [ gcc ]");

        Assert.Contains(workspace.Read().Diagnostics, d => d.Code == Codes.Cycle && d.Message == "Tool roots include each other in a cycle: `base` -> `cross` -> `base`");
    }

    [Fact]
    public void A_tool_root_that_is_included_must_exist() =>
        Assert.Equal("Unknown tool root `bse`, which tool root `cross` includes", Assert.Single(Machine().Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\nincludes: [ bse ]\npackages: [ gcc ]").Read().Diagnostics).Message);
}
