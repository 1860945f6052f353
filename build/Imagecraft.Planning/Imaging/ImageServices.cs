// All services of an image: those of its packages' recipes, those that its network makes, and its own. Unaware of the init that starts them.

using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Imaging;

internal static class ImageServices
{
    private const string DefaultInit = "busybox";

    private const string Program = "busybox", Respawn = "respawn", Once = "once";

    /// <summary>The services that its init starts, in the order of their declaration. One that another init would start is nothing to wait for either.</summary>
    /// <param name="image">The image.</param>
    /// <param name="chosen">Its packages.</param>
    public static ImmutableArray<ServiceSpec> Of(Image image, ImmutableArray<ChosenPackage> chosen)
    {
        var init = image.Init?.Value ?? DefaultInit;
        var declared = chosen.Select(c => c.Recipe).DistinctBy(r => r.Name.Value).SelectMany(r => r.Services).Concat(OfNetwork(image.Network)).Concat(image.Services)
            .ToLookup(service => service.Init is not { } only || only.Value == init);
        var others = declared[false].Select(service => service.Name.Value).ToHashSet(StringComparer.Ordinal);
        others.ExceptWith(declared[true].Select(service => service.Name.Value));
        return [.. declared[true].Select(service => service with { After = service.After.RemoveAll(name => others.Contains(name)) })];
    }

    /// <summary>Tells when the image lacks the package whose programs its network needs.</summary>
    public static void Check(PlanContext context, Image image, ImmutableArray<ChosenPackage> chosen)
    {
        var first = image.Network.Interfaces.Select(i => i.Name.Span).Concat(image.Network.TimeServers.Select(s => s.Span)).FirstOrDefault();
        if (first is not null && !chosen.Any(c => c.Package.Name.Value == Program))
            context.Error("IC0375", $"The network of the image `{image.Name}` needs the package `{Program}`, which it does not have", first, $"Add `{Program}` to `packages`");
    }

    private static IEnumerable<ServiceSpec> OfNetwork(NetworkSpec network)
    {
        foreach (var card in network.Interfaces)
            yield return new() { Name = card.Name with { Value = $"network-{card.Name}" }, Run = card.Name with { Value = card.Dhcp?.Value == true ? $"/sbin/udhcpc -f -R -i {card.Name}" : Static(card) }, Kind = card.Name with { Value = card.Dhcp?.Value == true ? Respawn : Once } };
        if (!network.TimeServers.IsEmpty)
            yield return new() { Name = network.TimeServers[0] with { Value = "time" }, Run = network.TimeServers[0] with { Value = $"/usr/sbin/ntpd -n{string.Concat(network.TimeServers.Select(s => $" -p {s}"))}" }, Kind = network.TimeServers[0] with { Value = Respawn } };
    }

    // The card may come later than the boot, as those on USB do.
    private static string Static(InterfaceSpec card) => string.Join('\n',
    [
        "tries=0",
        $"until [ -e /sys/class/net/{card.Name} ]; do",
        "    tries=$((tries + 1))",
        $"    [ \"$tries\" -lt 100 ] || {{ echo \"There is no network card {card.Name}\"; exit 1; }}",
        "    sleep 0.1",
        "done",
        "set -e",
        $"ip link set {card.Name} up",
        .. card.Addresses.Select(address => $"ip address replace {address} dev {card.Name}"),
        .. card.Gateways.Select(gateway => $"ip {(IPAddress.Parse(gateway).AddressFamily == AddressFamily.InterNetworkV6 ? "-6 " : "")}route replace default via {gateway} dev {card.Name}"),
        .. card.NameServers.IsEmpty ? ImmutableArray<string>.Empty : [$"printf 'nameserver %s\\n' {string.Join(' ', card.NameServers)} > /run/resolv.conf"],
    ]);
}
