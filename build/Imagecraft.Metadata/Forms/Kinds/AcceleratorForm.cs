// The form of an accelerator. Unaware of layers and kernels.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>accelerator:</c>.</summary>
static class AcceleratorForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Accelerator, ScalarShapes.Name, "unique name");
    static readonly Field<string?> Summary = Keys.Optional<string?>("summary", ScalarShapes.Words!, null, "one line");
    static readonly Field<ImmutableArray<Sited<string>>> KernelFragments = Keys.List("kernel-fragments", FileShapes.File, "kernel fragments with its symbols");
    static readonly Field<ImmutableArray<Sited<string>>> Modules = Keys.List("modules", ScalarShapes.Text, "modules as modprobe names them");
    static readonly Field<Sited<string>?> SinceKernel = Keys.Maybe("since-kernel", ScalarShapes.Text, "oldest kernel version that has the driver");
    static readonly Field<ImmutableArray<Sited<string>>> Packages = Keys.List("packages", ScalarShapes.Name, "packages: out-of-tree module, firmware, user space");
    static readonly Field<ImmutableArray<FileAttributes>> Devices = Keys.List("devices", AttributesForm.Form, "device node, its mode and group");
    static readonly Field<ProfileSpec?> Profile = Keys.Optional<ProfileSpec?>("profile", ProfileForm.Form!, null, "what it takes of a network");
    static readonly Field<ImmutableArray<CheckSpec>> Checks = Keys.List("checks", CheckForm.Form, "checks on the booted board");

    public static Form<Accelerator> Form { get; } = new("an accelerator", Keys, values => new Accelerator
    {
        Name = values.Get(Name),
        Summary = values.Get(Summary),
        KernelFragments = values.Get(KernelFragments),
        Modules = values.Get(Modules),
        SinceKernel = values.Get(SinceKernel),
        Packages = values.Get(Packages),
        Devices = values.Get(Devices),
        Profile = values.Get(Profile),
        Checks = values.Get(Checks),
    });
}
