// A board that is one YAML file of a layer, not of the repository: built by the real command line, and booted.

namespace Imagecraft.EndToEnd.Tests;

public sealed class OneFileBoardTests : IDisposable
{
    // Like qemu-arm64, but with one processor, less memory, another partition and another word on its command line: the kernel is equal, so it comes from the cache.
    private const string Board = """
        board: desk
        summary: A machine that only this test has
        architecture: arm64
        cpu-flags: [ -mcpu=cortex-a57 ]
        kernel: linux
        kernel-fragments: [ ../../../boards/platforms/virt-arm.config ]
        command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=system rw panic=-1 desk=yes"
        console: ttyAMA0
        accelerators: [ etnaviv, qaic, rocket, hello ]
        default-image: edge-ml
        partitions:
          - { name: spare, type: linux, size: 1 MiB }
          - { name: system, type: linux-root-arm64, content: rootfs.ext4 }
        qemu:
          system: aarch64
          without: [ etnaviv, qaic, rocket ]
          arguments: [ -machine, "virt,gic-version=3", -cpu, cortex-a57, -smp, "1", -m, 384M, -kernel, "$IMAGE", -append, "$CMDLINE", -drive, "file=$DISK,format=raw,if=virtio,snapshot=on", -netdev, "user,id=net0", -device, "virtio-net-pci,netdev=net0,romfile=", -device, virtio-rng-pci ]
        """;

    private readonly RepositoryWorkspace _workspace = new();

    [Fact]
    [Trait("Matrix", "wide")]
    public async Task One_file_makes_a_board_that_is_built_boots_and_passes_its_checks()
    {
        _workspace.Write("layers/mine/boards/desk.yaml", Board);

        var result = await _workspace.RunAsync("check", "--board", "desk", "--locked");

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("desk=yes", await File.ReadAllTextAsync(Path.Combine(_workspace.Root, "out", "desk", "edge-ml", "check", "console.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    public void Dispose() => _workspace.Dispose();
}
