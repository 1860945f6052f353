// A board's device tree: a name, or a name with overlays. Unaware of how either is compiled.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>An item of <c>device-trees:</c> of boards.</summary>
static class DeviceTreeForm
{
    public static Shape<DeviceTreeSpec> Shape { get; } = new ScalarOrMap<DeviceTreeSpec>(
        ScalarShapes.Text.Select(source => new DeviceTreeSpec(source, [], null)),
        new Form<DeviceTreeSpec>("a device tree", keys => new DeviceTreeSpec(
            keys.Required("source", ScalarShapes.Text, "a device tree of the kernel's sources"),
            keys.List("overlays", FileShapes.File, "sources of overlays, laid over it in order"),
            keys.Maybe("name", BoardFileForm.FileName, "file name in out/BOARD/IMAGE/; the source's when absent"))));

    /// <summary>Reports device trees that would lie at one place.</summary>
    public static bool NoNameTwice(ImmutableArray<DeviceTreeSpec> trees, Reading reading)
    {
        var before = reading.Problems.Count;
        foreach (var later in trees.GroupBy(t => t.Name).SelectMany(same => same.Skip(1)))
            reading.Error(Codes.DuplicateName, $"Device tree `{later.Name}` stands twice", (later.OwnName ?? later.Source).Span, "Give one of them a `name` of its own");
        return reading.Problems.Count == before;
    }
}
