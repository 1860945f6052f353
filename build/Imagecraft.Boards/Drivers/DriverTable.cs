// Who drives a node under a configuration, by the index of the kernel's sources and of modules beside it. Unaware of who needs the node.

using System.Collections.Immutable;
using Imagecraft.Boards.DeviceTrees;

namespace Imagecraft.Boards.Drivers;

/// <summary>A driver for a node.</summary>
/// <param name="Compatible">What it is chosen by.</param>
/// <param name="Source">Its file.</param>
/// <param name="File">How that is compiled.</param>
public sealed record FoundDriver(string Compatible, string Source, CompiledFile File);

/// <summary>Looks drivers up.</summary>
public sealed class DriverTable
{
    // What nobody's table has: read by the node's consumer or by the core of a subsystem, or found by another bus.
    private static readonly string[] Passive =
    [
        "arm,scmi-shmem", "arm,idle-state", "cache", "ethernet-phy-ieee802.3-c22", "ethernet-phy-ieee802.3-c45", "fixed-layout", "fixed-partitions", "fsl,imx8mm-anatop", "operating-points-v2", "riscv,idle-state", "shared-dma-pool", "snps,dwmac-mdio",
    ];

    private const string PowerOfRegisters = "syscon";

    private readonly KernelConfiguration configuration;
    private readonly KernelObjects objects;
    private readonly ILookup<string, DriverLine> drives, parts;
    private readonly ImmutableArray<DriverLine> makes;
    private readonly ImmutableArray<(ILookup<string, DriverLine> Drives, KernelObjects Objects)> others;

    /// <summary>Prepares look-ups.</summary>
    /// <param name="kernel">Index of the kernel.</param>
    /// <param name="modules">Indexes of modules that are built beside it.</param>
    /// <param name="configuration">Final.</param>
    /// <param name="architecture">The kernel's name of it.</param>
    public DriverTable(DriverIndex kernel, IEnumerable<DriverIndex> modules, KernelConfiguration configuration, string architecture)
    {
        this.configuration = configuration;
        objects = new(kernel, configuration, architecture);
        drives = Drives(kernel);
        parts = kernel.Lines.Where(l => l.Kind == DriverFact.DrivesPart).ToLookup(l => l.Text, StringComparer.Ordinal);
        makes = [.. kernel.Lines.Where(l => l.Kind == DriverFact.Makes)];
        others = [.. modules.Select(m => (Drives(m), new KernelObjects(m, configuration, architecture)))];
    }

    /// <summary>What a node is matched by: its <c>compatible</c>; a protocol of SCMI by its number.</summary>
    public static IReadOnlyList<string> Names(DeviceNode node) =>
        node.Compatible.Count == 0 && node.Name.StartsWith("protocol@", StringComparison.Ordinal) && node.Parent?.Compatible.Any(c => c.StartsWith("arm,scmi", StringComparison.Ordinal)) == true ? [$"scmi-{node.Name}"] : node.Compatible;

    /// <summary>Whether a node works without a driver of its own.</summary>
    public bool IsPassive(DeviceNode node) => node.Text("device_type") == "cpu" || Names(node).Any(name =>
        Passive.Contains(name) || name.StartsWith("ethernet-phy-id", StringComparison.Ordinal) || (name == PowerOfRegisters && configuration["MFD_SYSCON"] == Compiled.BuiltIn));

    /// <summary>All that could drive a node: compiled ones first, then by how special the name is that they are chosen by, then by how few symbols are missing.</summary>
    public ImmutableArray<FoundDriver> Of(DeviceNode node) =>
    [
        .. Names(node)
            .SelectMany(name => Sources(name).Select(source => new FoundDriver(name, source, objects.Of(source))).Concat(others.SelectMany(o => o.Drives[name].Select(l => new FoundDriver(name, l.Place, o.Objects.Of(l.Place))))))
            .Where(d => !d.Source.StartsWith("arch/", StringComparison.Ordinal) || d.File.IsKnown)
            .Select((driver, order) => (driver, order))
            .OrderByDescending(d => d.driver.File.Value).ThenByDescending(d => d.driver.File.IsKnown).ThenBy(d => d.order).ThenBy(d => d.driver.File.Missing.Length)
            .Select(d => d.driver),
    ];

    /// <summary>The module of a name; null when no makefile makes it.</summary>
    public CompiledFile? OfModule(string name) => objects.OfModule(name) ?? others.Select(o => o.Objects.OfModule(name)).OfType<CompiledFile>().FirstOrDefault();

    /// <summary>Whether a module's devices are nodes of device trees, as some table of its sources says.</summary>
    public bool IsInTrees(string module) =>
        Tables(drives, objects, module) || others.Any(o => Tables(o.Drives, o.Objects, module));

    private static bool Tables(ILookup<string, DriverLine> drives, KernelObjects objects, string module) =>
        drives.SelectMany(name => name).Select(l => l.Place).Distinct(StringComparer.Ordinal).Any(source => objects.Of(source).Module is { } own && ModuleNames.Same.Equals(own, module));

    /// <summary>Drivers of what a chip of several functions makes for a property: its regulators, its clocks. None when that is the chip's own driver's.</summary>
    /// <param name="chip">The chip's driver.</param>
    /// <param name="property">Which property leads to it.</param>
    public ImmutableArray<FoundDriver> Parts(FoundDriver chip, string property)
    {
        const string chips = "drivers/mfd/";
        if (!chip.Source.StartsWith(chips, StringComparison.Ordinal) || Folders(property) is not { Length: > 0 } folders)
            return [];
        // `rk8xx-spi.c` knows how to reach the chip, `rk8xx-core.c` what is in it.
        var stem = chip.Source[chips.Length..^2];
        var family = stem.Contains('-', StringComparison.Ordinal) ? stem[..stem.IndexOf('-', StringComparison.Ordinal)] : stem;
        var names = makes.Where(m => m.Place[chips.Length..^2] is var other && (other == family || other.StartsWith($"{family}-", StringComparison.Ordinal))).Select(m => m.Text).Distinct(StringComparer.Ordinal);
        return
        [
            .. names.SelectMany(name => parts[name]).Where(p => folders.Any(f => p.Place.StartsWith(f, StringComparison.Ordinal)))
                .Select(p => new FoundDriver(p.Text, p.Place, objects.Of(p.Place))).OrderByDescending(d => d.File.Value).ThenBy(d => d.File.Missing.Length),
        ];
    }

    private IEnumerable<string> Sources(string name) => drives[name].Select(l => l.Place).Concat(AmbaDevices.SourceOf(name) is { } source ? [source] : []).Distinct(StringComparer.Ordinal);

    private static ILookup<string, DriverLine> Drives(DriverIndex index) => index.Lines.Where(l => l.Kind == DriverFact.Drives).ToLookup(l => l.Text, StringComparer.Ordinal);

    private static string[] Folders(string property) => property switch
    {
        "clocks" or "assigned-clocks" or "assigned-clock-parents" => ["drivers/clk/"],
        "power-domains" => ["drivers/pmdomain/"],
        "resets" => ["drivers/reset/", "drivers/clk/"],
        _ when property.EndsWith("-supply", StringComparison.Ordinal) => ["drivers/regulator/"],
        _ when property.StartsWith("pinctrl-", StringComparison.Ordinal) => ["drivers/pinctrl/"],
        _ when property.EndsWith("gpios", StringComparison.Ordinal) || property.EndsWith("-gpio", StringComparison.Ordinal) => ["drivers/gpio/", "drivers/pinctrl/"],
        _ => [],
    };
}
