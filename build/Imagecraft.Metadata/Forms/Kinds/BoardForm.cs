// The forms of a board and what lies in it. Unaware of layers and QEMU.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>board:</c>.</summary>
static class BoardForm
{
    static readonly Shape<ImmutableArray<Sited<string>>> BuildDepends = new FilledListOf<Sited<string>>(ScalarShapes.Name);

    static readonly Shape<ImmutableArray<Sited<string>>> BuildFragments = new FilledListOf<Sited<string>>(FileShapes.File);

    public static Form<Board> Form { get; } = new("a board", keys => new Board
    {
        Name = keys.Required(KindNames.Board, ScalarShapes.Name, "unique name"),
        Summary = keys.Maybe("summary", ScalarShapes.Words, "one line"),
        Architecture = keys.Required("architecture", ScalarShapes.Name, "name of an architecture"),
        CpuFlags = keys.List("cpu-flags", ScalarShapes.Text, "compiler flags that tune for its CPU"),
        Kernel = keys.Required("kernel", ScalarShapes.Name, "recipe of system `kernel`"),
        KernelFragments = keys.List("kernel-fragments", FileShapes.File, "kernel fragments of the board"),
        CommandLine = keys.Required("command-line", TextShapes.KernelArguments, "kernel command line"),
        Console = keys.Required("console", TextShapes.Console, "serial console device on the board, e.g. ttyAMA0"),
        Accelerators = keys.List("accelerators", ScalarShapes.Name, "names of accelerators"),
        Packages = keys.List("packages", ScalarShapes.Name, "packages that every image gets on it: firmware of its devices"),
        Profile = keys.Maybe("profile", ProfileForm.Form, "what its CPU takes of a network; the architecture's when absent"),
        Inference = keys.Optional("inference", InferenceForm.Form, new InferenceSpec(null, false), "who runs networks; the CPU when absent"),
        DefaultImage = keys.Required("default-image", ScalarShapes.Name, "image that is built when none is named"),
        PartitionTable = keys.Maybe("partition-table", ScalarShapes.OneOf("gpt", "mbr"), "kind of the disk's partition table; gpt when absent"),
        SectorSize = keys.Maybe("sector-size", DiskForms.SectorSize, "bytes of the logical sectors of the medium that the disk is for; 512 when absent"),
        Images = keys.List("images", ScalarShapes.Name, "images that `test --all-boards` boots and checks"),
        Variables = keys.Map("variables", ScalarShapes.Text, "what recipes with `per-board: true` see as variables", TextShapes.Variable),
        BuildDepends = keys.Map("build-depends", BuildDepends, "further build dependencies of recipes with `per-board: true`", ScalarShapes.Name),
        BuildFragments = keys.Map("build-fragments", BuildFragments, "further kconfig fragments of recipes with `per-board: true`, such as u-boot", ScalarShapes.Name),
        KernelImage = keys.Maybe("kernel-image", BoardFileForm.FileName, "the kernel's boot image below arch/ARCH/boot, e.g. vmlinuz.efi; the architecture's when absent"),
        DeviceTrees = keys.List("device-trees", DeviceTreeForm.Shape, "device trees of the kernel's sources, e.g. freescale/imx8mp-evk.dtb, sources of one's own (.dts), or maps that lay overlays over one"),
        Overlays = keys.List("overlays", OverlayForm.Shape, "overlays that the boot loader lays over a device tree, in order: sources of one's own (.dtso), or the kernel's (.dtbo)"),
        FitImages = keys.List("fit-images", FitImageForm.Form, "FIT images of kernel and device trees beside the disk"),
        BootScripts = keys.List("boot-scripts", BootScriptForm.Form, "scripts for U-Boot beside the disk"),
        Artifacts = keys.List("artifacts", BoardFileForm.Form, "files of packages that lie beside the disk, or are given to QEMU"),
        Flashing = keys.Maybe("flashing", ScalarShapes.Words, "how the disk comes onto the board"),
        Partitions = keys.List("partitions", PartitionForm.Form, "partitions of the disk, in order"),
        Blobs = keys.List("blobs", BlobForm.Form, "raw content at fixed places of the disk, where a boot ROM reads it"),
        BootChain = keys.Maybe("boot-chain", BootChainForm.Form, "what ROM and boot loader are to find on the disk, as documents say; each image's disk is held against it"),
        Lint = keys.Maybe("lint", LintForm.Form, "what the kernel must drive, by the device tree; held against the final configuration before anything is compiled"),
        Formats = keys.List("formats", ScalarShapes.Text, "artifacts that every image of the board comes in, e.g. rootfs.erofs or disk.img.zst"),
        Qemu = keys.Maybe("qemu", QemuForm.Form, "QEMU machine"),
        Checks = keys.List("checks", CheckForm.Form, "commands that prove the board, whatever image it boots"),
        WithoutChecks = keys.List("without-checks", BootCheckNames.Shape, "standard checks of a boot that do not hold for it"),
        Choices = ChoicesForm.Of(keys),
    }, (board, keys) => DiskCheck.Check(board, keys.Reading) & QemuDiskCheck.Check(board, keys.Reading) & BootNamesCheck.Check(board, keys.Reading));
}

/// <summary><c>artifacts:</c> of boards.</summary>
static class BoardFileForm
{
    public static Form<BoardFile> Form { get; } = new("an artifact", keys => new BoardFile(
        keys.Required("name", FileName, "file name in out/BOARD/IMAGE/"),
        new PackageFile(keys.Required("package", ScalarShapes.Name, "package that brings it; it need not be installed"), keys.Required("file", ScalarShapes.TargetPath, "path in the package"))));

    internal static Shape<Sited<string>> FileName => new Scalar<string>(
        "a file name of letters, digits and `._-`", text => (text, text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')),
        () => new() { ["type"] = "string", ["pattern"] = "^[A-Za-z0-9][A-Za-z0-9._-]*$" });
}

/// <summary><c>qemu:</c> of boards.</summary>
static class QemuForm
{
    // All that QEMU 11 emulates. Source: its documentation, `System emulation targets`.
    static readonly Shape<Sited<string>> System = ScalarShapes.OneOf(
        "aarch64", "alpha", "arm", "avr", "hppa", "i386", "loongarch64", "m68k", "microblaze", "mips", "mips64", "mips64el", "mipsel", "or1k", "ppc", "ppc64",
        "riscv32", "riscv64", "rx", "s390x", "sh4", "sh4eb", "sparc", "sparc64", "tricore", "x86_64", "xtensa", "xtensaeb");

    static readonly Placeholders Argument = new("IMAGE", "DISK", "FILE:", "CMDLINE", "CHANNEL");

    public static Form<QemuSpec> Form { get; } = new("`qemu`", keys => new QemuSpec(
        keys.Required("system", System, "suffix of qemu-system-"),
        keys.List("arguments", Argument, "arguments; $IMAGE, $DISK, ${FILE:NAME}, $CMDLINE and $CHANNEL are filled in"))
    {
        Without = keys.List("without", ScalarShapes.Name, "accelerators of the board whose hardware QEMU does not have"),
        DiskSize = keys.Maybe("disk-size", ScalarShapes.SomeSize, "size of the disk that the machine sees; QEMU's SD cards have a power of two"),
        ConsolePort = keys.Maybe("console-port", ScalarShapes.Count, "which serial port is the console; 0, the first, when absent"),
    });
}
