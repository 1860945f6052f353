// A board's shell by SSH. Unaware of checks.

using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Boards;

/// <summary>The host's <c>ssh</c>, so that keys, agents and jumps are those of its user, on a terminal of the board's own, so that a command can be interrupted.</summary>
/// <param name="address">Where.</param>
/// <param name="password">The user's; empty: keys only.</param>
/// <param name="identity">Host path of a private key; null: those of the user.</param>
/// <param name="knownHosts">File that takes the keys of hosts that were never seen before. Those that the user knows already count as well.</param>
/// <remarks>Source: ssh(1), ssh_config(5).</remarks>
public sealed class SshLine(BoardAddress.Ssh address, string password, string? identity, string knownHosts) : IBoardLine
{
    private const string PasswordVariable = "IMAGECRAFT_BOARD_PASSWORD";

    /// <inheritdoc/>
    public string Name => address.ToString();

    /// <inheritdoc/>
    public bool HearsBoot => false;

    /// <inheritdoc/>
    public Task<SerialConsole> OpenAsync(string log, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(knownHosts)!);
        var environment = new Dictionary<string, string>();
        string? asking = null;
        if (password.Length > 0)
        {
            asking = Path.Combine(Path.GetTempPath(), $"imagecraft-{Guid.NewGuid():N}");
            using (var file = new FileStream(asking, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute }))
                file.Write("#!/bin/sh\nprintf '%s\\n' \"$IMAGECRAFT_BOARD_PASSWORD\"\n"u8);
            (environment[PasswordVariable], environment["SSH_ASKPASS"], environment["SSH_ASKPASS_REQUIRE"]) = (password, asking, "force");
        }

        try
        {
            return Task.FromResult(LineProcess.Start("ssh", Arguments(), environment, log, Explain, asking is null ? null : () => File.Delete(asking), (input, output, file, end) =>
                new SerialConsole(input, output, file, end) { IsOwn = true }));
        }
        catch (Win32Exception)
        {
            throw new MachineStartException("This host has no `ssh`; install OpenSSH's client (Debian's package `openssh-client`), or check the board by `serial:`");
        }
    }

    private ImmutableArray<string> Arguments()
    {
        List<string> options =
        [
            "NumberOfPasswordPrompts=1", "StrictHostKeyChecking=accept-new", $"UserKnownHostsFile=\"{knownHosts}\" ~/.ssh/known_hosts",
            // A board that dies says nothing; this many seconds later it is told.
            "ConnectTimeout=20", "ServerAliveInterval=5", "ServerAliveCountMax=3", "TCPKeepAlive=yes", "LogLevel=ERROR", "EscapeChar=none", "ControlPath=none",
        ];
        options.Add(password.Length == 0 ? "BatchMode=yes" : "PreferredAuthentications=publickey,password,keyboard-interactive");
        if (identity is not null)
            options.AddRange([$"IdentityFile=\"{identity}\"", "IdentitiesOnly=yes"]);
        return
        [
            "-tt", .. options.SelectMany(option => (string[])["-o", option]),
            .. address.Port is { } port ? (string[])["-p", port.ToString(CultureInfo.InvariantCulture)] : [],
            "-l", address.User, "--", address.Host, "exec sh",
        ];
    }

    // 255 is ssh's own code, others are those of the shell.
    private string Explain(int code, string complaints)
    {
        if (code != 255)
            return $"its shell over SSH ended with exit code {code}{(complaints.Length == 0 ? "" : $": {complaints}")}";
        bool Says(string words) => complaints.Contains(words, StringComparison.OrdinalIgnoreCase);
        string remedy = Says("Host key verification failed") || Says("REMOTE HOST IDENTIFICATION HAS CHANGED")
            ? $"; if the board was flashed anew, forget its old key by `ssh-keygen -f {knownHosts} -R {KnownName}`"
            : Says("Permission denied")
            ? $"; name a key of `{address.User}` by `--identity FILE` or a password by `--password-file FILE`. Images take the keys of `authorized-keys:`, and no empty password"
            : Says("Connection refused")
            ? "; the board is up, and nothing listens there: has the image an SSH server (feature `ssh`), and is it the right port?"
            : Says("Could not resolve") || Says("Name or service not known")
            ? "; is the name right? An address does as well"
            : Says("timed out") || Says("No route to host") || Says("Network is unreachable")
            ? "; is the board on, on this network, and is this its address?"
            : "";
        return $"SSH to `{Name}` failed{(complaints.Length == 0 ? "" : $": {complaints}")}{remedy}";
    }

    private string KnownName => address.Port is { } port and not 22 ? $"[{address.Host}]:{port}" : address.Host;
}
