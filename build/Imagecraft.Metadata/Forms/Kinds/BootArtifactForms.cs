// The forms of FIT images and of scripts for U-Boot. Unaware of mkimage.

using System.Globalization;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>fit-images:</c> of boards.</summary>
static class FitImageForm
{
    public static Form<FitImageSpec> Form { get; } = new("a FIT image", keys => new FitImageSpec(
        keys.Required("name", BoardFileForm.FileName, "file name in out/BOARD/IMAGE/"),
        keys.Required("device-trees", new FilledListOf<Sited<string>>(ScalarShapes.Text), "names of the board's device trees; each makes a configuration `conf-NAME`, the first the default"))
    {
        Overlays = keys.List("overlays", ScalarShapes.Text, "names of the board's overlays; each makes a configuration `conf-NAME` that is laid over another"),
        Ramdisk = keys.Maybe("ramdisk", ScalarShapes.Text, "artifact of the image that is the initial RAM disk, e.g. rootfs.cpio.gz"),
        Load = keys.Maybe("load", Addresses.Shape, "address that the kernel is loaded at; U-Boot finds room when absent"),
        DeviceTreeLoad = keys.Maybe("device-tree-load", Addresses.Shape, "address that device trees are loaded at; needed with `overlays`"),
        IsPacked = keys.Optional("compression", ScalarShapes.OneOf("none", "gzip"), null, "how the kernel is packed; none when absent")?.Value == "gzip",
    }, HasPlaces);

    // U-Boot looks for the head of a plain kernel in what it loads to no place of its own, and lays overlays over a device tree that has one (boot/bootm.c, boot/image-fit.c).
    static bool HasPlaces(FitImageSpec image, Keys keys) =>
        (!image.IsPacked || image.Load is not null || Refuse(image, keys, "has a packed kernel, but no `load`", "Say where U-Boot unpacks it, e.g. `load: \"0x40200000\"`, or write `compression: none`"))
        & (image.Overlays.IsEmpty || image.DeviceTreeLoad is not null || Refuse(image, keys, "has overlays, but no `device-tree-load`", "Say where U-Boot lays them over a device tree, e.g. `device-tree-load: \"0x48000000\"`"));

    static bool Refuse(FitImageSpec image, Keys keys, string what, string hint)
    {
        keys.Reading.Error(Codes.Contradiction, $"FIT image `{image.Name.Value}` {what}", image.Name.Span, hint);
        return false;
    }
}

/// <summary><c>boot-scripts:</c> of boards.</summary>
static class BootScriptForm
{
    static readonly Placeholders Text = new("CMDLINE", "KERNEL");

    public static Form<BootScriptSpec> Form { get; } = new("a boot script", keys => new BootScriptSpec(
        keys.Required("name", BoardFileForm.FileName, "file name in out/BOARD/IMAGE/, e.g. boot.scr"),
        keys.Required("text", Text, "commands of U-Boot; $CMDLINE and $KERNEL are filled in")));
}

/// <summary>Addresses in memory.</summary>
static class Addresses
{
    public static Shape<Sited<ulong>> Shape { get; } = new Scalar<ulong>(
        "an address such as `0x40200000`",
        text => (ulong.TryParse(text.AsSpan(Math.Min(2, text.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : 0, text.StartsWith("0x", StringComparison.Ordinal) && text.Length is > 2 and <= 18 && text[2..].All(char.IsAsciiHexDigit)),
        () => new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "integer") });
}
