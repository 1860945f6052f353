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
        Packages = keys.List("packages", ScalarShapes.Name, "packages; what they require comes along"),
        Features = keys.List("features", ScalarShapes.Name, "features: what they bring comes before what the image says itself"),
        CommandLine = keys.Maybe("command-line", TextShapes.Line, "kernel arguments after the board's"),
        Init = keys.Maybe("init", InitProgram, "what starts services; busybox when absent, none for containers"),
        Containers = keys.List("containers", ScalarShapes.Name, "images without init that lie ready in /usr/share/containers as OCI archives"),
        Models = keys.List("models", ModelEntryForm.Shape, "models: names, or maps that choose variant and format"),
        KernelFragments = keys.List("kernel-fragments", FileShapes.File, "kernel fragments of image features"),
        Hostname = keys.Maybe("hostname", TextShapes.Hostname, "host name on the board"),
        Users = keys.List("users", UserForm.Form, "users beside root"),
        Groups = keys.List("groups", GroupForm.Form, "groups beside root"),
        Services = keys.List("services", ServiceForm.Form, "services beside those of the packages' recipes"),
        Files = keys.List("files", ImageFileForm.Form, "files with their text"),
        Attributes = keys.List("attributes", AttributesForm.Form, "modes and owners of paths"),
        Size = keys.Maybe("size", ScalarShapes.SomeSize, "size of the root file system; the content and a quarter when absent"),
        Budget = keys.Maybe("budget", ScalarShapes.SomeSize, "largest allowed content of the root file system"),
        Root = keys.Maybe("root", RootFormat, "format of the root file system on the disk; ext4 when absent"),
        Formats = keys.List("formats", ScalarShapes.Text, "artifacts besides those of the board, e.g. rootfs.cpio.gz or disk.img.zst"),
        Checks = keys.List("checks", CheckForm.Form, "commands that prove the image on the booted board"),
        WithoutChecks = keys.List("without-checks", BootCheckNames.Shape, "standard checks of a boot that do not hold for it"),
        CheckLogin = keys.Maybe("check-login", CheckLoginForm.Form, "who checks log in as; root when no password is asked of it"),
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

/// <summary><c>files:</c> of images.</summary>
static class ImageFileForm
{
    public static Form<ImageFile> Form { get; } = new("a file of an image", keys => new ImageFile(
        keys.Required("path", ScalarShapes.TargetFile, "absolute path on the board"),
        keys.Maybe("text", ScalarShapes.Text, "the text itself"),
        keys.Maybe("template", FileShapes.File, "Scriban template"),
        keys.Maybe("mode", ScalarShapes.Mode, "octal mode; 0644 when absent")), Check);

    static bool Check(ImageFile made, Keys keys)
    {
        if ((made.Text is null) != (made.Template is null))
            return true;
        var path = made.Path;
        keys.Reading.Error(Codes.Contradiction, $"File `{path.Value}` needs either `text` or `template`", path.Span, "Give one of the two");
        return false;
    }
}
