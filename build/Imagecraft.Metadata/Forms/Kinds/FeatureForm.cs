// The form of an image feature. Unaware of images.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>feature:</c>.</summary>
static class FeatureForm
{
    public static Form<Feature> Form { get; } = new("a feature", keys => new Feature
    {
        Name = keys.Required(KindNames.Feature, ScalarShapes.Name, "unique name"),
        Summary = keys.Maybe("summary", ScalarShapes.Words, "one line"),
        Requires = keys.List("requires", ScalarShapes.Name, "features that come along"),
        Conflicts = keys.List("conflicts", ScalarShapes.Name, "features that an image cannot have besides"),
        Packages = keys.List("packages", ScalarShapes.Name, "packages; what they require comes along"),
        KernelFragments = keys.List("kernel-fragments", FileShapes.File, "kernel fragments"),
        CommandLine = keys.Maybe("command-line", TextShapes.KernelArguments, "kernel arguments after the board's"),
        Root = keys.Maybe("root", ImageForm.RootFormat, "format of the root file system on the disk"),
        Init = keys.Maybe("init", ImageForm.InitProgram, "what starts services: busybox or systemd"),
        Users = keys.List("users", UserForm.Form, "users"),
        Groups = keys.List("groups", GroupForm.Form, "groups"),
        Network = keys.Optional("network", NetworkForm.Form, new NetworkSpec(), "how network cards get addresses, and the clock the time"),
        Services = keys.List("services", ServiceForm.Form, "services besides those of the packages' recipes"),
        Files = keys.List("files", ImageFileForm.Form, "files, links and folders"),
        Overlays = keys.Maybe("overlay", FileShapes.Folder, "folder that is copied over the root file system") is { } overlay ? [overlay] : [],
        Attributes = keys.List("attributes", AttributesForm.Form, "modes and owners of paths"),
        Containers = keys.List("containers", ScalarShapes.Name, "images without init that lie ready in /usr/share/containers as OCI archives"),
        Checks = keys.List("checks", CheckForm.Form, "commands that prove it on the booted board"),
        Choices = ChoicesForm.Of(keys),
    });
}
