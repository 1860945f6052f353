// A board's device trees and overlays: a name, or a map that says more. Unaware of how they are compiled.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>An item of <c>device-trees:</c> of boards.</summary>
static class DeviceTreeForm
{
    static readonly Shape<Sited<string>> Source = new DeviceTreeFile(".dtb", ".dts", "freescale/imx8mp-evk.dtb");

    public static Shape<DeviceTreeSpec> Shape { get; } = new ScalarOrMap<DeviceTreeSpec>(
        Source.Select(source => new DeviceTreeSpec(source, [], null)),
        new Form<DeviceTreeSpec>("a device tree", keys => new DeviceTreeSpec(
            keys.Required("source", Source, "a device tree of the kernel's sources (`.dtb`), or a source of one's own (`.dts`)"),
            keys.List("overlays", FileShapes.File, "sources of overlays, laid over it in order"),
            keys.Maybe("name", BoardFileForm.FileName, "file name in out/BOARD/IMAGE/; the source's when absent"))
        {
            Includes = keys.Includes(),
        }));

    /// <summary>Files of one's own that sources include.</summary>
    public static ImmutableArray<Sited<string>> Includes(this Keys keys) => keys.List("includes", FileShapes.File, "files of one's own that it includes; the kernel's are found without");
}

/// <summary>An item of <c>overlays:</c> of boards.</summary>
static class OverlayForm
{
    static readonly Shape<Sited<string>> Source = new DeviceTreeFile(".dtbo", ".dtso", "rockchip/rk3568-wolfvision-pf5-display-vz.dtbo");

    public static Shape<OverlaySpec> Shape { get; } = new ScalarOrMap<OverlaySpec>(
        Source.Select(source => new OverlaySpec(source, null, [])),
        new Form<OverlaySpec>("an overlay", keys => new OverlaySpec(
            keys.Required("source", Source, "a source of one's own (`.dtso`), or an overlay of the kernel's sources (`.dtbo`)"),
            keys.Maybe("name", BoardFileForm.FileName, "file name in out/BOARD/IMAGE/; the source's when absent"),
            keys.List("onto", ScalarShapes.Text, "names of the board's device trees that it must fit; all when absent"))
        {
            Includes = keys.Includes(),
        }));
}

/// <summary>A compiled file of the kernel's sources, or a source of the workspace that must exist.</summary>
/// <param name="compiled">Ending of the kernel's.</param>
/// <param name="own">Ending of sources of one's own.</param>
/// <param name="example">One of the kernel's, for messages.</param>
sealed class DeviceTreeFile(string compiled, string own, string example) : Shape<Sited<string>>
{
    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out Sited<string> value)
    {
        if (!ScalarShapes.Text.TryRead(node, what, reading, out value))
            return false;
        var text = value.Value;
        if (text.EndsWith(own, StringComparison.Ordinal))
            return FileShapes.File.TryRead(node, what, reading, out value) && IsFileName(value, what, reading);
        if (text.EndsWith(compiled, StringComparison.Ordinal) && text.Split('/').All(IsKernelName))
        {
            // Nothing in the kernel's sources has a name of the board's folder.
            if (WorkspacePath.Resolve(WorkspacePath.FolderOf(value.Span.File), text[..^compiled.Length] + own) is not { } source || !reading.Exists(source))
                return true;
            reading.Error(Codes.WrongFormat, $"{Capital(what)} names `{text}` of the kernel's sources, but beside the board lies `{source}`", value.Span, $"Write `{text[..^compiled.Length]}{own}` for the board's own, or rename it");
            return false;
        }

        reading.Error(Codes.WrongFormat, $"{Capital(what)} must be one of the kernel's sources such as `{example}`, or a source of your own that ends with `{own}`, not `{text}`", value.Span, Near(text));
        return false;
    }

    // Names of the kernel's folders and files; they are arguments of make.
    static bool IsKernelName(string part) => part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+' or ',');

    /// <summary>The result has the name of its source, in the image's folder, FIT images and boot configurations.</summary>
    bool IsFileName(Sited<string> source, string what, Reading reading)
    {
        var name = source.Value[(source.Value.LastIndexOf('/') + 1)..];
        if (name != own && IsKernelName(name))
            return true;
        reading.Error(Codes.WrongFormat, $"{Capital(what)} names `{name}`, whose result would have that name, but files beside the disk have names of letters, digits and `._+,-`", source.Span, "Rename it");
        return false;
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = $"[.]({compiled[1..]}|{own[1..]})$" };

    string? Near(string text) =>
        text.StartsWith('/') ? "Names are relative to the kernel's arch/ARCH/boot/dts, or to the folder of the file they are written in"
        : text.EndsWith(".dtso", StringComparison.Ordinal) || text.EndsWith(".dtbo", StringComparison.Ordinal) ? "Overlays stand in `overlays:`, of the board or of the device tree that they are laid over"
        : text.EndsWith(".dts", StringComparison.Ordinal) || text.EndsWith(".dtb", StringComparison.Ordinal) ? "Device trees stand in `device-trees:`"
        : $"Write `{text}{compiled}` if it is of the kernel's sources";
}
