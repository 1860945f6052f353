// The forms of a board and what lies in it. Unaware of layers and QEMU.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
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
    static readonly Field<Sited<string>> DefaultImage = Keys.Required("default-image", ScalarShapes.Name, "image that is built when none is named");
    static readonly Field<ImmutableArray<PartitionSpec>> Partitions = Keys.List("partitions", PartitionForm.Form, "partitions of the disk, in order");
    static readonly Field<QemuSpec?> Qemu = Keys.Optional<QemuSpec?>("qemu", QemuForm.Form!, null, "QEMU machine");

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
        DefaultImage = values.Get(DefaultImage),
        Partitions = values.Get(Partitions),
        Qemu = values.Get(Qemu),
    });
}

/// <summary><c>partitions:</c> of boards.</summary>
static class PartitionForm
{
    static readonly string[] Words = ["linux", "esp", "linux-root-arm64", "linux-root-x86-64", "linux-root-riscv64", "linux-root-arm"];

    static readonly Shape<Sited<string>> GptType = new Scalar<string>(
        $"a GPT type GUID or one of [ {string.Join(", ", Words.Select(word => $"`{word}`"))} ]",
        text => (text, Words.Contains(text) || Guid.TryParseExact(text, "D", out _)),
        () => new() { ["type"] = "string" },
        text => (Codes.UnknownWord, Nearest.To(text, Words) is { } near ? $"Did you mean `{near}`?" : null));

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Text, "GPT name");
    static readonly Field<Sited<string>> Type = Keys.Required("type", GptType, "GPT type GUID, or a word such as linux-root-arm64");
    static readonly Field<Sited<string>?> Content = Keys.Maybe("content", ScalarShapes.Text, "name of an image output such as rootfs.ext4");
    static readonly Field<Sited<long>?> Size = Keys.Maybe("size", ScalarShapes.Size, "size; as large as the content when absent");

    public static Form<PartitionSpec> Form { get; } = new("a partition", Keys,
        values => new PartitionSpec(values.Get(Name), values.Get(Type), values.Get(Content), values.Get(Size)));
}

/// <summary><c>qemu:</c> of boards.</summary>
static class QemuForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> System = Keys.Required("system", ScalarShapes.Text, "suffix of qemu-system-");
    static readonly Field<ImmutableArray<Sited<string>>> Arguments = Keys.List("arguments", ScalarShapes.Text, "arguments; {image}, {disk} and {cmdline} are filled in");

    public static Form<QemuSpec> Form { get; } = new("`qemu`", Keys, values => new QemuSpec(values.Get(System), values.Get(Arguments)));
}
