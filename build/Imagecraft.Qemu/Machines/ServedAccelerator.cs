// An accelerator that exists as a program of the host. Unaware of what it computes.

using System.Collections.Immutable;

namespace Imagecraft.Qemu.Machines;

/// <summary>A PCI Express device that a program serves to QEMU over vfio-user.</summary>
/// <param name="Name">The accelerator's name, by which checks ask for it.</param>
/// <param name="Server">Program and arguments; the path of the socket on which it is to listen comes last. It prints <c>listening</c> on a line when it does.</param>
/// <param name="Nodes">Device nodes that its driver makes, in which wildcards may stand; who adds it to a running machine waits for them.</param>
public sealed record ServedAccelerator(string Name, ImmutableArray<string> Server, ImmutableArray<string> Nodes)
{
    /// <summary>The same, whose server lets things go wrong.</summary>
    /// <param name="faults">As its server names them.</param>
    public ServedAccelerator With(ImmutableArray<string> faults) => this with { Server = [.. Server, .. faults.Select(fault => $"--fault={fault}")] };
}
