// The forms of an image and its files. Unaware of layers and file systems.

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

    public static Form<Image> Form { get; } = new("an image", keys => new Image
    {
        Name = keys.Required(KindNames.Image, ScalarShapes.Name, "unique name"),
        Summary = keys.Maybe("summary", ScalarShapes.Words, "one line"),
        Version = keys.Maybe("version", TextShapes.ImageVersion, "version for os-release"),
        Packages = keys.List("packages", ScalarShapes.Name, "packages; what they require comes along"),
        Features = keys.List("features", ScalarShapes.Name, "features: what they bring comes before what the image says itself"),
        CommandLine = keys.Maybe("command-line", TextShapes.KernelArguments, "kernel arguments after the board's"),
        Init = keys.Maybe("init", InitProgram, "what starts services; busybox when absent, none for containers"),
        Containers = keys.List("containers", ScalarShapes.Name, "images without init that lie ready in /usr/share/containers as OCI archives"),
        Models = keys.List("models", ModelEntryForm.Shape, "models: names, or maps that choose variant and format"),
        KernelFragments = keys.List("kernel-fragments", FileShapes.File, "kernel fragments of image features"),
        Hostname = keys.Maybe("hostname", TextShapes.Hostname, "host name on the board"),
        Users = keys.List("users", UserForm.Form, "users beside root"),
        Groups = keys.List("groups", GroupForm.Form, "groups beside root"),
        Network = keys.Optional("network", NetworkForm.Form, new NetworkSpec(), "how network cards get addresses, and the clock the time"),
        Services = keys.List("services", ServiceForm.Form, "services beside those of the packages' recipes"),
        Files = keys.List("files", ImageFileForm.Form, "files, links and folders"),
        Overlays = keys.Maybe("overlay", FileShapes.Folder, "folder that is copied over the root file system") is { } overlay ? [overlay] : [],
        Oci = keys.Maybe("oci", OciForm.Form, "how its container starts"),
        Attributes = keys.List("attributes", AttributesForm.Form, "modes and owners of paths"),
        Size = keys.Maybe("size", ScalarShapes.SomeSize, "size of the root file system; the content and a quarter when absent"),
        Budget = keys.Maybe("budget", ScalarShapes.SomeSize, "largest allowed content of the root file system"),
        Root = keys.Maybe("root", RootFormat, "format of the root file system on the disk; ext4 when absent"),
        Formats = keys.List("formats", ScalarShapes.Text, "artifacts besides those of the board, e.g. rootfs.cpio.gz or disk.img.zst"),
        Checks = keys.List("checks", CheckForm.Form, "commands that prove the image on the booted board"),
        WithoutChecks = keys.List("without-checks", BootCheckNames.Shape, "standard checks of a boot that do not hold for it"),
        CheckLogin = keys.Maybe("check-login", CheckLoginForm.Form, "who checks log in as; root when no password is asked of it"),
        Choices = ChoicesForm.Of(keys),
        Folder = keys.Folder,
    }, BudgetFits);

    static bool BudgetFits(Image made, Keys keys)
    {
        if (made.Size is not { } size || made.Budget is not { } budget || budget.Value <= size.Value)
            return true;
        keys.Reading.Error(Codes.Contradiction, $"The `budget` of {budget.Value} bytes is larger than the `size` of {size.Value}, so it says nothing", budget.Span, "Lower the budget, raise the size, or remove one of them");
        return false;
    }
}

/// <summary><c>check-login:</c> of images.</summary>
static class CheckLoginForm
{
    public static Form<CheckLogin> Form { get; } = new("`check-login`", keys => new CheckLogin(
        keys.Required("user", AccountShapes.Name, "login name"),
        keys.Maybe("password-file", FileShapes.FileToCome, "file with the password in its first line, which is no part of the image"),
        keys.Maybe("identity", FileShapes.FileToCome, "file with a private key for SSH, which is no part of the image")));
}

/// <summary><c>files:</c> of images and features.</summary>
static class ImageFileForm
{
    const string Ways = "`text`, `template`, `source`, `link` or `folder: true`";


    public static Form<ImageFile> Form { get; } = new("a file of an image", keys => new ImageFile(
        keys.Required("path", ScalarShapes.TargetFile, "absolute path on the board"),
        keys.Maybe("text", ScalarShapes.Text, "the text itself"),
        keys.Maybe("template", FileShapes.File, "Scriban template"),
        keys.Maybe("mode", ScalarShapes.Mode, "octal mode; 0644 when absent, 0755 of folders and programs"))
    {
        Source = keys.Maybe("source", FileShapes.File, "file or folder that is taken as it is"),
        Link = keys.Maybe("link", TextShapes.LinkTarget, "where a symbolic link leads"),
        Folder = keys.Maybe("folder", ScalarShapes.Truth, "a folder in which nothing needs to lie"),
        Owner = keys.Maybe("owner", AccountShapes.NameOrId, "user name or number; root when absent"),
        Group = keys.Maybe("group", AccountShapes.NameOrId, "group name or number; root when absent"),
    }, Check);

    static bool Check(ImageFile made, Keys keys)
    {
        var path = made.Path;
        object?[] ways = [made.Text, made.Template, made.Source, made.Link, made.Folder is { Value: true } ? made.Folder : null];
        if (ways.Count(way => way is not null) is var count && count != 1)
        {
            keys.Reading.Error(Codes.Contradiction, count == 0 ? $"Nothing says what `{path.Value}` is" : $"`{path.Value}` is more than one thing", path.Span, $"Give one of {Ways}");
            return false;
        }
        if (made.Link is null || (made.Mode?.Span ?? made.Owner?.Span ?? made.Group?.Span) is not { } place)
            return true;
        keys.Reading.Error(Codes.Contradiction, $"`{path.Value}` is a symbolic link, which has neither mode nor owner of its own", place, "Remove them, or give them to what it leads to");
        return false;
    }
}
