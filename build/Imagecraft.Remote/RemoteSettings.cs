// Which cache and executor a build uses, from what user, environment and workspace say. Unaware of files and of how they are asked.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Remote;

/// <summary>When results are given to the cache.</summary>
public enum UploadPolicy
{
    /// <summary>Never: it is only read.</summary>
    Never,

    /// <summary>On machines that say they are CI (<c>CI</c> is set).</summary>
    Ci,

    /// <summary>Always.</summary>
    Always,
}

/// <summary>What a workspace says of remote caches; it holds no credentials.</summary>
/// <param name="Cache">Address of the cache; null: none.</param>
/// <param name="Instance">The server's name for one of several stores.</param>
/// <param name="Upload">When results are given to it; null: as usual.</param>
public sealed record WorkspaceRemote(string? Cache, string? Instance, string? Upload);

/// <summary>A setting is wrong; the message names it, and the remedy.</summary>
public sealed class RemoteSettingException(string message) : Exception(message);

/// <summary>Whom a build asks, and what it gives.</summary>
/// <param name="Address">The cache, with credentials.</param>
/// <param name="Upload">Whether results are given to it.</param>
/// <param name="Executor">Machines that run actions; null: none.</param>
/// <param name="Jobs">Actions that are there at once.</param>
/// <param name="IsUsers">The user named it, not the workspace: then its results may serve other workspaces too.</param>
public sealed record RemoteSettings(RemoteAddress Address, bool Upload, RemoteAddress? Executor, int Jobs, bool IsUsers)
{
    /// <summary>Reads them.</summary>
    /// <param name="setting">A value by name of the environment variable and of the key in the user's file; null when neither is set.</param>
    /// <param name="workspace">What the workspace says; null: nothing.</param>
    /// <param name="isCi">Whether this machine says that it is CI.</param>
    /// <returns>Null when no cache is named.</returns>
    /// <exception cref="RemoteSettingException">One of them is wrong.</exception>
    public static RemoteSettings? Read(Func<string, string, string?> setting, WorkspaceRemote? workspace, bool isCi)
    {
        string? Own(string name) => setting($"IMAGECRAFT_REMOTE_{name.ToUpperInvariant().Replace('-', '_')}", $"remote-{name}");
        const int usualJobs = 16;
        var executor = Own("executor");
        var own = Own("cache") ?? executor;
        // Whoever leaves the workspace's cache alone says so.
        if (own is "none" || (own ?? workspace?.Cache) is not { } cache)
            return null;
        var upload = Own("upload") ?? workspace?.Upload ?? "ci";
        var policy = Enum.TryParse<UploadPolicy>(upload, ignoreCase: true, out var known) && Enum.IsDefined(known) && !char.IsDigit(upload[0])
            ? known
            : throw new RemoteSettingException($"`remote-upload` is `{upload}`, which is none of [never, ci, always]");
        var isUsers = own is not null;
        var address = new RemoteAddress { Uri = Parse(cache), Instance = Own("instance") ?? (isUsers ? null : workspace?.Instance) ?? "" };
        // Credentials are for whom the user chose: a workspace cannot have them sent elsewhere.
        if (isUsers)
        {
            address = address with
            {
                Headers = Headers(Own("header")),
                Authorities = Own("authorities"),
                ClientCertificate = Own("certificate"),
                ClientKey = Own("key"),
                CredentialHelper = Own("credential-helper"),
            };
        }

        var machines = executor is null or "none" ? null : address with { Uri = Parse(executor) };
        if (machines is { IsGrpc: false })
            throw new RemoteSettingException($"`remote-executor` is `{machines.Name}`; actions are run by servers that speak gRPC, at `grpc://`, `grpcs://` or `unix:`");
        if (!int.TryParse(Own("jobs") ?? $"{usualJobs}", NumberStyles.None, CultureInfo.InvariantCulture, out var jobs) || jobs < 1)
            throw new RemoteSettingException($"`remote-jobs` is `{Own("jobs")}`, which is no number of actions, at least 1");
        return new RemoteSettings(address, policy == UploadPolicy.Always || (policy == UploadPolicy.Ci && isCi), machines, jobs, isUsers);
    }

    /// <summary>An address as it is written.</summary>
    /// <exception cref="RemoteSettingException">It is none.</exception>
    public static Uri Parse(string text) =>
        // .NET wants two more slashes of files, which need none by RFC 8089.
        Uri.TryCreate(text.StartsWith("file:/", StringComparison.Ordinal) && !text.StartsWith("file://", StringComparison.Ordinal) ? $"file://{text["file:".Length..]}" : text, UriKind.Absolute, out var uri) && uri.Scheme is "grpc" or "grpcs" or "http" or "https" or "unix" or "file" && (uri.Scheme is "unix" or "file" ? uri.AbsolutePath.StartsWith('/') : uri.Host.Length > 0)
            ? uri
            : throw new RemoteSettingException($"`{WithoutUser(text)}` is no address of a cache; it is one of [grpc://HOST:PORT, grpcs://HOST:PORT, unix:/PATH, file:/PATH, http://HOST/PATH, https://HOST/PATH]");

    static string WithoutUser(string text) => text.IndexOf('@', StringComparison.Ordinal) is var at && at >= 0 ? text[(at + 1)..] : text;

    // One a line, as in HTTP.
    static ImmutableSortedDictionary<string, string> Headers(string? text)
    {
        var headers = new RemoteAddress { Uri = new Uri("http://none") }.Headers;
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line[..colon].Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
                throw new RemoteSettingException("`remote-header` has a line that is not of the form `Name: value`");
            headers = headers.SetItem(line[..colon], line[(colon + 1)..].Trim());
        }

        return headers;
    }
}
