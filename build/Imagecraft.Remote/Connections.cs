// Opens connections: TLS, Unix sockets, client certificates. Unaware of what is said over them.

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Imagecraft.Engine.Remote;

namespace Imagecraft.Remote;

static class Connections
{
    static readonly TimeSpan connectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What connects to the address.</summary>
    /// <exception cref="RemoteException">A file of certificates cannot be read.</exception>
    public static SocketsHttpHandler Open(RemoteAddress address)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = connectTimeout,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            MaxConnectionsPerServer = address.IsGrpc ? int.MaxValue : 64,
            SslOptions = Tls(address),
            AllowAutoRedirect = false,
        };
        if (address.Uri.Scheme == "unix")
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.Uri.AbsolutePath), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        return handler;
    }

    static SslClientAuthenticationOptions Tls(RemoteAddress address)
    {
        var options = new SslClientAuthenticationOptions();
        if (address.ClientCertificate is { } certificate)
            options.ClientCertificates = [Read(certificate, () => X509Certificate2.CreateFromPemFile(certificate, address.ClientKey ?? certificate))];
        if (address.Authorities is { } authorities)
        {
            var trusted = Read(authorities, () =>
            {
                var found = new X509Certificate2Collection();
                found.ImportFromPemFile(authorities);
                return found;
            });
            options.RemoteCertificateValidationCallback = (_, given, chain, errors) => errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsTrusted(given, chain, trusted));
        }

        return options;
    }

    // The system's authorities did not know it; the given ones may.
    static bool IsTrusted(X509Certificate? given, X509Chain? chain, X509Certificate2Collection trusted)
    {
        if (given is null)
            return false;
        using var second = new X509Chain();
        second.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        second.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        second.ChainPolicy.CustomTrustStore.AddRange(trusted);
        foreach (var element in chain?.ChainElements.Skip(1) ?? [])
            second.ChainPolicy.ExtraStore.Add(element.Certificate);
        return second.Build(new X509Certificate2(given));
    }

    static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new RemoteException(RemoteFault.Refused, $"`{path}` cannot be read as certificate and key in PEM: {e.Message}", e);
        }
    }
}
