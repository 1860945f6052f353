// The forms of a board and what lies in it. Unaware of layers and QEMU.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>board:</c>.</summary>
static class BoardForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Board, ScalarShapes.Name, "unique name");
    static readonly Field<string?> Summary = Keys.Optional<string?>("summary", ScalarShapes.Words!, null, "one line");
    static readonly Field<Sited<string>> Architecture = Keys.Required("architecture", ScalarShapes.Name, "name of an architecture");
    static readonly Field<ImmutableArray<Sited<string>>> CpuFlags = Keys.List("cpu-flags", ScalarShapes.Text, "compiler flags that tune for its CPU");
    static readonly Field<Sited<string>> Kernel = Keys.Required("kernel", ScalarShapes.Name, "recipe of system `kernel`");
    static readonly Field<ImmutableArray<Sited<string>>> KernelFragments = Keys.List("kernel-fragments", FileShapes.File, "kernel fragments of the board");
    static readonly Field<Sited<string>> CommandLine = Keys.Required("command-line", ScalarShapes.Text, "kernel command line");
    static readonly Field<Sited<string>> Console = Keys.Required("console", ScalarShapes.Text, "serial console device on the board, e.g. ttyAMA0");
    static readonly Field<ImmutableArray<Sited<string>>> Accelerators = Keys.List("accelerators", ScalarShapes.Name, "names of accelerators");
    static readonly Field<ProfileSpec?> Profile = Keys.Optional<ProfileSpec?>("profile", ProfileForm.Form!, null, "what its CPU takes of a network; the architecture's when absent");
    static readonly Field<InferenceSpec> Inference = Keys.Optional("inference", InferenceForm.Form, new InferenceSpec(null, false), "who runs networks; the CPU when absent");
    static readonly Field<Sited<string>> DefaultImage = Keys.Required("default-image", ScalarShapes.Name, "image that is built when none is named");
    static readonly Field<Sited<string>?> PartitionTable = Keys.Maybe("partition-table", ScalarShapes.OneOf("gpt", "mbr"), "kind of the disk's partition table; gpt when absent");
    static readonly Field<ImmutableArray<Sited<string>>> Images = Keys.List("images", ScalarShapes.Name, "images that `test --all-boards` boots and checks");
    static readonly Field<ImmutableSortedDictionary<string, string>> Variables = Keys.Map("variables", ScalarShapes.Words, "what recipes with `per-board: true` see as variables");
    static readonly Field<ImmutableSortedDictionary<string, ImmutableArray<Sited<string>>>> BuildDepends = Keys.Map("build-depends", new ListOf<Sited<string>>(ScalarShapes.Name), "further build dependencies of recipes with `per-board: true`");
    static readonly Field<ImmutableArray<DeviceTreeSpec>> DeviceTrees = Keys.List("device-trees", DeviceTreeForm.Shape, "device trees of the kernel's sources, e.g. freescale/imx8mp-evk.dtb, or maps that lay overlays over one");
    static readonly Field<ImmutableArray<BoardFile>> Artifacts = Keys.List("artifacts", BoardFileForm.Form, "files of packages that lie beside the disk, or are given to QEMU");
    static readonly Field<string?> Flashing = Keys.Optional<string?>("flashing", ScalarShapes.Words!, null, "how the disk comes onto the board");
    static readonly Field<ImmutableArray<PartitionSpec>> Partitions = Keys.List("partitions", PartitionForm.Form, "partitions of the disk, in order");
    static readonly Field<ImmutableArray<BlobSpec>> Blobs = Keys.List("blobs", BlobForm.Form, "raw content at fixed places of the disk, where a boot ROM reads it");
    static readonly Field<ImmutableArray<Sited<string>>> Formats = Keys.List("formats", ScalarShapes.Text, "artifacts that every image of the board comes in, e.g. rootfs.erofs or disk.img.zst");
    static readonly Field<QemuSpec?> Qemu = Keys.Optional<QemuSpec?>("qemu", QemuForm.Form!, null, "QEMU machine");
    static readonly Field<ImmutableArray<CheckSpec>> Checks = Keys.List("checks", CheckForm.Form, "commands that prove the board, whatever image it boots");
    static readonly Field<ImmutableArray<Sited<string>>> WithoutChecks = Keys.List("without-checks", BootCheckNames.Shape, "standard checks of a boot that do not hold for it");

    public static Form<Board> Form { get; } = new("a board", Keys, values => new Board
    {
        Name = values.Get(Name),
        Summary = values.Get(Summary),
        Architecture = values.Get(Architecture),
        CpuFlags = values.Get(CpuFlags),
        Kernel = values.Get(Kernel),
        KernelFragments = values.Get(KernelFragments),
        CommandLine = values.Get(CommandLine),
        Console = values.Get(Console),
        Accelerators = values.Get(Accelerators),
        Profile = values.Get(Profile),
        Inference = values.Get(Inference),
        DefaultImage = values.Get(DefaultImage),
        PartitionTable = values.Get(PartitionTable),
        Images = values.Get(Images),
        Variables = values.Get(Variables),
        BuildDepends = values.Get(BuildDepends),
        DeviceTrees = values.Get(DeviceTrees),
        Artifacts = values.Get(Artifacts),
        Flashing = values.Get(Flashing),
        Partitions = values.Get(Partitions),
        Blobs = values.Get(Blobs),
        Formats = values.Get(Formats),
        Qemu = values.Get(Qemu),
        Checks = values.Get(Checks),
        WithoutChecks = values.Get(WithoutChecks),
    }, values => DiskCheck.Check(values.Get(PartitionTable), values.Get(Partitions), values.Get(Blobs), values.Reading) & DeviceTreeForm.NoNameTwice(values.Get(DeviceTrees), values.Reading));
}

/// <summary><c>artifacts:</c> of boards.</summary>
static class BoardFileForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", FileName, "file name in out/BOARD/IMAGE/");
    static readonly Field<Sited<string>> Package = Keys.Required("package", ScalarShapes.Name, "package that brings it; it need not be installed");
    static readonly Field<Sited<string>> File = Keys.Required("file", ScalarShapes.TargetPath, "path in the package");

    public static Form<BoardFile> Form { get; } = new("an artifact", Keys, values => new BoardFile(values.Get(Name), new PackageFile(values.Get(Package), values.Get(File))));

    internal static Shape<Sited<string>> FileName => new Scalar<string>(
        "a file name of letters, digits and `._-`", text => (text, text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')),
        () => new() { ["type"] = "string", ["pattern"] = "^[A-Za-z0-9][A-Za-z0-9._-]*$" });
}

/// <summary><c>qemu:</c> of boards.</summary>
static class QemuForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> System = Keys.Required("system", ScalarShapes.Text, "suffix of qemu-system-");
    static readonly Field<ImmutableArray<Sited<string>>> Arguments = Keys.List("arguments", ScalarShapes.Text, "arguments; {image}, {disk}, {file:NAME}, {cmdline} and {channel} are filled in");
    static readonly Field<ImmutableArray<Sited<string>>> Without = Keys.List("without", ScalarShapes.Name, "accelerators of the board whose hardware QEMU does not have");
    static readonly Field<Sited<long>?> DiskSize = Keys.Maybe("disk-size", ScalarShapes.Size, "size of the disk that the machine sees; QEMU's SD cards have a power of two");
    static readonly Field<Sited<int>?> ConsolePort = Keys.Maybe("console-port", ScalarShapes.Count, "which serial port is the console; 0, the first, when absent");

    public static Form<QemuSpec> Form { get; } = new("`qemu`", Keys, values => new QemuSpec(values.Get(System), values.Get(Arguments))
    {
        Without = values.Get(Without),
        DiskSize = values.Get(DiskSize),
        ConsolePort = values.Get(ConsolePort),
    });
}
