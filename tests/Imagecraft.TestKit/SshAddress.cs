// Where a machine is reached by SSH. Pure; unaware of connections.

using System.Globalization;

namespace Imagecraft.TestKit;

/// <summary>A user on a host.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="User">Name of the user, who may read and write what the tests want.</param>
/// <param name="Port">TCP port.</param>
public sealed record SshAddress(string Host, string User = "root", int Port = 22)
{
    /// <summary>File with the private key; null: those that the host's client takes by itself.</summary>
    public string? Identity { get; init; }

    /// <summary>Reads <c>ssh://USER@HOST:PORT</c>, of which <c>ssh://</c>, user and port may be left out.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SshAddress Parse(string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : "ssh://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out Uri? address) || address.Scheme != "ssh" || address.Host.Length == 0 || address.PathAndQuery is not ("" or "/") || address.UserInfo.Contains(':', StringComparison.Ordinal))
            throw new FormatException($"An address for SSH is `ssh://USER@HOST:PORT`, e.g. `ssh://root@192.0.2.7`, not `{text}`");
        return new(address.Host.Trim('[', ']'), address.UserInfo.Length > 0 ? address.UserInfo : "root", address.Port > 0 ? address.Port : 22);
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ssh://{User}@{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
