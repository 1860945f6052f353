// Runs git of a tool root in a sandbox that has the network and hardly a file of the host. Unaware of what git does.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Cli.Building;

/// <summary>Of the host, git sees: name servers, certificates, the hosts that ssh knows, the socket of the ssh agent, and a repository that its address names.</summary>
public static class GitSandbox
{
    // Where distributions keep the bundle of certificates, in the order in which they are looked for.
    private static readonly string[] Bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    private const int Descriptor = 9;

    /// <summary>The command that starts git of <paramref name="tools"/>.</summary>
    public static GitCommand Of(FetchTools tools) => (arguments, folders) =>
    [
        .. Opening(folders.Work), .. Bubblewrap.Launcher(tools.Sandbox), "--seccomp", $"{Descriptor}",
        "--unshare-all", "--share-net", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--uid", "0", "--gid", "0", "--cap-drop", "ALL",
        "--ro-bind", Path.Combine(tools.Root, "usr"), "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
        "--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
        "--ro-bind", Path.Combine(tools.Root, "etc/passwd"), "/etc/passwd", "--ro-bind", Path.Combine(tools.Root, "etc/group"), "/etc/group",
        .. Seen("/etc/resolv.conf"), .. Seen("/etc/hosts"), .. Seen("/etc/ssh/ssh_known_hosts"), .. Seen(GitCommands.KnownHosts),
        .. Certificates(), .. Agent(),
        .. folders.Source is { } source ? ["--ro-bind", source, source] : Array.Empty<string>(),
        "--bind", folders.Work, folders.Work, "--chdir", folders.Work, "--", "/usr/bin/git", .. arguments,
    ];

    // Bubblewrap reads the filter from a descriptor, which a shell opens, because whoever starts the command hands on none. It lies beside the work folder, where git does not see it.
    private static string[] Opening(string work)
    {
        var filter = work.TrimEnd('/') + ".filter";
        File.WriteAllBytes(filter, SystemCallFilter.Program);
        return ["/bin/sh", "-c", $"exec {Descriptor}<\"$1\"; shift; exec \"$@\"", "sh", filter];
    }

    private static string[] Seen(string path) => File.Exists(path) ? ["--ro-bind", path, path] : [];

    private static string[] Certificates() =>
        Bundles.Prepend(Environment.GetEnvironmentVariable("SSL_CERT_FILE")).FirstOrDefault(File.Exists) is { } bundle ? ["--ro-bind", bundle, Bundles[0]] : [];

    private static string[] Agent() => Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") is { Length: > 0 } socket && File.Exists(socket) ? ["--bind", socket, socket] : [];
}
