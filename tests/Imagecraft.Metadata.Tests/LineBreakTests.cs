// Words that end with a line break, addresses that are scripts: what becomes a line of a table, a script or an argument later is one word.

namespace Imagecraft.Metadata.Tests;

public class LineBreakTests
{
    const string Hash = "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1";

    const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILUNCE0auqNLG8feHks95dKzk0p8hVeCj2SCiMj1Zv6h ml@desk";

    static TestWorkspace Image(string lines) => new TestWorkspace().Add("images/i.yaml", "image: i\ninit: none\n" + lines);

    [Theory]
    [InlineData("hostname: \"desk{0}\"", "`hostname` must be a host name")]
    [InlineData("version: \"1.0{0}\"", "`version` must be a version")]
    [InlineData("users: [ {{ name: \"ml{0}\", id: 1000 }} ]", "`name` must be a name of at most 32")]
    [InlineData("users: [ {{ name: ml, id: 1000, groups: [ \"tty{0}\" ] }} ]", "An item of `groups` must be a name of at most 32")]
    [InlineData("users: [ {{ name: ml, id: 1000, password: \"" + Hash + "{0}\" }} ]", "`password` must be a crypt(3) hash")]
    [InlineData("users: [ {{ name: ml, id: 1000, authorized-keys: [ \"" + Key + "{0}\" ] }} ]", "An item of `authorized-keys` must be a line")]
    [InlineData("network: {{ interfaces: [ {{ name: \"eth0{0}\", dhcp: true }} ] }}", "`name` must be the name of a network card")]
    [InlineData("network: {{ time-servers: [ \"ntp.example.org{0}\" ] }}", "An item of `time-servers` must be the name or address of a server")]
    [InlineData("oci: {{ environment: {{ \"A{0}\": b }} }}", "A key of `environment` must be a name of letters")]
    [InlineData("files: [ {{ path: /etc/motd, text: x, owner: \"root{0}\" }} ]", "`owner` must be the name or the number of an account")]
    public void A_line_break_at_the_end_is_no_part_of_a_word(string line, string message)
    {
        static string Filled(string line, string end) => line.Replace("{0}", end, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);

        Assert.DoesNotContain(Image(Filled(line, "")).Read().Diagnostics, d => d.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.Contains(Image(Filled(line, "\\n")).Read().Diagnostics, d => d.Message.StartsWith(message, StringComparison.Ordinal) && d.Span?.Line == 3);
    }

    [Fact]
    public void Boards_and_tool_roots_too()
    {
        var diagnostics = new TestWorkspace()
            .Add("boards/b.yaml", "board: b\narchitecture: arm64\nkernel: linux\ncommand-line: x\nconsole: \"ttyS0\\n\"\ndefault-image: i\nvariables: { \"A\\n\": b }\nlint: { root: mmc0, devices: [ { node: mmc1, drivers: [ \"x\\n\" ] } ] }\n")
            .Add("recipes/t.yaml", "toolroot: t\nfeed: f\npackages: [ \"make\\n\" ]\n").Read().Diagnostics;

        Assert.Equal(3, diagnostics.Count(d => d.Span?.File == "boards/b.yaml" && d.Message.Contains("must be", StringComparison.Ordinal)));
        Assert.Contains(diagnostics, d => d.Span?.File == "recipes/t.yaml" && d.Message.Contains("must be a package", StringComparison.Ordinal));
    }

    // .NET takes anything behind the `%` of an address, and numbers with leading zeros as octal ones.
    [Theory]
    [InlineData("name: eth0, addresses: [ \"fe80::1%eth0/64\" ]", "Leave out `%` and what follows it: the card is the one that it is written for")]
    [InlineData("name: eth0, addresses: [ 192.0.2.7/24 ], gateways: [ \"fe80::1%$(reboot)\" ]", "Leave out `%` and what follows it: the card is the one that it is written for")]
    [InlineData("name: eth0, addresses: [ 192.0.2.7/24 ], name-servers: [ \"fe80::1%a;reboot\" ]", "Leave out `%` and what follows it: the card is the one that it is written for")]
    [InlineData("name: eth0, addresses: [ 010.1.2.3/8 ]", "Write its numbers without leading zeros, which make them octal to some programs")]
    public void An_address_is_the_same_to_all_who_read_it(string card, string hint) =>
        Assert.Equal(hint, Assert.Single(Image($"network: {{ interfaces: [ {{ {card} }} ] }}\n").Read().Diagnostics, d => d.Message.Contains("must be an address", StringComparison.Ordinal)).Hint);

    [Fact]
    public void A_time_server_is_no_script() =>
        Assert.Single(Image("network: { time-servers: [ \"fe80::1%$(reboot)\" ] }\n").Read().Diagnostics, d => d.Message.Contains("must be the name or address of a server", StringComparison.Ordinal));

    [Fact]
    public void A_name_server_may_be_asked_through_one_card() =>
        Assert.Empty(Image("network: { interfaces: [ { name: eth0, addresses: [ 192.0.2.7/24 ], name-servers: [ \"fe80::1%eth0\", 192.0.2.53 ] } ] }\n").Read().Diagnostics.Where(d => d.Message.Contains("must be an address", StringComparison.Ordinal)));
}
