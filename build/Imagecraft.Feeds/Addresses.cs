// Addresses as they may be shown and shipped: without the name and password that a server is told. Unaware of who shows them.

using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Feeds;

/// <summary>Takes credentials out of addresses.</summary>
public static partial class Addresses
{
    /// <summary>A text whose addresses have no credentials any more: of http and https all that stands before the host, of others (ssh needs its user) the password.</summary>
    public static string Shown(string text) => text.Contains("://", StringComparison.Ordinal) ? Password().Replace(Web().Replace(text, "${scheme}"), "${beginning}@") : text;

    /// <summary>What an address says for basic authentication; null when it says nothing.</summary>
    /// <remarks>Source: RFC 7617 and RFC 3986, section 3.2.1.</remarks>
    internal static string? Credentials(Uri address) => address.UserInfo.Length == 0 ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo)));

    [GeneratedRegex(@"(?<scheme>\bhttps?://)[^/?#\s`""'<>]*@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Web();

    [GeneratedRegex(@"(?<beginning>\b[a-z][a-z0-9+.-]*://[^/?#\s`""'<>:@]*):[^/?#\s`""'<>]*@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Password();
}
