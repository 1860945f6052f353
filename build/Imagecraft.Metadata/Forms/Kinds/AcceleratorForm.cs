// The form of an accelerator. Unaware of layers and kernels.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>accelerator:</c>.</summary>
static class AcceleratorForm
{
    public static Form<Accelerator> Form { get; } = new("an accelerator", keys => new Accelerator
    {
        Name = keys.Required(KindNames.Accelerator, ScalarShapes.Name, "unique name"),
        Summary = keys.Maybe("summary", ScalarShapes.Words, "one line"),
        KernelFragments = keys.List("kernel-fragments", FileShapes.File, "kernel fragments with its symbols"),
        Modules = keys.List("modules", TextShapes.Module, "modules as modprobe names them"),
        SinceKernel = keys.Maybe("since-kernel", ScalarShapes.Text, "oldest kernel version that has the driver"),
        Packages = keys.List("packages", ScalarShapes.Name, "packages: out-of-tree module, firmware, user space"),
        Provider = keys.Maybe("provider", ScalarShapes.Name, "package with its execution provider, for images that have imagecraft-infer"),
        Server = keys.Maybe("server", ScalarShapes.OneOf(ServerNames.All), "program that serves it to QEMU, when it exists as software only; `run` and `check` start it"),
        Devices = keys.List("devices", DeviceForm.Form, "device node, its mode and group"),
        Interfaces = keys.Map("interfaces", ScalarShapes.DottedVersion, FitWords.Interfaces, ScalarShapes.Name),
        Fits = keys.Map("fits", ScalarShapes.VersionRange, FitWords.Fits, ScalarShapes.Name),
        Contexts = keys.Maybe("contexts", ScalarShapes.OneOf(ContextNames.All), "who compiles its parts of networks while building; its provider does on the board when absent"),
        Profile = keys.Maybe("profile", ProfileForm.Form, "what it takes of a network"),
        Checks = keys.List("checks", CheckForm.Form, "checks on the booted board"),
    });
}
