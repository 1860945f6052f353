// Machines of the real QEMU that run a program without a kernel. Unaware of what is tested.

using System.Collections.Immutable;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

/// <summary>A folder with their artifacts, whose names have commas.</summary>
internal sealed class BareMachines : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-");

    public string Folder => folder.FullName;

    public string Disk => Path.Combine(Folder, "disk, too");

    private static string ToolRoot => Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_QEMU_ROOT") is { Length: > 0 } root
        ? root
        : throw new InvalidOperationException("`IMAGECRAFT_TEST_QEMU_ROOT` is not set; run the tests by `./build.sh test`, or set it to a tool root with QEMU");

    /// <summary>A machine that prints a text, then powers off or waits forever.</summary>
    public MachineDescription Describe(string prints, bool powerOff = true, params ImmutableArray<string> more)
    {
        string image = Path.Combine(Folder, "program, with a comma");
        File.WriteAllBytes(image, BareMetal.Program(prints, powerOff));
        File.WriteAllBytes(Disk, new byte[1 << 20]);
        return new()
        {
            ToolRoot = ToolRoot,
            System = "aarch64",
            Image = image,
            Disk = Disk,
            CommandLine = "console=ttyAMA0, or so",
            Arguments = ["-machine", "virt", "-cpu", "cortex-a57", "-nodefaults", "-m", "64M", "-kernel", "$IMAGE", "-append", "$CMDLINE", "-drive", "file=$DISK,format=raw,if=virtio,snapshot=on", .. more],
        };
    }

    public void Dispose() => folder.Delete(recursive: true);
}
