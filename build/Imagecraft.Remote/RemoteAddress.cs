// Where a remote cache or executor is and how one gets in. Unaware of protocols' messages.

using System.Collections.Immutable;

namespace Imagecraft.Remote;

/// <summary>Whom to ask, and with which credentials.</summary>
public sealed record RemoteAddress
{
    /// <summary><c>grpc://HOST:PORT</c>, <c>grpcs://HOST:PORT</c>, <c>unix:PATH</c>, <c>http://...</c>, <c>https://...</c>, <c>file:PATH</c>.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The server's name for one of several stores; empty is usual.</summary>
    public string Instance { get; init; } = "";

    /// <summary>Sent with every call, credentials among them; never shown.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>File with certificates (PEM) of authorities that are trusted besides the system's; null: none.</summary>
    public string? Authorities { get; init; }

    /// <summary>File with the client's certificate (PEM); null: none.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>File with its key (PEM); null: it is in the certificate's file.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Program that gives further headers; null: none.</summary>
    public string? CredentialHelper { get; init; }

    /// <summary>What asks the cache there.</summary>
    /// <exception cref="Imagecraft.Engine.Remote.RemoteException">A file of certificates cannot be read.</exception>
    public Imagecraft.Engine.Remote.IRemoteTransport Open() => Uri.Scheme == "file" ? new FolderTransport(Uri.LocalPath) : IsGrpc ? new GrpcTransport(this) : new HttpTransport(this);

    /// <summary>Whether it speaks gRPC; plain HTTP with bazel's paths otherwise.</summary>
    public bool IsGrpc => Uri.Scheme is "grpc" or "grpcs" or "unix";

    /// <summary>For people: without credentials.</summary>
    public string Name => Uri.Scheme is "unix" or "file" ? $"{Uri.Scheme}:{Uri.AbsolutePath}" : new UriBuilder(Uri) { UserName = "", Password = "", Query = "" }.Uri.ToString().TrimEnd('/');
}
