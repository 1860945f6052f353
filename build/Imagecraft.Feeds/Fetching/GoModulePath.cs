// How paths and versions of Go modules are written in addresses and folders. Unaware of proxies.

using System.Text;

namespace Imagecraft.Feeds.Fetching;

/// <summary>Paths of Go modules where letters of either size may be one.</summary>
public static class GoModulePath
{
    /// <summary>A path or version in which each capital letter is an exclamation mark and the small one.</summary>
    /// <remarks>Source: Go Modules Reference, GOPROXY protocol.</remarks>
    public static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
            escaped.Append(char.IsAsciiLetterUpper(c) ? $"!{char.ToLowerInvariant(c)}" : c.ToString());
        return escaped.ToString();
    }
}
