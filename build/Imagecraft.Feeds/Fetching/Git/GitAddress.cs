// Which addresses git may be given. Unaware of git itself; also compiled into the project that reads YAML, so that both say the same.

namespace Imagecraft.GitAddresses;

/// <summary>`https://`, `ssh://`, `git://` and `file:///`, with nothing that git, ssh or a shell takes for an option, a helper or a command.</summary>
/// <remarks>Source: git-fetch(1), section "GIT URLS"; git-remote-ext(1) for what is kept out.</remarks>
internal static class GitAddress
{
    private const int Longest = 2048;
    private const string Known = "write one of `https://`, `ssh://`, `git://` and `file:///`";

    /// <summary>What is wrong with an address, worded to follow it; null when it is fine.</summary>
    public static string? Problem(string address)
    {
        if (address.StartsWith('-')) return $"begins like an option of git; {Known}";
        if (address.Length > Longest) return $"has more than {Longest} characters";
        foreach (var c in address)
            if (!char.IsAsciiLetterOrDigit(c) && !"-._~:/?[]@!&()*+,=%".Contains(c)) return $"has a {(c is > ' ' and < '\x7f' ? $"`{c}`" : "blank, a control character or a letter outside of ASCII")}, which addresses do not have; write it as `%XX`";
        if (address.Contains("::", StringComparison.Ordinal) && !address.Contains('[')) return $"names a helper program of git; {Known}";
        var end = address.IndexOf("://", StringComparison.Ordinal);
        if (end < 0) return NoScheme(address);
        var scheme = address[..end];
        var rest = address[(end + 3)..];
        var slash = rest.IndexOf('/');
        if (slash < 0 || slash == rest.Length - 1) return "names no repository";
        return PathProblem(rest[slash..]) ?? scheme switch
        {
            "https" or "ssh" or "git" => AuthorityProblem(rest[..slash]),
            "file" => slash == 0 ? null : "names a host for a file; write `file:///PATH`",
            "http" => "would be fetched unencrypted; write `https://`",
            _ => $"has the scheme `{scheme}`; {Known}",
        };
    }

    /// <summary>The scheme of an address without a problem.</summary>
    public static string SchemeOf(string address) => address[..address.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The path of a `file:///` address without a problem; null for others.</summary>
    public static string? LocalPath(string address) => SchemeOf(address) == "file" ? Uri.UnescapeDataString(address["file://".Length..]) : null;

    /// <summary>The address of a submodule, which may be relative to that of the repository that has it.</summary>
    /// <returns>The address, or what is wrong with it.</returns>
    public static (string? Address, string? Problem) OfSubmodule(string parent, string url)
    {
        var address = url;
        if (url.StartsWith("./", StringComparison.Ordinal) || url.StartsWith("../", StringComparison.Ordinal))
        {
            var root = parent.IndexOf('/', parent.IndexOf("://", StringComparison.Ordinal) + 3);
            var parts = parent[root..].Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
            foreach (var part in url.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (part == ".") continue;
                if (part != "..") parts.Add(part);
                else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
                else return (null, "leads above the root of its host");
            }
            address = $"{parent[..root]}/{string.Join('/', parts)}";
        }
        if (Problem(address) is { } problem) return (null, problem);
        return SchemeOf(address) == "file" && SchemeOf(parent) != "file" ? (null, "names a file of this machine, which a repository from elsewhere may not") : (address, null);
    }

    private static string NoScheme(string address) => address switch
    {
        ['/' or '.', ..] => $"is a path; write `file:///PATH`",
        _ when address.Contains(':') => "is of the form `HOST:PATH`; write `ssh://USER@HOST/PATH`",
        _ => $"has no scheme; {Known}",
    };

    private static string? AuthorityProblem(string authority)
    {
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? "" : authority[..at];
        if (user.Contains(':')) return "has a password in it, which would be written wherever the address is; use `ssh://` with a key of your agent";
        if (at >= 0 && (user.Length == 0 || user[0] == '-' || !user.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+".Contains(c)))) return "has a malformed user name";
        var host = authority[(at + 1)..];
        var colon = host.StartsWith('[') ? host.IndexOf(':', Math.Max(host.IndexOf(']'), 0)) : host.IndexOf(':');
        if (colon >= 0)
        {
            if (!ushort.TryParse(host.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) || port == 0) return "has a malformed port";
            host = host[..colon];
        }
        var isName = host.Length is > 0 and < 254 && char.IsAsciiLetterOrDigit(host[0]) && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
        var isNumber = host is ['[', .. var inner, ']'] && System.Net.IPAddress.TryParse(inner, out _);
        return isName || isNumber ? null : "has a malformed host name";
    }

    private static string? PathProblem(string path)
    {
        if (path.Split('/').Any(part => part is "." or "..")) return "has `.` or `..` in its path";
        for (var i = path.IndexOf('%'); i >= 0; i = path.IndexOf('%', i + 1))
        {
            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2])) return "has a `%` without two hexadecimal digits";
            var value = Convert.ToByte(path.Substring(i + 1, 2), 16);
            if (value is < 0x20 or 0x7f or (byte)'.' or (byte)'/' or (byte)'\\') return "hides a character of its path as `%XX`";
        }
        return null;
    }
}
