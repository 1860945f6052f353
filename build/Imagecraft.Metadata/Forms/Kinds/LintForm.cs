// The form of what a board's kernel must drive. Unaware of device trees.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>lint:</c> of boards.</summary>
static class LintForm
{
    static readonly Shape<Sited<string>> Node = new Scalar<string>(
        "a node of the device tree: a path such as `/soc/mmc@7e340000`, or an alias such as `mmc1`",
        text => (text, text.Length > 1 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '@' or ',' or '-' or '_' or '.' or '+') && (text[0] == '/') == text.Contains('/', StringComparison.Ordinal)),
        () => new() { ["type"] = "string", ["pattern"] = "^(/[A-Za-z0-9@,._+/-]+|[A-Za-z0-9@,._+-]+)$" });

    static readonly Shape<Sited<string>> Path = new Scalar<string>(
        "a path in the device tree, such as `/soc/mmc@7e340000`",
        text => (text, text.Length > 1 && text[0] == '/' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '@' or ',' or '-' or '_' or '.' or '+')),
        () => new() { ["type"] = "string", ["pattern"] = "^/[A-Za-z0-9@,._+/-]+$" });

    static readonly Shape<LintDeviceSpec> Device = new ScalarOrMap<LintDeviceSpec>(
        Node.Select(node => new LintDeviceSpec(node, [])),
        new Form<LintDeviceSpec>("a device", keys => new LintDeviceSpec(
            keys.Required("node", Node, "path or alias in the device tree"),
            keys.List("drivers", TextShapes.Module, "modules that drive it or what hangs on it, where the tree does not tell"))));

    static readonly Form<LintWaiverSpec> Waiver = new("a waiver", keys => new LintWaiverSpec(
        keys.Required("node", Path, "path in the device tree"),
        keys.Required("reason", ScalarShapes.Words, "why it may stay without a driver, or its driver without firmware")));

    public static Form<LintSpec> Form { get; } = new("`lint`", keys => new LintSpec(
        keys.Required("root", Device, "the disk with the root file system: all that it needs must be built in"))
    {
        DeviceTree = keys.Maybe("device-tree", BoardFileForm.FileName, "file name of the board's device tree; its first when absent"),
        Console = keys.Maybe("console", Device, "the serial console; what `stdout-path` of the tree names when absent"),
        Devices = keys.List("devices", Device, "network adapters and all else that must work, by built-in drivers or modules"),
        Waivers = keys.List("waivers", Waiver, "what may stay without a driver, or without its firmware"),
    });
}
