// Network cards and time servers of images, judged while they are read.

namespace Imagecraft.Metadata.Tests;

public class NetworkFormTests
{
    static TestWorkspace Good() => new TestWorkspace()
        .Add("images/f.yaml", "feature: dhcp\nnetwork: { interfaces: [ { name: eth0, dhcp: true } ], time-servers: [ ntp.example.org ] }\n")
        .Add("images/i.yaml", """
            image: i
            features: [ dhcp ]
            network:
              interfaces: [ { name: eth1, addresses: [ 192.0.2.7/24, "2001:db8::7/64" ], gateways: [ 192.0.2.1, "fe80::1" ], name-servers: [ 192.0.2.53 ] } ]
              time-servers: [ 192.0.2.123 ]
            """);

    [Fact]
    public void What_features_say_comes_before_what_the_image_says()
    {
        var network = Good().Good().Images["i"].Network;
        Assert.Equal(["eth0", "eth1"], network.Interfaces.Select(card => card.Name.Value));
        Assert.Equal(["ntp.example.org", "192.0.2.123"], network.TimeServers.Select(server => server.Value));
    }

    [Theory]
    [InlineData("192.0.2.7/24", "192.0.2.7", "An item of `addresses` must be an address with its prefix such as `192.0.2.7/24`, not `192.0.2.7`", "Write how many bits its network has: `192.0.2.7/24`")]
    [InlineData("192.0.2.7/24", "192.0.2.7/33", "An item of `addresses` must be an address with its prefix such as `192.0.2.7/24`, not `192.0.2.7/33`", null)]
    [InlineData("192.0.2.1,", "192.0.3.1,", "The router `192.0.3.1` is in no network of `eth1`, so it cannot be reached", "Its networks are [ `192.0.2.0/24`, `2001:db8::/64` ]")]
    [InlineData("192.0.2.1,", "192.0.2.1, 192.0.2.2,", "`eth1` has several routers to everywhere else", "Keep one for each kind of address")]
    [InlineData("name: eth1", "name: eth0", "Network card `eth0` stands twice in image `i` with its features", "The other is at images/f.yaml:2:34; rename or remove one")]
    [InlineData("name: eth1,", "name: eth1, dhcp: true,", "`eth1` asks a server for its addresses, and has some of its own", "Remove them, or `dhcp` at images/i.yaml:4:37")]
    [InlineData("name: eth1", "name: \"eth 1\"", "`name` must be the name of a network card such as `eth0`, not `eth 1`", null)]
    [InlineData("[ 192.0.2.123 ]", "[ \"http://time\" ]", "An item of `time-servers` must be the name or address of a server, not `http://time`", null)]
    [InlineData("addresses: [ 192.0.2.7/24, \"2001:db8::7/64\" ], gateways: [ 192.0.2.1, \"fe80::1\" ], name-servers: [ 192.0.2.53 ]", "dhcp: false", "Nothing says which address `eth1` has", "Write `dhcp: true`, or `addresses: [ 192.0.2.7/24 ]`")]
    public void Wrong_words_are_told_with_a_way_out(string right, string wrong, string message, string? hint) =>
        Assert.Contains(Good().Replace("images/i.yaml", right, wrong).Read().Diagnostics, problem => problem.Message == message && problem.Hint == hint);
}
