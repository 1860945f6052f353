// The forms of an image and what lies in it. Unaware of layers and file systems.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>image:</c>.</summary>
static class ImageForm
{
    /// <summary>Formats of root file systems that kernels mount from a disk.</summary>
    public static readonly Shape<Sited<string>> RootFormat = ScalarShapes.OneOf("ext4", "erofs", "squashfs");

    /// <summary>What starts services.</summary>
    public static readonly Shape<Sited<string>> InitProgram = ScalarShapes.OneOf("busybox", "systemd", "none");

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Image, ScalarShapes.Name, "unique name");
    static readonly Field<string?> Summary = Keys.Optional<string?>("summary", ScalarShapes.Words!, null, "one line");
    static readonly Field<ImmutableArray<Sited<string>>> Packages = Keys.List("packages", ScalarShapes.Name, "packages; what they require comes along");
    static readonly Field<ImmutableArray<Sited<string>>> Features = Keys.List("features", ScalarShapes.Name, "features: what they bring comes before what the image says itself");
    static readonly Field<Sited<string>?> CommandLine = Keys.Maybe("command-line", ScalarShapes.Text, "kernel arguments after the board's");
    static readonly Field<Sited<string>?> Init = Keys.Maybe("init", InitProgram, "what starts services; busybox when absent, none for containers");
    static readonly Field<ImmutableArray<Sited<string>>> Containers = Keys.List("containers", ScalarShapes.Name, "images without init that lie ready in /usr/share/containers as OCI archives");
    static readonly Field<ImmutableArray<ModelEntry>> Models = Keys.List("models", ModelEntryForm.Shape, "models: names, or maps that choose variant and format");
    static readonly Field<ImmutableArray<Sited<string>>> KernelFragments = Keys.List("kernel-fragments", FileShapes.File, "kernel fragments of image features");
    static readonly Field<Sited<string>?> Hostname = Keys.Maybe("hostname", ScalarShapes.Text, "host name on the board");
    static readonly Field<ImmutableArray<UserSpec>> Users = Keys.List("users", UserForm.Form, "users beside root");
    static readonly Field<ImmutableArray<GroupSpec>> Groups = Keys.List("groups", GroupForm.Form, "groups beside root");
    static readonly Field<ImmutableArray<ServiceSpec>> Services = Keys.List("services", ServiceForm.Form, "services beside those of the packages' recipes");
    static readonly Field<ImmutableArray<ImageFile>> Files = Keys.List("files", ImageFileForm.Form, "files with their text");
    static readonly Field<ImmutableArray<FileAttributes>> Attributes = Keys.List("attributes", AttributesForm.Form, "modes and owners of paths");
    static readonly Field<Sited<long>?> Size = Keys.Maybe("size", ScalarShapes.Size, "size of the root file system; the content and a quarter when absent");
    static readonly Field<Sited<long>?> Budget = Keys.Maybe("budget", ScalarShapes.Size, "largest allowed content of the root file system");
    static readonly Field<Sited<string>?> Root = Keys.Maybe("root", RootFormat, "format of the root file system on the disk; ext4 when absent");
    static readonly Field<ImmutableArray<Sited<string>>> Formats = Keys.List("formats", ScalarShapes.Text, "artifacts besides those of the board, e.g. rootfs.cpio.gz or disk.img.zst");
    static readonly Field<ImmutableArray<CheckSpec>> Checks = Keys.List("checks", CheckForm.Form, "commands that prove the image on the booted board");
    static readonly Field<ImmutableArray<Sited<string>>> WithoutChecks = Keys.List("without-checks", BootCheckNames.Shape, "standard checks of a boot that do not hold for it");

    public static Form<Image> Form { get; } = new("an image", Keys, values => new Image
    {
        Name = values.Get(Name),
        Summary = values.Get(Summary),
        Packages = values.Get(Packages),
        Features = values.Get(Features),
        CommandLine = values.Get(CommandLine),
        Init = values.Get(Init),
        Containers = values.Get(Containers),
        Models = values.Get(Models),
        KernelFragments = values.Get(KernelFragments),
        Hostname = values.Get(Hostname),
        Users = values.Get(Users),
        Groups = values.Get(Groups),
        Services = values.Get(Services),
        Files = values.Get(Files),
        Attributes = values.Get(Attributes),
        Size = values.Get(Size),
        Budget = values.Get(Budget),
        Root = values.Get(Root),
        Formats = values.Get(Formats),
        Checks = values.Get(Checks),
        WithoutChecks = values.Get(WithoutChecks),
        Folder = values.Folder,
    });
}

/// <summary><c>users:</c> of images.</summary>
static class UserForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Name, "login name");
    static readonly Field<Sited<int>> Id = Keys.Required("id", ScalarShapes.Count, "numeric id");
    static readonly Field<Sited<string>?> Group = Keys.Maybe("group", ScalarShapes.Name, "primary group; one of the same name and id when absent");
    static readonly Field<Sited<string>?> Home = Keys.Maybe("home", ScalarShapes.TargetPath, "home folder; /home/NAME when absent");
    static readonly Field<Sited<string>?> Shell = Keys.Maybe("shell", ScalarShapes.TargetPath, "login shell; /bin/sh when absent");
    static readonly Field<Sited<string>?> Password = Keys.Maybe("password", ScalarShapes.Text, "crypt(3) hash; empty text asks for none; locked when absent");
    static readonly Field<ImmutableArray<Sited<string>>> Groups = Keys.List("groups", ScalarShapes.Name, "further groups");

    public static Form<UserSpec> Form { get; } = new("a user", Keys, values => new UserSpec(
        values.Get(Name), values.Get(Id), values.Get(Group), values.Get(Home), values.Get(Shell), values.Get(Password), values.Get(Groups)));
}

/// <summary><c>groups:</c> of images.</summary>
static class GroupForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Name, "group name");
    static readonly Field<Sited<int>> Id = Keys.Required("id", ScalarShapes.Count, "numeric id");

    public static Form<GroupSpec> Form { get; } = new("a group", Keys, values => new GroupSpec(values.Get(Name), values.Get(Id)));
}

/// <summary><c>files:</c> of images.</summary>
static class ImageFileForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Path = Keys.Required("path", ScalarShapes.TargetPath, "absolute path on the board");
    static readonly Field<Sited<string>?> Text = Keys.Maybe("text", ScalarShapes.Text, "the text itself");
    static readonly Field<Sited<string>?> Template = Keys.Maybe("template", FileShapes.File, "Scriban template");
    static readonly Field<Sited<UnixMode>?> Mode = Keys.Maybe("mode", ScalarShapes.Mode, "octal mode; 0644 when absent");

    public static Form<ImageFile> Form { get; } = new("a file of an image", Keys,
        values => new ImageFile(values.Get(Path), values.Get(Text), values.Get(Template), values.Get(Mode)), Check);

    static bool Check(Values values)
    {
        if ((values.Get(Text) is null) != (values.Get(Template) is null))
            return true;
        var path = values.Get(Path);
        values.Reading.Error(Codes.Contradiction, $"File `{path.Value}` needs either `text` or `template`", path.Span, "Give one of the two");
        return false;
    }
}
