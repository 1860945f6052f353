// What the command line says of boards: their page, several at once, the table of the matrix.

using System.Xml;
using Imagecraft.Cli.Boards;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Cli.Tests;

public sealed class BoardTests : IDisposable
{
    private const string Report = "<?xml version=\"1.0\"?><testsuites><testsuite name=\"desk/base\" tests=\"21\" failures=\"1\" errors=\"2\" time=\"3\"><properties><property name=\"boot-time\" value=\"4.25\" /></properties></testsuite></testsuites>";

    private readonly CliProcess _cli = new();

    public BoardTests()
    {
        _cli.Write("recipes/feed.yaml", "feed: trixie\nsuite: trixie\ncomponents: [ main ]\n");
        _cli.Write("recipes/cross.yaml", "toolroot: cross\nfeed: trixie\npackages: [ gcc ]\n");
        _cli.Write("recipes/linux.yaml", "recipe: linux\nversion: \"6.12\"\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: tinyconfig }\n");
        _cli.Write("recipes/loader.yaml", "recipe: loader\nversion: \"1\"\nlicense: MIT\nbuild: { system: script, steps: \"true\" }\npackages: [ { name: loader, files: [ /** ] } ]\n");
        _cli.Write("images/base.yaml", "image: base\n");
        _cli.Write("images/large.yaml", "image: large\n");
        _cli.Write("images/other.yaml", "image: other\n");
        _cli.Write("boards/arch.yaml", "architecture: riscv64\ndebian: riscv64\ntriplet: riscv64-linux-gnu\nkernel-arch: riscv\nkernel-image: Image\ncpu: riscv64\ntoolroot: cross\n");
        _cli.Write("boards/npu.yaml", "accelerator: npu\nmodules: [ npu ]\npackages: [ loader ]\ndevices: [ { path: /dev/accel/accel* } ]\n");
        _cli.Write("boards/new.yaml", "accelerator: new-npu\nmodules: [ new ]\nsince-kernel: \"6.18\"\n");
        _cli.Write("boards/desk.yaml", """
            board: desk
            summary: A machine on the desk
            architecture: riscv64
            cpu-flags: [ -march=rv64gc ]
            kernel: linux
            command-line: console=ttyS0
            console: ttyS0
            accelerators: [ npu, new-npu ]
            default-image: base
            images: [ base, large, other ]
            artifacts: [ { name: loader.bin, package: loader, file: /boot/loader.bin } ]
            partitions:
              - { name: boot, type: esp, offset: 8 MiB, size: 64 MiB, content: vfat, files: [ { path: /Image, artifact: Image } ] }
              - { name: root, type: linux-root-riscv64, content: rootfs.ext4 }
              - { name: data, type: linux, size: 1 GiB }
            blobs:
              - { name: loader, offset: 32 KiB, size: 4 MiB, package: loader, file: /boot/loader.bin }
            flashing: "Write disk.img to the card."
            qemu: { system: riscv64, arguments: [ -machine, virt, -bios, "${FILE:loader.bin}" ] }
            """);
    }

    [Fact]
    public async Task The_page_of_a_board_says_what_it_brings_and_what_its_images_did_last()
    {
        _cli.Write("out/desk/base/check/junit.xml", Report);
        _cli.Write("out/desk/large/check/junit.xml", Report.Replace("failures=\"1\" errors=\"2\"", "failures=\"0\" errors=\"0\" skipped=\"2\"", StringComparison.Ordinal));
        _cli.Write("out/desk/large/check-on-board/junit.xml", Report.Replace("failures=\"1\" errors=\"2\"", "failures=\"0\" errors=\"0\"", StringComparison.Ordinal));

        var (code, errors, output) = await _cli.RunAsync("show", "board", "desk");

        Assert.Equal((0, ""), (code, errors));
        Golden.Check(output);
    }

    [Fact]
    public async Task The_merged_fields_of_a_board_are_shown_on_demand()
    {
        Assert.Contains("command-line: console=ttyS0\n", (await _cli.RunAsync("show", "board", "desk", "--fields")).Output, StringComparison.Ordinal);
        Assert.Contains("command-line: console=ttyS0  # boards/desk.yaml:6:15", (await _cli.RunAsync("show", "board", "desk", "--origin")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verb_for_one_board_refuses_two()
    {
        var (code, errors, _) = await _cli.RunAsync("check", "--board", "desk", "--board", "desk");
        Assert.Equal(3, code);
        Assert.StartsWith("error: `--board` stands more than once; `image` and `fetch` build several boards at once\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_second_board_is_looked_up_as_the_first_one_is()
    {
        var (code, errors, _) = await _cli.RunAsync("image", "--board", "desk", "--board", "deks", "--offline");
        Assert.Equal((3, "error: No board is named `deks`\n  Did you mean `desk`?\n"), (code, errors));
    }

    [Fact]
    public async Task A_board_of_the_matrix_that_does_not_exist_is_told_with_the_nearest() =>
        Assert.Equal((3, "error: No board is named `dsk`\n  Did you mean `desk`?\n", ""), await _cli.RunAsync("test", "--all-boards", "dsk"));

    [Fact]
    public async Task A_board_that_cannot_be_built_is_a_failure_in_the_table_and_does_not_stop_the_matrix()
    {
        var (code, errors, output) = await _cli.RunAsync("test", "--all-boards", "desk");

        Assert.Equal(1, code);
        Assert.Contains("error: ", errors, StringComparison.Ordinal);
        Assert.Contains("| desk | base | loader.bin | **not built** | **not run** |", output, StringComparison.Ordinal);
        Assert.Contains("| desk | other | loader.bin | **not built** | **not run** |", output, StringComparison.Ordinal);
        Assert.Contains("0 passed, 3 failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_board_that_cannot_be_read_is_a_failure_in_the_table()
    {
        _cli.Write("boards/broken.yaml", "board: broken\n");

        var (code, errors, output) = await _cli.RunAsync("test", "--all-boards", "broken");

        Assert.Equal(1, code);
        Assert.Contains("boards/broken.yaml:1:1: error IC0103", errors, StringComparison.Ordinal);
        Assert.Contains("| broken |  |  | **not built** |", output, StringComparison.Ordinal);
        Assert.Contains("0 passed, 1 failed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--locked", "--all-boards", "desk", "imagecraft.lock")]
    [InlineData("--repeat", "0", "--all-boards", "`--repeat` must be at least 1")]
    [InlineData("--filter", "base", "--strict", "[--filter, --strict] belong to `--all-boards`")]
    [InlineData("--all-boards", "--method", "*Boot*", "[--method] does not go with `--all-boards`")]
    public async Task The_matrix_takes_the_options_of_a_check(string first, string second, string third, string told)
    {
        var (code, errors, _) = await _cli.RunAsync("test", first, second, third);

        Assert.NotEqual(0, code);
        Assert.Contains(told, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Unknown option", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_left_out_of_a_check_did_not_pass()
    {
        var record = CheckRecord.Parse(Report.Replace("errors=\"2\"", "errors=\"2\" skipped=\"4\"", StringComparison.Ordinal), DateTimeOffset.UnixEpoch);
        Assert.Equal((14, 3), (record.Passed, record.Failed));
    }

    [Fact]
    public void The_counts_of_boots_are_those_of_their_report()
    {
        Check check = new() { Owner = "busybox", Name = "applets", Run = "true" };
        CheckReport[] boots =
        [
            new("desk/base", [Result(CheckOutcome.Passed), Result(CheckOutcome.LeftOut), Result(CheckOutcome.Failed)], new(TimeSpan.FromSeconds(4.25), null)),
            new("desk/base", [Result(CheckOutcome.Passed), Result(CheckOutcome.Broken)], new(TimeSpan.FromSeconds(5), 1 << 20)),
        ];

        var record = CheckRecord.Of(boots, DateTimeOffset.UnixEpoch);

        Assert.Equal(CheckRecord.Parse(CheckFiles.JUnitXml(boots), DateTimeOffset.UnixEpoch), record);
        Assert.Equal(new(2, 2, TimeSpan.FromSeconds(4.25), DateTimeOffset.UnixEpoch) { Skipped = 1 }, record);

        CheckResult Result(CheckOutcome outcome) => new(check, outcome, [], "", TimeSpan.Zero);
    }

    [Fact]
    public void A_report_gives_its_counts_and_the_time_of_the_boot()
    {
        var record = CheckRecord.Parse(Report, DateTimeOffset.UnixEpoch);
        Assert.Equal((18, 3, TimeSpan.FromSeconds(4.25)), (record.Passed, record.Failed, record.Boot));
        Assert.Throws<XmlException>(() => CheckRecord.Parse("<testsuites>", DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void A_check_that_was_ended_while_it_wrote_is_none()
    {
        _cli.Write("out/desk/large/check/junit.xml", Report[..60]);
        Assert.Null(CheckRecord.Read(Path.Combine(_cli.Root, "out", "desk", "large")));
    }

    [Fact]
    public void The_matrix_is_a_table_in_which_failures_stand_out()
    {
        MatrixRow[] rows =
        [
            new("a", "base", "u-boot.bin", new(20, 0, TimeSpan.FromSeconds(4.25), DateTimeOffset.UnixEpoch), (200 << 20, 8 << 20, 30 << 20), []),
            new("b", "base", "kernel", new(3, 2, null, DateTimeOffset.UnixEpoch), (200 << 20, 8 << 20, 30 << 20), []),
            new("c", "base", "kernel", null, null, []),
            new("d", "base", "", null, (200 << 20, 8 << 20, 30 << 20), []),
            new("e", "base", "", null, (200 << 20, 8 << 20, 30 << 20), ["The second sector is no GPT header"]),
            new("f", "base", "kernel", null, null, []) { LeftOut = true },
            new("g", "base", "kernel", new(20, 0, TimeSpan.FromSeconds(9.5), DateTimeOffset.UnixEpoch), (200 << 20, 8 << 20, 30 << 20), []) { IsWorse = true },
        ];

        Assert.Equal([true, false, false, true, false, false, false], rows.Select(r => r.Passed));
        Golden.Check(string.Concat(BoardMatrix.Table(rows).Select(l => l + "\n")));
    }

    public void Dispose() => _cli.Dispose();
}
