// Which nodes of a device tree a node cannot do without, by its properties. Unaware of drivers.

using Imagecraft.Boards.DeviceTrees;

namespace Imagecraft.Boards.Drivers;

/// <summary>A node that another one needs.</summary>
/// <param name="Property">By which property, e.g. <c>clocks</c>; <c>bus</c> for the node above.</param>
/// <param name="Node">The supplier.</param>
public sealed record Supply(string Property, DeviceNode Node);

/// <summary>Finds suppliers.</summary>
/// <remarks>Sources: Devicetree specification 0.4, chapter 2; the bindings in the kernel's Documentation/devicetree/bindings, which the kernel follows in drivers/of/property.c.</remarks>
public static class Suppliers
{
    /// <summary>The property of <see cref="Supply"/> for the node above.</summary>
    public const string Bus = "bus";

    // Lists of references, each followed by as many cells as the supplier says.
    private static readonly Dictionary<string, string> Lists = new(StringComparer.Ordinal)
    {
        ["clocks"] = "#clock-cells",
        ["assigned-clocks"] = "#clock-cells",
        ["assigned-clock-parents"] = "#clock-cells",
        ["resets"] = "#reset-cells",
        ["power-domains"] = "#power-domain-cells",
        ["phys"] = "#phy-cells",
        ["dmas"] = "#dma-cells",
        ["iommus"] = "#iommu-cells",
        ["mboxes"] = "#mbox-cells",
        ["interconnects"] = "#interconnect-cells",
        ["io-channels"] = "#io-channel-cells",
        ["pwms"] = "#pwm-cells",
        ["hwlocks"] = "#hwlock-cells",
        ["nvmem-cells"] = "#nvmem-cell-cells",
        ["interrupts-extended"] = "#interrupt-cells",
        ["msi-parent"] = "#msi-cells",
        ["gpios"] = "#gpio-cells",
    };

    private static readonly string[] References = ["extcon", "mmc-pwrseq", "usb-phy", "shmem", "phy-handle"];

    /// <summary>All suppliers of a node, the buses above it first.</summary>
    /// <param name="tree">The tree of the node.</param>
    /// <param name="node">Whose.</param>
    public static IEnumerable<Supply> Of(DeviceTree tree, DeviceNode node)
    {
        for (var above = node.Parent; above?.Parent is not null; above = above.Parent)
            yield return new(Bus, above);
        foreach (var property in node.Properties.Keys.Order(StringComparer.Ordinal))
        {
            var found = Lists.TryGetValue(property, out var cells) ? Listed(tree, node, property, cells)
                : property.EndsWith("-gpios", StringComparison.Ordinal) || property.EndsWith("-gpio", StringComparison.Ordinal) ? Listed(tree, node, property, "#gpio-cells")
                : IsReference(property) ? node.Cells(property).Select(tree.ByHandle)
                : property is "iommu-map" or "msi-map" ? node.Cells(property).Chunk(4).Where(entry => entry.Length == 4).Select(entry => tree.ByHandle(entry[1]))
                : property == "interrupt-map" ? Mapped(tree, node)
                : property == "interrupts" && !node.Properties.ContainsKey("interrupts-extended") ? [Controller(tree, node)]
                : [];
            foreach (var supplier in found.OfType<DeviceNode>().Distinct().Where(s => s != node))
                yield return new(property, supplier);
        }
    }

    private static bool IsReference(string property) =>
        property.EndsWith("-supply", StringComparison.Ordinal) || References.Contains(property) || (property.StartsWith("pinctrl-", StringComparison.Ordinal) && char.IsAsciiDigit(property[^1]));

    private static IEnumerable<DeviceNode?> Listed(DeviceTree tree, DeviceNode node, string property, string cells)
    {
        var values = node.Cells(property);
        for (var i = 0; i < values.Count; i++)
        {
            // An entry without a reference takes one cell.
            if (values[i] == 0)
                continue;
            if (tree.ByHandle(values[i]) is not { } supplier)
                yield break;
            yield return supplier;
            i += (int)(supplier.Number(cells) ?? 0);
        }
    }

    // Each entry: a device's address and interrupt on the bus, the controller, and an address and interrupt there.
    private static IEnumerable<DeviceNode?> Mapped(DeviceTree tree, DeviceNode node)
    {
        var values = node.Cells("interrupt-map");
        var own = (int)((node.Number("#address-cells") ?? 0) + (node.Number("#interrupt-cells") ?? 1));
        for (var i = own; i < values.Count; i += own + 1)
        {
            if (tree.ByHandle(values[i]) is not { } controller)
                yield break;
            yield return controller;
            i += (int)((controller.Number("#address-cells") ?? 0) + (controller.Number("#interrupt-cells") ?? 1));
        }
    }

    private static DeviceNode? Controller(DeviceTree tree, DeviceNode node)
    {
        for (var at = node; at is not null; at = at.Parent)
        {
            if (at.Number("interrupt-parent") is { } handle)
                return tree.ByHandle((uint)handle);
            if (at != node && (at.Properties.ContainsKey("interrupt-controller") || at.Properties.ContainsKey("interrupt-map")))
                return at;
        }

        return null;
    }
}
