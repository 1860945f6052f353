// A board that is one YAML file of a layer, not of the repository: built by the real command line, and booted.

using CliWrap;
using CliWrap.Buffered;

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
        command-line: "console=ttyAMA0 root=PARTLABEL=system rw panic=-1 desk=yes"
        console: ttyAMA0
        accelerators: [ etnaviv, qaic, rocket, hello ]
        default-image: edge-ml
        partitions:
          - { name: spare, type: linux, size: 1 MiB }
          - { name: system, type: linux-root-arm64, content: rootfs.ext4 }
        qemu:
          system: aarch64
          without: [ etnaviv, qaic, rocket ]
          arguments: [ -machine, "virt,gic-version=3", -cpu, cortex-a57, -smp, "1", -m, 384M, -kernel, "{image}", -append, "{cmdline}", -drive, "file={disk},format=raw,if=virtio,snapshot=on", -netdev, "user,id=net0", -device, "virtio-net-pci,netdev=net0,romfile=", -device, virtio-rng-pci ]
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("imagecraft-board-").FullName;

    public OneFileBoardTests()
    {
        foreach (var name in new[] { "boards", "images", "models", "recipes", "runtime", "imagecraft.lock", "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "global.json" })
            File.CreateSymbolicLink(Path.Combine(_root, name), Path.Combine(Repository, name));
        Directory.CreateDirectory(Path.Combine(_root, "layers", "mine", "boards"));
        File.WriteAllText(Path.Combine(_root, "layers", "mine", "layer.yaml"), "layer: mine\n");
        File.WriteAllText(Path.Combine(_root, "layers", "mine", "boards", "desk.yaml"), Board);
    }

    [Fact]
    public async Task One_file_makes_a_board_that_is_built_boots_and_passes_its_checks()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(40));

        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), "check", "--board", "desk", "--locked"])
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", _root))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("desk=yes", await File.ReadAllTextAsync(Path.Combine(_root, "out", "desk", "edge-ml", "check", "console.log"), limit.Token), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Repository
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Imagecraft.sln")))
                folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run below a checkout");
            return folder;
        }
    }
}
