// A small board in QEMU and small images for it, above the repository's recipes. Unaware of what they are tested for.

using System.Collections.Concurrent;
using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;

namespace Imagecraft.EndToEnd.Tests;

internal sealed class DeskWorkspace : IDisposable
{
    /// <summary>The kernel of edge-ml on qemu-arm64, so that it is built already.</summary>
    public const string KnownKernel = "kernel-fragments: [ ../../../images/edge-ml/cgroups.config, ../../../images/features/profiling.config ]\n";

    /// <summary>One more kernel, which goes on from there and serves all other tests: it adds what <c>readonly-root</c> and <c>tracing</c> want, and of systemd's wishes those that change little of the kernel.</summary>
    public const string LayeredKernel = "kernel-fragments: [ ../../../images/edge-ml/cgroups.config, ../../../images/features/profiling.config, ../../../images/features/readonly-root.config, ../../../images/features/tracing.config, systemd.config ]\n";

    private const string Image = """
        image: NAME
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
          arguments: [ -machine, "virt,gic-version=3", -cpu, cortex-a57, -m, 512M, -kernel, "$IMAGE", -append, "$CMDLINE", DRIVES, -device, virtio-rng-pci ]

        """;

    private const string SystemdFragment = "CONFIG_FHANDLE=y\nCONFIG_AUTOFS_FS=y\nCONFIG_TMPFS_POSIX_ACL=y\n";

    // By the line that tells what is in it: tests that run at the same time would compile the same kernel twice.
    private static readonly ConcurrentDictionary<string, Lazy<Task>> Kernels = new(StringComparer.Ordinal);

    private readonly RepositoryWorkspace _workspace = new();

    public DeskWorkspace() => _workspace.Write("layers/mine/images/systemd.config", SystemdFragment);

    /// <summary>The board's disk as QEMU's argument.</summary>
    public const string Disk = "-drive, \"file=$DISK,format=raw,if=virtio,snapshot=on\"";

    /// <summary>A path in the workspace.</summary>
    public string PathOf(string path) => Path.Combine(_workspace.Root, path);

    /// <summary>Writes a file of the workspace.</summary>
    public void Write(string path, string text) => _workspace.Write(path, text);

    /// <summary>Writes the board.</summary>
    /// <param name="text">What is its own.</param>
    /// <param name="drives">Its disks as QEMU's arguments.</param>
    /// <param name="image">Its default image.</param>
    /// <param name="diskSize">Of QEMU's disk, e.g. <c>512 MiB</c>; null: as large as the image.</param>
    public void WriteBoard(string text, string drives = Disk, string image = "tiny", string? diskSize = null) =>
        _workspace.Write("layers/mine/boards/desk.yaml", Board.Replace("DRIVES", drives, StringComparison.Ordinal).Replace("  system: aarch64\n", diskSize is null ? "  system: aarch64\n" : $"  system: aarch64\n  disk-size: {diskSize}\n", StringComparison.Ordinal).Replace("default-image: tiny", $"default-image: {image}", StringComparison.Ordinal) + text);

    /// <summary>Writes an image.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">Lines beside its usual ones.</param>
    /// <param name="root">Further fields of its user root, each with a comma before it.</param>
    public void WriteImage(string name, string text, string root = "") =>
        _workspace.Write($"layers/mine/images/{name}.yaml", Image.Replace("NAME", name, StringComparison.Ordinal).Replace("password: \"\"", $"password: \"\"{root}", StringComparison.Ordinal) + text);

    /// <summary>Builds an image; its artifacts lie in <c>out/desk/NAME</c>.</summary>
    public async Task BuildAsync(string image)
    {
        await KernelAsync(image);
        Succeeded(await _workspace.RunAsync("image", "--board", "desk", "--image", image, "--locked"));
    }

    /// <summary>Builds the image <c>tiny</c>, boots it, runs its checks, and gives exit code and output.</summary>
    public async Task<(int ExitCode, string Text)> CheckAsync()
    {
        await KernelAsync("tiny");
        var result = await _workspace.RunAsync("check", "--board", "desk", "--locked");
        return (result.ExitCode, result.StandardOutput + result.StandardError);
    }

    /// <summary>Builds an image and boots it on a machine whose disk lives as long as the machine's object.</summary>
    /// <param name="image">The image.</param>
    /// <param name="change">What becomes of the machine before it starts.</param>
    /// <param name="hasVolatileCache">See <see cref="MachineOptions.VolatileCache"/>.</param>
    public async Task<Machine> BootAsync(string image, Func<MachineDescription, Task<MachineDescription>>? change = null, bool hasVolatileCache = false)
    {
        await KernelAsync(image);
        var file = PathOf("machine.json");
        Succeeded(await _workspace.RunAsync("machine", "--board", "desk", "--image", image, "--locked", file));
        var description = MachineDescription.FromJson(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        return await Machine.StartAsync(new MachineOptions { Description = change is null ? description : await change(description), VolatileCache = hasVolatileCache }, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>The first that asks for a kernel builds it; the others wait.</summary>
    private Task KernelAsync(string image)
    {
        var fragments = File.ReadLines(PathOf($"layers/mine/images/{image}.yaml")).FirstOrDefault(line => line.StartsWith("kernel-fragments:", StringComparison.Ordinal)) ?? "";
        return Kernels.GetOrAdd(fragments, _ => new(async () => Succeeded(await _workspace.RunAsync("build", "linux", "--board", "desk", "--image", image, "--locked")))).Value;
    }

    private static void Succeeded(CliWrap.Buffered.BufferedCommandResult result) => Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
}
