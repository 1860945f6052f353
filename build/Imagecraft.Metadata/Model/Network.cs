// How an image's network cards get their addresses, and its clock the time. Unaware of who does it.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>Network cards and time servers.</summary>
public sealed record NetworkSpec
{
    /// <summary>Cards that get addresses.</summary>
    public ImmutableArray<InterfaceSpec> Interfaces { get; init; } = [];

    /// <summary>Names or addresses of servers (NTP) that tell the time; none: nobody is asked.</summary>
    public ImmutableArray<Sited<string>> TimeServers { get; init; } = [];
}

/// <summary>A network card.</summary>
public sealed record InterfaceSpec
{
    /// <summary>The kernel's name, e.g. <c>eth0</c>.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>Whether a server is asked for address, routes and name servers; null as false.</summary>
    public Sited<bool>? Dhcp { get; init; }

    /// <summary>Addresses with the length of their network's prefix, e.g. <c>192.0.2.7/24</c>.</summary>
    public ImmutableArray<Sited<string>> Addresses { get; init; } = [];

    /// <summary>Routers to everywhere else, one for each kind of address at most.</summary>
    public ImmutableArray<Sited<string>> Gateways { get; init; } = [];

    /// <summary>Addresses of name servers.</summary>
    public ImmutableArray<Sited<string>> NameServers { get; init; } = [];
}
