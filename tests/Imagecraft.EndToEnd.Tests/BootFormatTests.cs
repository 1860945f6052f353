// Root file systems, partition tables and forms of networks that no image of the repository has, booted.

namespace Imagecraft.EndToEnd.Tests;

public sealed class BootFormatTests : IDisposable
{
    // The kernel of edge-ml on qemu-arm64, so that it is built already, or goes on from there.
    private const string Image = """
        image: tiny
        packages: [ base-files, busybox, imagecraft-infer ]
        kernel-fragments: [ ../../../images/edge-ml/cgroups.config, ../../../images/features/profiling.config ]
        groups: [ { name: render, id: 105 } ]
        users: [ { name: root, id: 0, home: /root, shell: /bin/sh, password: "" } ]

        """;

    private const string Board = """
        board: desk
        architecture: arm64
        cpu-flags: [ -mcpu=cortex-a57 ]
        kernel: linux
        kernel-fragments: [ ../../../boards/platforms/virt-arm.config ]
        console: ttyAMA0
        accelerators: [ etnaviv, qaic, rocket, hello ]
        default-image: tiny
        without-checks: [ network ]
        qemu:
          system: aarch64
          without: [ etnaviv, qaic, rocket ]
          arguments: [ -machine, "virt,gic-version=3", -cpu, cortex-a57, -m, 384M, -kernel, "{image}", -append, "{cmdline}", -drive, "file={disk},format=raw,if=virtio,snapshot=on", -device, virtio-rng-pciMORE ]

        """;

    private readonly RepositoryWorkspace _workspace = new();

    [Fact]
    public async Task An_initramfs_is_the_whole_system_and_runs_a_network_in_ONNX_Runtimes_own_form() =>
        await PassesAsync(
            Image + "checks: [ { name: in-memory, run: \"grep ' / ' /proc/mounts\", contains: [ \"rootfs / rootfs rw\" ] } ]\nmodels: [ { model: fashion-mnist, variant: int8, format: ort } ]\n",
            ["fashion-mnist", "in-memory"],
            Board.Replace("MORE", ", -initrd, \"{file:rootfs.cpio.gz}\"", StringComparison.Ordinal) + """
            command-line: "console=ttyAMA0 rdinit=/sbin/init rw panic=-1"
            formats: [ rootfs.cpio.gz ]
            partitions: [ { name: data, type: linux, size: 1 MiB } ]

            """);

    [Fact]
    public async Task A_disk_with_an_MBR_holds_a_squashfs_that_an_overlay_makes_writable() =>
        await PassesAsync(
            Image + "features: [ readonly-root ]\nroot: squashfs\nchecks: [ { name: table, run: \"dd if=/dev/vda bs=1 skip=450 count=1 2>/dev/null | od -An -tx1\", contains: [ \" 83\" ] } ]\n",
            ["lower-is-read-only", "table"],
            Board.Replace("MORE", "", StringComparison.Ordinal) + """
            command-line: "console=ttyAMA0 root=/dev/vda1 panic=-1"
            partition-table: mbr
            partitions: [ { name: root, type: linux, content: rootfs } ]

            """);

    [Fact]
    public async Task What_is_written_over_a_root_that_is_only_read_lies_on_the_partition_for_state() =>
        await PassesAsync(
            Image + "features: [ readonly-root ]\nchecks: [ { name: on-disk, run: \"grep ' /sysroot/state ' /proc/mounts; ls /sysroot/state\", contains: [ \"/dev/vda2 /sysroot/state ext4 rw\", upper ] } ]\n",
            ["writes", "on-disk"],
            Board.Replace("MORE", "", StringComparison.Ordinal) + """
            command-line: "console=ttyAMA0 root=PARTLABEL=root panic=-1"
            partitions:
              - { name: root, type: linux-root-arm64, content: rootfs }
              - { name: state, type: linux, size: 16 MiB, content: ext4, attributes: [ grow ] }

            """);

    public void Dispose() => _workspace.Dispose();

    private async Task PassesAsync(string image, string[] checks, string board)
    {
        _workspace.Write("layers/mine/images/tiny.yaml", image);
        _workspace.Write("layers/mine/boards/desk.yaml", board);

        var result = await _workspace.RunAsync("check", "--board", "desk", "--locked");

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains(" 0 failed", result.StandardOutput, StringComparison.Ordinal);
        Assert.All(checks, check => Assert.Contains(check, result.StandardOutput, StringComparison.Ordinal));
    }
}
