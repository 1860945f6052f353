// The form of an image feature. Unaware of images.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>feature:</c>.</summary>
static class FeatureForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Feature, ScalarShapes.Name, "unique name");
    static readonly Field<string?> Summary = Keys.Optional<string?>("summary", ScalarShapes.Words!, null, "one line");
    static readonly Field<ImmutableArray<Sited<string>>> Requires = Keys.List("requires", ScalarShapes.Name, "features that come along");
    static readonly Field<ImmutableArray<Sited<string>>> Conflicts = Keys.List("conflicts", ScalarShapes.Name, "features that an image cannot have besides");
    static readonly Field<ImmutableArray<Sited<string>>> Packages = Keys.List("packages", ScalarShapes.Name, "packages; what they require comes along");
    static readonly Field<ImmutableArray<Sited<string>>> KernelFragments = Keys.List("kernel-fragments", FileShapes.File, "kernel fragments");
    static readonly Field<Sited<string>?> CommandLine = Keys.Maybe("command-line", ScalarShapes.Text, "kernel arguments after the board's");
    static readonly Field<Sited<string>?> Root = Keys.Maybe("root", ImageForm.RootFormat, "format of the root file system on the disk");
    static readonly Field<Sited<string>?> Init = Keys.Maybe("init", ImageForm.InitProgram, "what starts services: busybox or systemd");
    static readonly Field<ImmutableArray<UserSpec>> Users = Keys.List("users", UserForm.Form, "users");
    static readonly Field<ImmutableArray<GroupSpec>> Groups = Keys.List("groups", GroupForm.Form, "groups");
    static readonly Field<ImmutableArray<ServiceSpec>> Services = Keys.List("services", ServiceForm.Form, "services besides those of the packages' recipes");
    static readonly Field<ImmutableArray<ImageFile>> Files = Keys.List("files", ImageFileForm.Form, "files with their text");
    static readonly Field<ImmutableArray<FileAttributes>> Attributes = Keys.List("attributes", AttributesForm.Form, "modes and owners of paths");
    static readonly Field<ImmutableArray<Sited<string>>> Containers = Keys.List("containers", ScalarShapes.Name, "images without init that lie ready in /usr/share/containers as OCI archives");
    static readonly Field<ImmutableArray<CheckSpec>> Checks = Keys.List("checks", CheckForm.Form, "commands that prove it on the booted board");

    public static Form<Feature> Form { get; } = new("a feature", Keys, values => new Feature
    {
        Name = values.Get(Name),
        Summary = values.Get(Summary),
        Requires = values.Get(Requires),
        Conflicts = values.Get(Conflicts),
        Packages = values.Get(Packages),
        KernelFragments = values.Get(KernelFragments),
        CommandLine = values.Get(CommandLine),
        Root = values.Get(Root),
        Init = values.Get(Init),
        Users = values.Get(Users),
        Groups = values.Get(Groups),
        Services = values.Get(Services),
        Files = values.Get(Files),
        Attributes = values.Get(Attributes),
        Containers = values.Get(Containers),
        Checks = values.Get(Checks),
    });
}
