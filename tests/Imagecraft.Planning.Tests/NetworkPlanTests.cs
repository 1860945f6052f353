// The services that an image's network makes.

using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class NetworkPlanTests
{
    private const string Network = "network: { interfaces: [ { name: eth0, dhcp: true }, { name: usb0, addresses: [ 192.0.2.7/24 ], gateways: [ 192.0.2.1 ], name-servers: [ 192.0.2.53, 192.0.2.54 ] } ], time-servers: [ a.example.org, 192.0.2.9 ] }\n";

    private static readonly (string, string) Busybox = ("recipes/busybox.yaml", TestPlans.Recipe("busybox", "1.37.0", "system: make", "busybox", "/usr/**"));

    [Fact]
    public void Cards_and_time_servers_become_services_that_boots_must_show()
    {
        var build = TestPlans.Plan(Busybox, ("images/base.yaml", $"image: base\npackages: [ busybox ]\n{Network}"));
        var services = build.Request<MakeRootFsRequest>("base@virt:rootfs").Services;
        Assert.Equal(["network-eth0 respawn", "network-usb0 once", "time respawn"], services.Select(s => $"{s.Name} {s.Kind}"));
        Assert.Equal("/sbin/udhcpc -f -R -i eth0", services[0].Run);
        Assert.EndsWith("set -e\nip link set usb0 up\nip address replace 192.0.2.7/24 dev usb0\nip route replace default via 192.0.2.1 dev usb0\nprintf 'nameserver %s\\n' 192.0.2.53 192.0.2.54 > /run/resolv.conf", services[1].Run, StringComparison.Ordinal);
        Assert.Equal("/usr/sbin/ntpd -n -p a.example.org -p 192.0.2.9", services[2].Run);
        Assert.Equal(["network-eth0", "time"], build.Boot.Services);
    }

    [Fact]
    public void An_image_without_the_programs_for_its_network_is_told() =>
        Assert.Equal("The network of the image `base` needs the package `busybox`, which it does not have", Assert.Single(TestPlans.Plan(Busybox, ("images/base.yaml", $"image: base\npackages: [ tool ]\n{Network}")).Diagnostics).Message);
}
