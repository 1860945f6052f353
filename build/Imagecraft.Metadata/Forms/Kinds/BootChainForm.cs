// The forms of a board's boot chain. Unaware of how a disk is examined.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>boot-chain:</c> of boards.</summary>
static class BootChainForm
{
    static readonly Form<PackageFile> File = new("a file of a package", keys => new PackageFile(
        keys.Required("package", ScalarShapes.Name, "package that brings it; it need not be installed"), keys.Required("file", ScalarShapes.TargetPath, "path in the package")));

    static readonly Shape<Sited<string>> TypeGuid = new Scalar<string>(
        "a GPT type GUID", text => (text, Guid.TryParseExact(text, "D", out _)), () => new() { ["type"] = "string", ["pattern"] = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" });

    static readonly Form<BootImageSpec> Image = new("an image of a stage", keys => new BootImageSpec(
        keys.Required("name", ScalarShapes.Text, "its name in the stage; `kernel` or `fdt` of boot files; `spl`, `tpl`, `ele`, `atf`, `u-boot`, `bl2`, `bl31` to `bl33` or `fsbl` where the format has none"),
        keys.Maybe("load", Addresses.Shape, "address that it is made for"),
        keys.Maybe("entry", Addresses.Shape, "address of its first instruction; `load` when absent"),
        keys.Maybe("code", ScalarShapes.OneOf("arm64", "riscv"), "whose instructions it begins with"),
        keys.Maybe("console", Addresses.Shape, "address of the serial port that it writes to, which its code names"))
    {
        Below = keys.Maybe("below", Addresses.Shape, "address below which all of it must lie, because its memory ends there"),
    });

    static readonly Form<BootStageSpec> Stage = new("a stage", keys => new BootStageSpec(
        keys.Required("name", ScalarShapes.Text, "name for messages"),
        keys.Required("format", ScalarShapes.OneOf("imx8m", "imx9", "rockchip", "starfive", "stm32", "fip", "fit", "spacemit", "extlinux", "raspberry-pi", "ti-k3"), "how it is packed; `extlinux`, `raspberry-pi` and `ti-k3` are boot files on a FAT partition"),
        keys.Required("document", ScalarShapes.Text, "address of what says all this"))
    {
        Offset = keys.Maybe("offset", ScalarShapes.Size, "first byte on the disk"),
        PartitionType = keys.Maybe("partition-type", TypeGuid, "GPT type GUID of the partition that is looked for"),
        PartitionName = keys.Maybe("partition-name", ScalarShapes.Text, "GPT name of the partition that is looked for"),
        PartitionNumber = keys.Maybe("partition-number", ScalarShapes.Count, "number of the partition that is looked for, counted from 1"),
        Images = keys.List("images", Image, "programs in it"),
        Carries = keys.List("carries", File, "files that it carries whole"),
        Compatible = keys.Maybe("compatible", ScalarShapes.Text, "what the device tree of its default configuration is compatible with"),
    }, OnePlace);

    public static Form<BootChainSpec> Form { get; } = new("`boot-chain`", keys => new BootChainSpec(
        keys.List("stages", Stage, "what ROM and boot loader read, in order"),
        keys.Maybe("configuration", File, "U-Boot's final configuration, which says where it keeps its environment and looks for the next stage")));

    static bool OnePlace(BootStageSpec stage, Keys keys)
    {
        if (new object?[] { stage.Offset, stage.PartitionType, stage.PartitionName, stage.PartitionNumber }.Count(place => place is not null) == 1)
            return true;
        keys.Reading.Error(Codes.Contradiction, $"Stage `{stage.Name.Value}` needs one of `offset`, `partition-type`, `partition-name` and `partition-number`", stage.Name.Span, "Say where the stage before looks for it");
        return false;
    }
}
