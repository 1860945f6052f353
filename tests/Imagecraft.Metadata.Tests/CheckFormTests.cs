// What checks may say, and what is told when they say it wrongly.

namespace Imagecraft.Metadata.Tests;

public class CheckFormTests
{
    const string Board = """
        board: b
        architecture: arm64
        kernel: linux
        command-line: quiet
        console: ttyAMA0
        accelerators: [ npu ]
        default-image: i
        checks: [ { name: console, run: tty, needs: [ i/hostname ] } ]
        without-checks: [ network ]
        qemu: { system: aarch64, arguments: [ -M, virt ], without: [ npu ] }
        """;

    static TestWorkspace Machine() => new TestWorkspace()
        .Add("boards/arm64.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\n")
        .Add("boards/b.yaml", Board)
        .Add("boards/npu.yaml", "accelerator: npu\nmodules: [ npu ]\nchecks: [ { name: works, run: npu, needs: [ module-npu, boot/kernel-log, \"package:tool\" ] } ]")
        .Add("images/i.yaml", "image: i\npackages: [ tool ]\nwithout-checks: [ clock ]\nchecks: [ { name: hostname, run: hostname, output: i }, { name: list, run: ls, golden: i/list.txt, needs: [ hostname, /dev/null, tool/help ] } ]")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\npackages: [ gcc ]")
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable\ncomponents: [ main ]")
        .Add("recipes/linux.yaml", "recipe: linux\nversion: 6.12\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: defconfig }")
        .Recipe("tool", "packages: [ { name: tool, files: [ /** ] } ]\nchecks: [ { name: help, run: tool } ]");

    [Fact]
    public void Checks_of_boards_and_images_are_read_with_needs_and_outputs()
    {
        var workspace = Machine().Good();

        var list = workspace.Images["i"].Checks[1];
        Assert.Equal(("images/i/list.txt", null), (list.Golden?.Value, list.Output?.Value));
        Assert.Equal(["hostname", "/dev/null", "tool/help"], list.Needs.Select(need => need.Value));
        Assert.Equal("i", workspace.Images["i"].Checks[0].Output?.Value);
        Assert.Equal(("console", "network", "clock", "npu"),
            (workspace.Boards["b"].Checks[0].Name.Value, workspace.Boards["b"].WithoutChecks[0].Value, workspace.Images["i"].WithoutChecks[0].Value, workspace.Boards["b"].Qemu!.Without[0].Value));
    }

    [Fact]
    public void Faults_are_read_of_checks_that_are_about_an_accelerator_which_a_program_serves()
    {
        var workspace = Machine()
            .Add("boards/npu.yaml", "accelerator: npu\nserver: imagecraft-vnpu\nchecks: [ { name: own, run: npu, faults: [ stall, \"bit-flip:20\" ] } ]")
            .Replace("images/i.yaml", "output: i", "output: i, faults: [ gone ], needs: [ \"accelerator:npu\" ]")
            .Good();

        Assert.Equal(["stall", "bit-flip:20"], workspace.Accelerators["npu"].Checks[0].Faults.Select(fault => fault.Value));
        Assert.Equal("gone", workspace.Images["i"].Checks[0].Faults.Single().Value);
    }

    [Theory]
    [InlineData("images/i.yaml", "[ hostname, ", "[ hostnam, ", "Unknown check `hostnam`, which check `list` of `i` needs", "Did you mean `hostname`?")]
    [InlineData("images/i.yaml", "tool/help", "tool/halp", "Unknown check `tool/halp`, which check `list` of `i` needs", "Did you mean `tool/help`?")]
    [InlineData("boards/npu.yaml", "package:tool", "package:tol", "Unknown package `tol`, which check `works` needs", "Did you mean `tool`?")]
    [InlineData("boards/npu.yaml", "package:tool", "accelerator:nqu", "Unknown accelerator `nqu`, which check `works` needs", "Did you mean `npu`?")]
    [InlineData("boards/npu.yaml", "package:tool", "model:vad", "Unknown model `vad`, which check `works` needs", "There is no model yet")]
    [InlineData("boards/npu.yaml", "boot/kernel-log", "boot/kernel-lag", "Unknown check `boot/kernel-lag`, which check `works` of `npu` needs", "Did you mean `boot/kernel-log`?")]
    [InlineData("images/i.yaml", "run: hostname, output: i", "run: hostname, needs: [ list ]", "Check `list` of `i` needs `hostname`, which needs it in turn", "Remove one of these needs")]
    [InlineData("images/i.yaml", "run: hostname, output: i", "run: hostname, needs: [ hostname ]", "Check `hostname` of `i` needs `hostname`, which needs it in turn", "Remove one of these needs")]
    [InlineData("images/i.yaml", "golden: i/list.txt", "output: x, golden: i/list.txt", "`output` and `golden` both say what the whole output is", "Remove one of them")]
    [InlineData("images/i.yaml", "golden: i/list.txt", "expects: panic, contains: [ x ]", "A check that `expects` a panic is judged by that alone, and here something is asked of what it prints", "Remove it, or make it a check of its own")]
    [InlineData("images/i.yaml", "golden: i/list.txt", "expects: rebot", "`expects` must be one of [ `reboot`, `panic` ], not `rebot`", "Did you mean `reboot`?")]
    [InlineData("images/i.yaml", "i/list.txt", "../../list.txt", "`golden` names `../../list.txt`, which lies outside of the workspace", "Names are relative to the folder of the file they are written in")]
    [InlineData("images/i.yaml", "[ clock ]", "[ clok ]", "An item of `without-checks` must be one of [ `clock`, `disk`, `entropy`, `kernel-log`, `mounts`, `network`, `reboot`, `services`, `state` ], not `clok`", "Did you mean `clock`?")]
    [InlineData("boards/b.yaml", "without: [ npu ]", "without: [ gpu ]", "Board `b` has no accelerator `gpu`, which its QEMU machine is without", "Did you mean `npu`?")]
    [InlineData("boards/b.yaml", "{ name: console, run: tty, needs: [ i/hostname ] }", "{ name: console, run: a }, { name: console, run: b }", "Check `console` stands twice in board `b`", "The other is at boards/b.yaml:8:19; rename one")]
    [InlineData("boards/npu.yaml", "run: npu,", "run: npu, faults: [ stall ],", "Check `works` lets things go wrong, but is about no accelerator that a program serves", "Name one that has `server` by `needs: [ \"accelerator:NAME\" ]`, or remove `faults`")]
    [InlineData("boards/npu.yaml", "run: npu,", "run: npu, faults: [ stal ],", "An item of `faults` must be a fault such as `stall` or `bit-flip:2`, not `stal`", "Did you mean `stall`?")]
    [InlineData("boards/npu.yaml", "run: npu,", "run: npu, faults: [ \"stall:0\" ],", "An item of `faults` must be a fault such as `stall` or `bit-flip:2`, not `stall:0`", "Write a number of jobs from 1 to 999999 behind the colon")]
    public void What_is_wrong_with_a_check_is_told_with_its_place(string path, string right, string wrong, string message, string hint)
    {
        var diagnostics = Machine().Replace(path, right, wrong).Read().Diagnostics;

        Assert.All(diagnostics, diagnostic => Assert.Equal((message, hint, path), (diagnostic.Message, diagnostic.Hint, diagnostic.Span?.File)));
        Assert.NotEmpty(diagnostics);
    }
}
