// Walks from a board's devices to all their suppliers and demands a driver for each, built in where the root file system or the console waits for it. Unaware of YAML, images and files.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Boards.DeviceTrees;

namespace Imagecraft.Boards.Drivers;

/// <summary>Holds a kernel's final configuration against a device tree.</summary>
/// <param name="demand">What the board needs.</param>
/// <param name="tree">its device tree; null where firmware tells of devices, which are then held to the classes that the board names.</param>
/// <param name="table">Who drives what.</param>
public sealed class DriverLint(DriverDemand demand, DeviceTree? tree, DriverTable table)
{
    private readonly List<string> lines = [], problems = [];
    private readonly HashSet<DeviceNode> visited = [];
    private readonly HashSet<(DeviceNode, string)> parts = [];
    private readonly HashSet<string> waived = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NeededDriver> drivers = new(StringComparer.Ordinal);

    // What is looked at, whether it must be built in, and the words that say who wants it.
    private sealed record Visit(DeviceNode Node, bool BuiltIn, string Property, string Because, string? Fragment);

    /// <summary>Walks.</summary>
    public DriverReport Run()
    {
        if (demand.Root is { } root && tree is not null)
            Nodes(tree, root);
        foreach (var promised in demand.Classes)
            Class(promised);
        foreach (var accelerator in demand.Accelerators)
            Accelerator(accelerator);
        if (tree is not null)
            Others(tree);
        // What is driven may still go without its firmware, which only an image shows.
        foreach (var waiver in demand.Waivers.Where(w => waived.Contains(w.Node) || drivers.Values.All(d => d.For != w.Node)))
            Tell(waived.Contains(waiver.Node) ? $"Waived: {waiver.Node}: {waiver.Reason}" : (FormattableString)$"A waiver that nothing needs any more, to be removed: {waiver.Node}: {waiver.Reason}");
        return new([.. lines], [.. problems], [.. drivers.Values.OrderBy(d => d.Module, StringComparer.Ordinal)]);
    }

    private void Nodes(DeviceTree tree, DemandedDevice root)
    {
        Device(tree, "the root disk", root, builtIn: true);
        if ((demand.Console ?? Standard(tree)) is { } console)
            Device(tree, "the console", console, builtIn: true);
        else
            Complain($"The device tree names no console by `stdout-path` of `/chosen`; name its node by `console` of `lint`");
        foreach (var device in demand.Devices)
            Device(tree, "the board", device, builtIn: false);
    }

    // Whichever of them a machine has, its driver must be there.
    private void Class(DemandedClass promised)
    {
        Tell($"{Capital(promised.Name)}: {string.Join(", ", promised.Drivers)}{(promised.BuiltIn ? ", built in" : "")}");
        foreach (var driver in promised.Drivers)
            Named(driver, promised.Name, promised.BuiltIn, demand.Fragment);
    }

    private static DemandedDevice? Standard(DeviceTree tree) => tree.Root.Child("chosen")?.Text("stdout-path") is { Length: > 0 } path ? new(path.Split(':')[0], []) : null;

    private void Device(DeviceTree tree, string what, DemandedDevice device, bool builtIn)
    {
        if (tree.Find(device.Node) is not { } node)
        {
            Complain($"The device tree has no node `{device.Node}`, which is {what} by `lint`{Nearest(tree, device.Node)}");
            return;
        }

        if (!node.IsEnabled)
            Complain($"`{node.Path}`, {(what == "the board" ? "a device of the board" : what)} by `lint`, is disabled in the device tree");
        Tell($"{Capital(what == "the board" ? "a device" : what)}: {node.Path}");
        foreach (var name in device.Drivers)
            Named(name, node.Path, builtIn, demand.Fragment);
        // A node that no table knows (a radio on its bus) may be what the named driver is for; one that is known needs its own besides.
        Walk(tree, new(node, builtIn, "", what, demand.Fragment), isDriven: !device.Drivers.IsEmpty && table.Of(node).IsEmpty);
    }

    // A driver that the board names, because the tree does not.
    private void Named(string name, string path, bool builtIn, string? fragment)
    {
        if (table.OfModule(name) is not { } file)
            Complain($"`{path}` is to be driven by the module `{name}`, which no makefile of `{demand.Kernel}` makes");
        else if (file.Value == Compiled.No || (builtIn && file.Value != Compiled.BuiltIn))
            Complain($"`{path}` is driven by `{name}`, which the kernel does not have{(file.Value == Compiled.Module ? " built in" : "")}: {Remedy(file.Missing, builtIn, fragment)}");
        else
            Needed(name.Replace('-', '_'), file, path);
    }

    private void Accelerator(DemandedAccelerator accelerator)
    {
        var nodes = tree is null ? [] : tree.Root.All.Where(n => n.Compatible.Count > 0 && n.IsEnabled && table.Of(n).Any(d => d.File.Module is { } module && accelerator.Modules.Contains(module, ModuleNames.Same))).ToList();
        if (tree is not null && nodes.Count == 0 && accelerator.Modules.Any(table.IsInTrees))
            Complain($"The device tree has no enabled node that [{string.Join(", ", accelerator.Modules)}] of the accelerator `{accelerator.Name}` drives; enable it by an overlay, or take the accelerator off the board");
        Tell($"The accelerator {accelerator.Name}: {(nodes.Count == 0 ? "no node of the device tree, so it is found by its bus" : string.Join(", ", nodes.Select(n => n.Path)))}");
        foreach (var node in nodes)
            Walk(tree!, new(node, BuiltIn: false, "", $"the accelerator `{accelerator.Name}`", accelerator.Fragment), isDriven: false);
        foreach (var module in nodes.Count == 0 ? accelerator.Modules : [])
            Named(module, $"the accelerator {accelerator.Name}", builtIn: false, accelerator.Fragment);
    }

    // Root and console come first, so what is visited again is never demanded more of.
    private void Walk(DeviceTree tree, Visit first, bool isDriven)
    {
        var queue = new Queue<(Visit Visit, bool IsDriven)>([(first, isDriven)]);
        while (queue.TryDequeue(out var next))
        {
            var (visit, driven) = next;
            var isNew = visited.Add(visit.Node);
            if (!driven)
                Judge(visit, isNew);
            foreach (var supply in isNew ? Suppliers.Of(tree, visit.Node) : [])
            {
                // A part of a chip (a regulator, a group of pins) is the chip's driver's.
                var owner = supply.Node;
                while (DriverTable.Names(owner).Count == 0 && owner.Parent?.Parent is not null)
                    owner = owner.Parent;
                // A chip's own pins are set when it is driven, not before.
                if (owner == visit.Node)
                    continue;
                var because = supply.Property == Suppliers.Bus ? $"{Root(visit.Because)}, as bus of `{visit.Node.Path}`" : $"{Root(visit.Because)}, by `{supply.Property}` of `{visit.Node.Path}`";
                var further = new Visit(owner, visit.BuiltIn, supply.Property, because, demand.Fragment);
                queue.Enqueue((further, false));
                if (owner != supply.Node)
                    queue.Enqueue((further with { Node = supply.Node }, true));
            }
        }
    }

    private void Judge(Visit visit, bool isNew)
    {
        var node = visit.Node;
        if (DriverTable.Names(node).Count == 0)
            return;
        if (!node.IsEnabled)
        {
            if (isNew)
                Tell($"  {node.Path}: disabled ({visit.Because})");
            return;
        }

        var found = table.Of(node);
        if (found.IsEmpty && isNew && !table.IsPassive(node))
            Problem(visit, $"no driver of `{demand.Kernel}` knows [{string.Join(", ", DriverTable.Names(node))}]", null);
        // Where no makefile names the file, it cannot be told whether it is compiled.
        if (found is not [{ File.IsKnown: true } best, ..])
            return;
        if (isNew && Demand(visit, best, $"`{best.Compatible}` is driven by {best.Source}"))
            Tell($"  {node.Path}: {best.Source}, {(best.File.Value == Compiled.BuiltIn ? "built in" : $"module {best.File.Module}")} ({visit.Because})");
        if (table.Parts(best, visit.Property) is [{ File.IsKnown: true } part, ..] && parts.Add((node, part.Source)))
            Demand(visit, part, $"what `{visit.Property}` leads to is driven by {part.Source}");
    }

    private bool Demand(Visit visit, FoundDriver driver, string who)
    {
        if (driver.File.Value == Compiled.No || (visit.BuiltIn && driver.File.Value != Compiled.BuiltIn))
        {
            Problem(visit, $"{who}{(driver.File.Value == Compiled.Module ? ", a module, which lies behind it" : "")}", Remedy(driver.File.Missing, visit.BuiltIn, visit.Fragment));
            return false;
        }

        Needed(driver.File.Module!, driver.File, visit.Node.Path);
        return true;
    }

    private void Problem(Visit visit, string who, string? remedy)
    {
        if (demand.Waivers.FirstOrDefault(w => w.Node == visit.Node.Path) is { } waiver)
            waived.Add(waiver.Node);
        else
            Complain($"`{visit.Node.Path}` has no driver{(visit.BuiltIn ? " that is built in" : "")}, but is needed by {visit.Because}: {who}; {remedy ?? "take a kernel that has one, or waive it with the reason"}");
    }

    private void Others(DeviceTree tree)
    {
        var idle = tree.Root.All
            .Where(n => n.Parent is not null && n.IsEnabled && !visited.Contains(n) && DriverTable.Names(n).Count > 0 && !table.IsPassive(n))
            .Select(n => (Node: n, Found: table.Of(n)))
            .Where(n => n.Found is [] or [{ File: { Value: Compiled.No, IsKnown: true } }, ..])
            .ToList();
        Tell($"Enabled without a driver, and needed by nothing above ({idle.Count}):");
        foreach (var (node, found) in idle)
        {
            Tell($"  {node.Path} [{string.Join(", ", DriverTable.Names(node))}]: {(found is [var best, ..] ? string.Join(", ", best.File.Missing.Select(s => $"CONFIG_{s}")) : "no driver in these sources")}");
            if (demand.Waivers.Any(w => w.Node == node.Path))
                waived.Add(node.Path);
        }
    }

    private static string Remedy(ImmutableArray<string> missing, bool builtIn, string? fragment) =>
        missing.IsEmpty ? "see its makefile for what compiles it"
            : $"set [{string.Join(", ", missing.Select(s => $"CONFIG_{s}=y"))}]{(builtIn ? "" : " (or `m`)")} in {(fragment is null ? "a fragment of the board" : $"`{fragment}`")}, or waive it with the reason";

    // Of a chain of suppliers its first and its last link are told.
    private static string Root(string because) => because.Split(", ")[0];

    private static string Nearest(DeviceTree tree, string wanted)
    {
        var name = wanted[(wanted.LastIndexOf('/') + 1)..].Split('@')[0];
        var like = tree.Root.All.Where(n => n.Name.Split('@')[0] == name).Select(n => n.Path).Take(5).ToList();
        return like.Count == 0 ? "" : $"; like it are [{string.Join(", ", like)}]";
    }

    private void Needed(string module, CompiledFile file, string path) => drivers.TryAdd(module, new(module, file.Value == Compiled.BuiltIn, path));

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    private void Tell(FormattableString line) => lines.Add(line.ToString(CultureInfo.InvariantCulture));

    private void Complain(FormattableString problem) => problems.Add(problem.ToString(CultureInfo.InvariantCulture));
}
