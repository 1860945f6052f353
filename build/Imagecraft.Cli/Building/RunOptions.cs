// The options of a machine on the terminal: ports, a folder, a disk that stays. Unaware of how it is run.

using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Building;

/// <summary>What is asked of the machine beside its board.</summary>
/// <param name="Forwards">Ports of this host that lead into it.</param>
/// <param name="Ssh">A free port leads to its SSH server, which is told.</param>
/// <param name="Share">Folder of this host that it can mount; null: none.</param>
/// <param name="KeepDisk">What it writes is there again the next time.</param>
/// <param name="Deploy"><c>deploy --to qemu</c> may come in.</param>
/// <param name="Arguments">Arguments of QEMU.</param>
public sealed record RunDemand(ImmutableArray<PortForward> Forwards, bool Ssh, string? Share, bool KeepDisk, bool Deploy, ImmutableArray<string> Arguments)
{
    /// <summary>What it asks of the artifacts beside the disk: the kernel's configuration, and which build they are of.</summary>
    public const string KernelConfiguration = "kernel.config", Sums = "SHA256SUMS";

    private const string ShareName = "share";

    /// <summary>The machine as it is asked for. How to use it is printed.</summary>
    /// <exception cref="ProblemException">The disk that was kept is of another build, or there is no such folder.</exception>
    public MachineDescription Apply(Session session, RunSubject subject, MachineDescription machine)
    {
        var forwards = Forwards;
        if (Ssh)
        {
            forwards = forwards.Add(new PortForward(FreePort(), 22));
            session.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Log in by: ssh -p {forwards[^1].Host} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1"));
        }

        machine = HostAccess.Forward(machine, forwards);
        if (Share is { } share)
        {
            var folder = Path.GetFullPath(share);
            if (!Directory.Exists(folder))
                throw ProblemException.User($"There is no folder `{folder}` to share");
            RequireKernel(subject, "CONFIG_9P_FS", "CONFIG_NET_9P_VIRTIO");
            machine = HostAccess.Share(machine, folder, ShareName);
            session.Console.Out.WriteLine($"In the machine: mount -t 9p -o trans=virtio {ShareName} /mnt");
        }

        if (Deploy)
            machine = WayIn.Open(machine) ?? throw ProblemException.User($"QEMU's machine of `{subject.Board}` has no way in beside its console: it needs `$CMDLINE` and `virtserialport,$CHANNEL` among its arguments", "Give the image the feature `ssh` and a key, `run --ssh`, and deploy `--to ssh://root@127.0.0.1:PORT`");
        return KeepDisk ? Kept(session, subject, machine) : machine;
    }

    // The kernel's final configuration lies beside the disk.
    private static void RequireKernel(RunSubject subject, params string[] symbols)
    {
        var configuration = Path.Combine(subject.Artifacts, KernelConfiguration);
        var lines = File.Exists(configuration) ? File.ReadAllLines(configuration).ToHashSet() : [];
        var missing = symbols.Where(s => !lines.Contains($"{s}=y") && !lines.Contains($"{s}=m")).ToList();
        if (missing.Count > 0)
            throw ProblemException.User($"The kernel of `{subject.Board}` cannot mount a shared folder: it lacks [{string.Join(", ", missing)}]", "Add them to a fragment of the board or image (`kernel-fragments:`), with CONFIG_NETWORK_FILESYSTEMS and CONFIG_NET_9P");
    }

    private static MachineDescription Kept(Session session, RunSubject subject, MachineDescription machine)
    {
        var folder = Path.Combine(session.WorkspaceRoot, ".imagecraft", "disks", $"{subject.Board}.{subject.Image}");
        var (overlay, origin) = (Path.Combine(folder, "disk.qcow2"), Path.Combine(folder, "made-from"));
        var name = Path.GetFileName(machine.Disk);
        var sums = Path.Combine(subject.Artifacts, Sums);
        var now = (File.Exists(sums) ? File.ReadAllLines(sums) : []).FirstOrDefault(l => l.EndsWith($" {name}", StringComparison.Ordinal)) ?? throw ProblemException.User($"`{sums}` does not name `{name}`, so a disk cannot be kept for it", "Build the image again");
        if (File.Exists(overlay) && (!File.Exists(origin) || File.ReadAllText(origin).Trim() != now))
            throw ProblemException.User($"The disk that was kept in `{folder}` belongs to another build of this image", "Remove the folder to begin with the new one, or leave `--keep-disk` away");
        Directory.CreateDirectory(folder);
        var isNew = !File.Exists(overlay);
        var kept = MachineDisk.OnKeptOverlay(machine, overlay);
        AtomicFile.Write(origin, now + "\n");
        session.Console.Out.WriteLine($"What is written stays in `{folder}`{(isNew ? "" : ", where it was kept the last time")}");
        return kept;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>What is run.</summary>
/// <param name="Board">Name of the board.</param>
/// <param name="Image">Name of the image.</param>
/// <param name="Artifacts">Folder with its artifacts.</param>
public sealed record RunSubject(string Board, string Image, string Artifacts);

/// <summary>Adds the options to a command and reads them.</summary>
public sealed class RunOptions
{
    private readonly Option<string[]> _forward = new("--forward") { Description = "Let a port of 127.0.0.1 lead to one of the machine, e.g. 8080:80", HelpName = "host:machine" };
    private readonly Option<bool> _ssh = new("--ssh") { Description = "Let a free port lead to the machine's SSH server, and say how to log in" };
    private readonly Option<string?> _share = new("--share") { Description = "Let the machine mount a folder of this host (9p)", HelpName = "folder" };
    private readonly Option<bool> _keepDisk = new("--keep-disk") { Description = "Keep what is written to the disk for the next time" };
    private readonly Option<bool> _deploy = new("--deploy") { Description = "Let `deploy NAME --to qemu` put what was changed onto the machine while it runs" };
    private readonly Argument<string[]> _arguments = new("qemu-arguments") { Description = "After `--`: arguments of QEMU", Hidden = true, Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Adds all options to <paramref name="command"/>.</summary>
    public RunOptions(Command command)
    {
        foreach (var option in new Option[] { _forward, _ssh, _share, _keepDisk, _deploy })
            command.Options.Add(option);
        command.Arguments.Add(_arguments);
        _forward.Validators.Add(result =>
        {
            try
            {
                foreach (var token in result.Tokens)
                    PortForward.Parse(token.Value);
            }
            catch (FormatException wrong)
            {
                result.AddError(wrong.Message);
            }
        });
    }

    /// <summary>What was written.</summary>
    /// <exception cref="ProblemException">A word stands where only options may.</exception>
    public RunDemand Read(ParseResult parsed)
    {
        if (parsed.GetValue(_arguments) is [var word, ..] && parsed.Tokens.All(t => t.Type != TokenType.DoubleDash))
            throw ProblemException.User($"Unexpected argument `{word}` of `run`", "Arguments of QEMU stand after `--`: `./build.sh run -- -m 1G`");
        return Written(parsed);
    }

    private RunDemand Written(ParseResult parsed) => new(
        [.. (parsed.GetValue(_forward) ?? []).Select(PortForward.Parse)], parsed.GetValue(_ssh), parsed.GetValue(_share), parsed.GetValue(_keepDisk), parsed.GetValue(_deploy), [.. parsed.GetValue(_arguments) ?? []]);
}
