// The forms of an image's network. Unaware of who configures it.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>network:</c> of images and features.</summary>
static class NetworkForm
{
    static readonly Shape<Sited<string>> Server = new Scalar<string>(
        "the name or address of a server", text => (text, InterfaceForm.Single(text) is not null || TextShapes.IsHostname(text)), () => new() { ["type"] = "string" });

    public static Form<NetworkSpec> Form { get; } = new("a network", keys => new NetworkSpec
    {
        Interfaces = keys.List("interfaces", InterfaceForm.Form, "network cards that get addresses"),
        TimeServers = keys.List("time-servers", Server, "names or addresses of NTP servers; nobody is asked when absent"),
    });
}

/// <summary><c>interfaces:</c> of networks.</summary>
static partial class InterfaceForm
{
    const string NamePattern = "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,14}";

    static readonly Shape<Sited<string>> Name = new Scalar<string>(
        "the name of a network card such as `eth0`", text => (text, NameText().IsMatch(text)), () => new() { ["type"] = "string", ["pattern"] = NamePattern + "$" });

    static readonly Shape<Sited<string>> Address = new Scalar<string>(
        "an address such as `192.0.2.7`", text => (text, Single(text) is not null), () => new() { ["type"] = "string" }, Refused);

    // A server of the network of one card is asked through that card.
    static readonly Shape<Sited<string>> NameServer = new Scalar<string>(
        "an address such as `192.0.2.53`", text => (text, Single(text) is not null || (text.IndexOf('%') is > 0 and var zone && Single(text[..zone]) is { IsIPv6LinkLocal: true } && NameText().IsMatch(text[(zone + 1)..]))), () => new() { ["type"] = "string" }, Refused);

    static readonly Shape<Sited<string>> Network = new Scalar<string>(
        "an address with its prefix such as `192.0.2.7/24`", text => (text, Parse(text) is not null), () => new() { ["type"] = "string" },
        text => Single(text) is null ? Refused(text) : (Codes.WrongFormat, Single(text) is { } address ? $"Write how many bits its network has: `{text}/{(address.AddressFamily == AddressFamily.InterNetwork ? 24 : 64)}`" : null));

    public static Form<InterfaceSpec> Form { get; } = new("a network card", keys => new InterfaceSpec
    {
        Name = keys.Required("name", Name, "the kernel's name, e.g. eth0"),
        Dhcp = keys.Maybe("dhcp", ScalarShapes.Truth, "a server is asked for address, routes and name servers"),
        Addresses = keys.List("addresses", Network, "addresses with the length of their prefix, e.g. 192.0.2.7/24"),
        Gateways = keys.List("gateways", Address, "routers to everywhere else"),
        NameServers = keys.List("name-servers", NameServer, "addresses of name servers"),
    }, Check);

    static bool Check(InterfaceSpec made, Keys keys)
    {
        if (made.Dhcp is { Value: true } dhcp)
            return (made.Addresses.Concat(made.Gateways).Concat(made.NameServers).FirstOrDefault() is not { } said) || Refuse($"`{made.Name}` asks a server for its addresses, and has some of its own", said.Span, $"Remove them, or `dhcp` at {dhcp.Span}");
        if (made.Addresses.IsEmpty)
            return Refuse($"Nothing says which address `{made.Name}` has", made.Name.Span, "Write `dhcp: true`, or `addresses: [ 192.0.2.7/24 ]`");
        foreach (var gateway in made.Gateways)
            if (!made.Addresses.Any(own => Parse(own)!.Value.Contains(IPAddress.Parse(gateway))) && !IPAddress.Parse(gateway).IsIPv6LinkLocal)
                return Refuse($"The router `{gateway}` is in no network of `{made.Name}`, so it cannot be reached", gateway.Span, $"Its networks are [ {string.Join(", ", made.Addresses.Select(own => $"`{Parse(own)}`"))} ]");
        if (made.Gateways.GroupBy(gateway => IPAddress.Parse(gateway).AddressFamily).FirstOrDefault(same => same.Count() > 1) is { } several)
            return Refuse($"`{made.Name}` has several routers to everywhere else", several.Last().Span, "Keep one for each kind of address");
        return true;

        bool Refuse(string message, SourceSpan place, string hint)
        {
            keys.Reading.Error(Codes.Contradiction, message, place, hint);
            return false;
        }
    }

    /// <summary>The address that every reader of the text takes it for; null for names, zones (<c>%eth0</c>, behind which .NET takes anything), and numbers with a leading zero, which are octal to some.</summary>
    internal static IPAddress? Single(string text) =>
        text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.') && IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Split('.') is { Length: 4 } parts && parts.All(IsNumber)) ? address : null;

    static bool IsNumber(string part) => byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value.ToString(CultureInfo.InvariantCulture) == part;

    static (string Code, string? Hint) Refused(string text)
    {
        var numbers = text.Split('/')[0].Split('.');
        return (Codes.WrongFormat, numbers is { Length: 4 } && numbers.All(part => part.Length > 0 && part.All(char.IsAsciiDigit)) && numbers.Any(part => part.Length > 1 && part[0] == '0') ? "Write its numbers without leading zeros, which make them octal to some programs"
            : text.Contains('%', StringComparison.Ordinal) ? "Leave out `%` and what follows it: the card is the one that it is written for" : null);
    }

    /// <summary>The network of an address with its prefix.</summary>
    static IPNetwork? Parse(string text)
    {
        var slash = text.IndexOf('/');
        if (slash < 0 || Single(text[..slash]) is not { } address || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return null;
        var bytes = address.GetAddressBytes();
        if (length > bytes.Length * 8)
            return null;
        for (var bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }

    [GeneratedRegex(NamePattern + WholeText.End)]
    private static partial Regex NameText();
}
