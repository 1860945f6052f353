// The form of what a board's kernel must drive. Unaware of device trees.

using Imagecraft.Metadata.Diagnostics;
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

    static readonly Form<LintClassSpec> Class = new("a class of devices", keys => new LintClassSpec(
        keys.Required("name", ScalarShapes.Text, "what they are, for messages"),
        keys.List("drivers", TextShapes.Module, "modules that drive them, all of which there must be"),
        keys.Optional("built-in", ScalarShapes.Flag, false, "the root file system or the console may lie behind them"),
        keys.Maybe("without-firmware", ScalarShapes.Words, "why their driver may go without its firmware")));

    public static Form<LintSpec> Form { get; } = new("`lint`", keys => new LintSpec(
        keys.Maybe("root", Device, "the disk with the root file system: all that it needs must be built in"))
    {
        Classes = keys.List("classes", Class, "what the board drives of its kind where no device tree names its devices"),
        None = keys.Maybe("none", ScalarShapes.Text, "why nothing is judged"),
        DeviceTree = keys.Maybe("device-tree", BoardFileForm.FileName, "file name of the board's device tree; its first when absent"),
        Console = keys.Maybe("console", Device, "the serial console; what `stdout-path` of the tree names when absent"),
        Devices = keys.List("devices", Device, "network adapters and all else that must work, by built-in drivers or modules"),
        Waivers = keys.List("waivers", Waiver, "what may stay without a driver, or without its firmware"),
    }, IsSomething);

    // By a tree, by classes, by both, or by nothing with the reason.
    static bool IsSomething(LintSpec lint, Keys keys)
    {
        if (lint.None is { } none && (lint.Root is not null || !lint.Classes.IsEmpty || !lint.Devices.IsEmpty))
            return Refuse(keys, "`none` of `lint` says why nothing is judged, but something is", none.Span, "Remove `none`, or all else");
        if (lint.None is null && lint.Root is null && (lint.Classes.IsEmpty || !lint.Devices.IsEmpty || lint.Console is not null))
            return Refuse(keys, "`lint` does not say which disk has the root file system", keys.Span, "Name its node by `root`; where firmware tells of devices instead of a device tree, name `classes` of them, and by `none` why nothing is judged");
        var empty = lint.Classes.FirstOrDefault(c => c.Drivers.IsEmpty);
        return empty is null || Refuse(keys, $"The class `{empty.Name}` of `lint` names no driver", empty.Name.Span, "List modules in its `drivers`");
    }

    static bool Refuse(Keys keys, string what, SourceSpan place, string hint)
    {
        keys.Reading.Error(Codes.Contradiction, what, place, hint);
        return false;
    }
}
