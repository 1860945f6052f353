// The form of an architecture. Unaware of layers.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>architecture:</c>.</summary>
static class ArchitectureForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Architecture, ScalarShapes.Name, "unique name");
    static readonly Field<Sited<string>> Debian = Keys.Required("debian", ScalarShapes.Name, "Debian's architecture name");
    static readonly Field<Sited<string>> Triplet = Keys.Required("triplet", ScalarShapes.Text, "GNU triplet");
    static readonly Field<Sited<string>> KernelArch = Keys.Required("kernel-arch", ScalarShapes.Text, "the kernel's ARCH");
    static readonly Field<Sited<string>> KernelImage = Keys.Required("kernel-image", ScalarShapes.Text, "the kernel's boot image below arch/ARCH/boot");
    static readonly Field<Sited<string>?> DotnetRid = Keys.Maybe("dotnet-rid", ScalarShapes.Text, ".NET runtime identifier");
    static readonly Field<Sited<string>> Cpu = Keys.Required("cpu", ScalarShapes.Text, "CPU name for CMake and Meson");
    static readonly Field<Sited<string>> ToolRoot = Keys.Required("toolroot", ScalarShapes.Name, "tool root for cross compilation");
    static readonly Field<ImmutableArray<Sited<string>>> KernelFragments = Keys.List("kernel-fragments", FileShapes.File, "kernel fragments every board of the architecture has");
    static readonly Field<ProfileSpec?> Profile = Keys.Optional<ProfileSpec?>("profile", ProfileForm.Form!, null, "what its CPUs take of a network");

    public static Form<Architecture> Form { get; } = new("an architecture", Keys, values => new Architecture
    {
        Name = values.Get(Name),
        Debian = values.Get(Debian),
        Triplet = values.Get(Triplet),
        KernelArch = values.Get(KernelArch),
        KernelImage = values.Get(KernelImage),
        DotnetRid = values.Get(DotnetRid),
        Cpu = values.Get(Cpu),
        ToolRoot = values.Get(ToolRoot),
        KernelFragments = values.Get(KernelFragments),
        Profile = values.Get(Profile),
    });
}
