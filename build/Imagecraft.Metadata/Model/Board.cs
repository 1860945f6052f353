// What a board, an architecture and an accelerator say. Unaware of YAML.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A machine an image is made for.</summary>
public sealed record Board
{
    /// <summary>Whether a text can be <see cref="Console"/>: the name of a device, without folder and speed.</summary>
    public static bool IsConsole(string text) => Forms.TextShapes.IsTerminal(text);

    /// <summary>Unique name.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>What it chooses of recipes.</summary>
    public Choices Choices { get; init; } = Choices.None;

    /// <summary>Name of an <see cref="Architecture"/>.</summary>
    public required Sited<string> Architecture { get; init; }

    /// <summary>Compiler flags that tune for its CPU, e.g. <c>-mcpu=cortex-a57</c>.</summary>
    public ImmutableArray<Sited<string>> CpuFlags { get; init; } = [];

    /// <summary>Recipe of system <c>kernel</c>.</summary>
    public required Sited<string> Kernel { get; init; }

    /// <summary>Kernel fragments of the board (workspace-relative paths).</summary>
    public ImmutableArray<Sited<string>> KernelFragments { get; init; } = [];

    /// <summary>Kernel command line.</summary>
    public required Sited<string> CommandLine { get; init; }

    /// <summary>Serial console device on the board, e.g. <c>ttyAMA0</c>.</summary>
    public required Sited<string> Console { get; init; }

    /// <summary>Names of accelerators.</summary>
    public ImmutableArray<Sited<string>> Accelerators { get; init; } = [];

    /// <summary>Packages that every image with a system gets on it: firmware of its devices.</summary>
    public ImmutableArray<Sited<string>> Packages { get; init; } = [];

    /// <summary>What its CPU takes of a network; null: as its architecture says.</summary>
    public ProfileSpec? Profile { get; init; }

    /// <summary>Who runs networks.</summary>
    public InferenceSpec Inference { get; init; } = new(null, false);

    /// <summary>Image that is built when none is named.</summary>
    public required Sited<string> DefaultImage { get; init; }

    /// <summary>The disk's partition table: <c>gpt</c> (when null) or <c>mbr</c>.</summary>
    public Sited<string>? PartitionTable { get; init; }

    /// <summary>Bytes of the logical sectors of the medium that the disk is for, 512 or 4096; null: 512.</summary>
    public Sited<int>? SectorSize { get; init; }

    /// <summary>Images that are known to work on it: those that the wider test matrix boots and checks.</summary>
    public ImmutableArray<Sited<string>> Images { get; init; } = [];

    /// <summary>What recipes that are built per board see as variables, e.g. <c>UBOOT_CONFIG</c>.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Variables { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Further build dependencies of recipes that are built per board, by recipe: the firmware that a boot loader carries.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<Sited<string>>> BuildDepends { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<Sited<string>>>.Empty;

    /// <summary>Kconfig fragments of the board for recipes that are built per board, by recipe (workspace-relative paths): what its boot loader must have.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<Sited<string>>> BuildFragments { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<Sited<string>>>.Empty;

    /// <summary>The kernel's boot image below <c>arch/ARCH/boot</c>, which the kernel's build makes; null: the architecture's.</summary>
    public Sited<string>? KernelImage { get; init; }

    /// <summary>Device trees beside the disk.</summary>
    public ImmutableArray<DeviceTreeSpec> DeviceTrees { get; init; } = [];

    /// <summary>Device tree overlays beside the disk, which the boot loader lays over a device tree in this order.</summary>
    public ImmutableArray<OverlaySpec> Overlays { get; init; } = [];

    /// <summary>FIT images of kernel and device trees beside the disk.</summary>
    public ImmutableArray<FitImageSpec> FitImages { get; init; } = [];

    /// <summary>Scripts for U-Boot beside the disk.</summary>
    public ImmutableArray<BootScriptSpec> BootScripts { get; init; } = [];

    /// <summary>Files of packages that lie beside the disk, or are given to QEMU.</summary>
    public ImmutableArray<BoardFile> Artifacts { get; init; } = [];

    /// <summary>How the disk comes onto the board, for people.</summary>
    public string? Flashing { get; init; }

    /// <summary>Partitions of the disk, in order.</summary>
    public ImmutableArray<PartitionSpec> Partitions { get; init; } = [];

    /// <summary>The packages whose programs let partitions grow and mount them, each where that is asked for first; images of the board have them by themselves.</summary>
    public IEnumerable<Sited<string>> DiskPackages => new[]
    {
        Partitions.FirstOrDefault(p => p.Grows || p.Mount is not null) is { } any ? any.Name with { Value = "disk-init" } : null,
        Partitions.FirstOrDefault(p => p.Grows) is { } grown ? grown.Name with { Value = "sfdisk" } : null,
    }.OfType<Sited<string>>();

    /// <summary>What lies at fixed places of the disk outside of partitions, where a boot ROM reads it.</summary>
    public ImmutableArray<BlobSpec> Blobs { get; init; } = [];

    /// <summary>What ROM and boot loader are to find on the disk; null: nobody says.</summary>
    public BootChainSpec? BootChain { get; init; }

    /// <summary>What its kernel must drive; null: nobody says.</summary>
    public LintSpec? Lint { get; init; }

    /// <summary>Artifacts that every image of the board comes in, besides those its partitions need, e.g. <c>rootfs.erofs</c>.</summary>
    public ImmutableArray<Sited<string>> Formats { get; init; } = [];

    /// <summary>QEMU machine; null for boards that QEMU does not have.</summary>
    public QemuSpec? Qemu { get; init; }

    /// <summary>Commands that prove the board, whatever image it boots.</summary>
    public ImmutableArray<CheckSpec> Checks { get; init; } = [];

    /// <summary>Names of standard checks of a boot that do not hold for it, e.g. <c>network</c>.</summary>
    public ImmutableArray<Sited<string>> WithoutChecks { get; init; } = [];

    /// <summary>File name of the kernel's boot image.</summary>
    /// <param name="architecture">The board's.</param>
    public string KernelImageOf(Architecture architecture) => (KernelImage ?? architecture.KernelImage).Value;
}

/// <summary>A file of a package, under a name of its own beside the disk.</summary>
/// <param name="Name">File name in <c>out/BOARD/IMAGE/</c>, in <c>artifact:</c> of partitions' files and in <c>${FILE:NAME}</c> of QEMU's arguments.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record BoardFile(Sited<string> Name, PackageFile Source);

/// <summary>How QEMU is started for a board.</summary>
/// <param name="System">Suffix of <c>qemu-system-</c>.</param>
/// <param name="Arguments">Arguments; <c>$IMAGE</c>, <c>$DISK</c>, <c>${FILE:NAME}</c> and <c>$CMDLINE</c> stand for the artifacts' paths and the command line, <c>$CHANNEL</c> for the options that make a port the channel of commands.</param>
public sealed record QemuSpec(Sited<string> System, ImmutableArray<Sited<string>> Arguments)
{
    /// <summary>Accelerators of the board whose hardware QEMU does not have: their device nodes are not expected.</summary>
    public ImmutableArray<Sited<string>> Without { get; init; } = [];

    /// <summary>Bytes of the disk that the machine sees, when that is more than the image has; null: the image's.</summary>
    public Sited<long>? DiskSize { get; init; }

    /// <summary>Which serial port is the console, counted from 0.</summary>
    public Sited<int>? ConsolePort { get; init; }
}

/// <summary>An instruction set with the names each tool has for it.</summary>
public sealed record Architecture
{
    /// <summary>Our name, e.g. <c>arm64</c>.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>Debian's architecture name.</summary>
    public required Sited<string> Debian { get; init; }

    /// <summary>GNU triplet, e.g. <c>aarch64-linux-gnu</c>.</summary>
    public required Sited<string> Triplet { get; init; }

    /// <summary>The kernel's <c>ARCH</c>.</summary>
    public required Sited<string> KernelArch { get; init; }

    /// <summary>The kernel's boot image below <c>arch/ARCH/boot</c>, e.g. <c>Image</c>.</summary>
    public required Sited<string> KernelImage { get; init; }

    /// <summary>.NET runtime identifier; null when NativeAOT does not exist for it.</summary>
    public Sited<string>? DotnetRid { get; init; }

    /// <summary>Rust's name of it, with the tool root that has its standard library; null: nothing can be built by Cargo.</summary>
    public RustSpec? Rust { get; init; }

    /// <summary>Go's name of it; null: nothing can be built by Go.</summary>
    public GoSpec? Go { get; init; }

    /// <summary>CPU name for CMake and Meson, e.g. <c>aarch64</c>.</summary>
    public required Sited<string> Cpu { get; init; }

    /// <summary>Tool root for cross compilation.</summary>
    public required Sited<string> ToolRoot { get; init; }

    /// <summary>Tool root, of packages for the boards, with what there is to compile against before any recipe (the C library); null: nothing.</summary>
    public Sited<string>? Sysroot { get; init; }

    /// <summary>Tool root with the compiler's own files alone, for build hosts of this very architecture: the compiler of <see cref="ToolRoot"/> looks into the host's folders there. Null: build hosts are of another one.</summary>
    public Sited<string>? NativeCompiler { get; init; }

    /// <summary>ELF's number of the instruction set (<c>e_machine</c>), by which foreign files are told; null: every ELF file is taken for the architecture's.</summary>
    public Sited<int>? ElfMachine { get; init; }

    /// <summary>Arguments of the compiler by which it hardens for this instruction set.</summary>
    public ImmutableArray<Sited<string>> HardeningFlags { get; init; } = [];

    /// <summary>Kernel fragments every board of the architecture has (workspace-relative paths).</summary>
    public ImmutableArray<Sited<string>> KernelFragments { get; init; } = [];

    /// <summary>What its CPUs take of a network; null: everything.</summary>
    public ProfileSpec? Profile { get; init; }

    /// <summary>How the instructions of a network are counted; null: they cannot be.</summary>
    public CountingSpec? Counting { get; init; }
}

/// <summary>How Rust knows an architecture.</summary>
/// <param name="Target">Target triple, e.g. <c>aarch64-unknown-linux-gnu</c>.</param>
/// <param name="ToolRoot">Tool root with Cargo, rustc, the standard library for the target, and what links it.</param>
public sealed record RustSpec(Sited<string> Target, Sited<string> ToolRoot);

/// <summary>How Go knows an architecture.</summary>
/// <param name="Architecture"><c>GOARCH</c>.</param>
/// <param name="Variant"><c>GOARM</c> and the like as NAME=VALUE; null: the usual one.</param>
/// <param name="ToolRoot">Tool root with Go, and the C compiler.</param>
/// <param name="HasPie">Whether Go's own linker makes programs that lie anywhere.</param>
public sealed record GoSpec(Sited<string> Architecture, Sited<string>? Variant, Sited<string> ToolRoot, bool HasPie);

/// <summary>A virtual machine whose clock is the counter of its instructions.</summary>
/// <param name="ToolRoot">Tool root with QEMU and, for the machine, a kernel at <c>/boot/vmlinuz-*</c> and busybox, static.</param>
/// <param name="Machine">QEMU's <c>-machine</c>.</param>
/// <param name="Processor">QEMU's <c>-cpu</c>, where the board's flags name none that QEMU has.</param>
/// <param name="Console">The kernel's console.</param>
public sealed record CountingSpec(Sited<string> ToolRoot, Sited<string> Machine, Sited<string> Processor, Sited<string> Console);

/// <summary>An accelerator: what its driver needs and gives.</summary>
public sealed record Accelerator
{
    /// <summary>Unique name.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>Kernel fragments with its symbols (workspace-relative paths).</summary>
    public ImmutableArray<Sited<string>> KernelFragments { get; init; } = [];

    /// <summary>Modules as modprobe names them.</summary>
    public ImmutableArray<Sited<string>> Modules { get; init; } = [];

    /// <summary>Oldest kernel version that has the driver, e.g. <c>6.18</c>.</summary>
    public Sited<string>? SinceKernel { get; init; }

    /// <summary>Packages: out-of-tree module, firmware, user space.</summary>
    public ImmutableArray<Sited<string>> Packages { get; init; } = [];

    /// <summary>Device node glob, its mode and group, when the driver makes one.</summary>
    public ImmutableArray<FileAttributes> Devices { get; init; } = [];

    /// <summary>Package with its execution provider, for images that have the inference runtime; null: there is none.</summary>
    public Sited<string>? Provider { get; init; }

    /// <summary>The program of the host that serves it to QEMU; null: it is hardware.</summary>
    public Sited<string>? Server { get; init; }

    /// <summary>Versions of the interfaces that it has, by their names, for those who say in <c>fits</c> which they are made for.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Interfaces { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Versions of others' interfaces that it is made for: of packages by their names, of the kernel as <c>linux</c>, or of <c>interfaces</c>.</summary>
    public ImmutableSortedDictionary<string, Sited<VersionRange>> Fits { get; init; } = ImmutableSortedDictionary<string, Sited<VersionRange>>.Empty;

    /// <summary>One of <see cref="ContextNames"/>: who compiles its parts of networks while building; null: its provider does when a network is loaded.</summary>
    public Sited<string>? Contexts { get; init; }

    /// <summary>What it takes of a network; null: it runs none.</summary>
    public ProfileSpec? Profile { get; init; }

    /// <summary>Checks on the booted board.</summary>
    public ImmutableArray<CheckSpec> Checks { get; init; } = [];
}
