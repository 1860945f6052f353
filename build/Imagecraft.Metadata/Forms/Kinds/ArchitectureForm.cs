// The form of an architecture. Unaware of layers.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>architecture:</c>.</summary>
static class ArchitectureForm
{
    public static Form<Architecture> Form { get; } = new("an architecture", keys => new Architecture
    {
        Name = keys.Required(KindNames.Architecture, ScalarShapes.Name, "unique name"),
        Debian = keys.Required("debian", ScalarShapes.Name, "Debian's architecture name"),
        Triplet = keys.Required("triplet", ScalarShapes.Text, "GNU triplet"),
        KernelArch = keys.Required("kernel-arch", ScalarShapes.Text, "the kernel's ARCH"),
        KernelImage = keys.Required("kernel-image", ScalarShapes.Text, "the kernel's boot image below arch/ARCH/boot"),
        DotnetRid = keys.Maybe("dotnet-rid", ScalarShapes.Text, ".NET runtime identifier"),
        Cpu = keys.Required("cpu", ScalarShapes.Text, "CPU name for CMake and Meson"),
        Rust = keys.Maybe("rust", RustForm.Form, "how Rust knows it; nothing can be built by Cargo when absent"),
        Go = keys.Maybe("go", GoForm.Form, "how Go knows it; nothing can be built by Go when absent"),
        ToolRoot = keys.Required("toolroot", ScalarShapes.Name, "tool root for cross compilation"),
        Sysroot = keys.Maybe("sysroot", ScalarShapes.Name, "tool root of packages for the board with what is there to compile against before any recipe: the C library"),
        NativeCompiler = keys.Maybe("native-compiler", ScalarShapes.Name, "tool root with the compiler's own files alone, for build hosts of this architecture"),
        ElfMachine = keys.Maybe("elf-machine", ScalarShapes.Count, "ELF's number of the instruction set (`e_machine`), by which files of other processors are told from its own"),
        HardeningFlags = keys.List("hardening-flags", ScalarShapes.Text, "arguments by which the compiler hardens programs for this instruction set"),
        KernelFragments = keys.List("kernel-fragments", FileShapes.File, "kernel fragments every board of the architecture has"),
        Profile = keys.Maybe("profile", ProfileForm.Form, "what its CPUs take of a network"),
        Counting = keys.Maybe("counting", CountingForm.Form, "how the instructions of a network are counted; they cannot be when absent"),
    });
}

/// <summary><c>rust:</c> of architectures.</summary>
static class RustForm
{
    public static Form<RustSpec> Form { get; } = new("`rust`", keys => new RustSpec(
        keys.Required("target", ScalarShapes.Text, "target triple, e.g. aarch64-unknown-linux-gnu"),
        keys.Required("toolroot", ScalarShapes.Name, "tool root with Cargo, rustc, the target's standard library, and what links it")));
}

/// <summary><c>go:</c> of architectures.</summary>
static class GoForm
{
    static readonly Shape<Sited<string>> Variant = new Scalar<string>(
        "a variable such as `GOARM=7`", text => (text, text.StartsWith("GO", StringComparison.Ordinal) && text.IndexOf('=') > 0), () => new() { ["type"] = "string", ["pattern"] = "^GO[A-Z0-9]+=" });

    public static Form<GoSpec> Form { get; } = new("`go`", keys => new GoSpec(
        keys.Required("architecture", ScalarShapes.Text, "GOARCH"),
        keys.Maybe("variant", Variant, "which of its processors, e.g. GOARM=7"),
        keys.Required("toolroot", ScalarShapes.Name, "tool root with Go, and the C compiler"),
        keys.Optional("pie", ScalarShapes.Flag, true, "whether Go's own linker makes programs that lie anywhere")));
}

/// <summary><c>counting:</c> of architectures.</summary>
static class CountingForm
{
    public static Form<CountingSpec> Form { get; } = new("`counting`", keys => new CountingSpec(
        keys.Required("toolroot", ScalarShapes.Name, "tool root with QEMU and, for its machine, a kernel at /boot/vmlinuz-* and a static /usr/bin/busybox"),
        keys.Required("machine", ScalarShapes.Text, "QEMU's -machine"),
        keys.Required("processor", ScalarShapes.Text, "QEMU's -cpu, for boards whose flags name none that QEMU has"),
        keys.Required("console", ScalarShapes.Text, "the kernel's console on it")));
}
