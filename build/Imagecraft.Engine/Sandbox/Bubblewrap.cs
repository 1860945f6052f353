// Turns a sandbox value into bubblewrap's command line and the folders it needs. Unaware of actions and of the store.

using System.Globalization;
using Imagecraft.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Sandbox;

/// <summary>The descriptors that bubblewrap reads and writes.</summary>
/// <param name="Filter">The program of <see cref="SystemCallFilter"/>.</param>
/// <param name="Status">Where it tells of its child; null to tell nobody.</param>
/// <param name="Gate">What <see cref="StartGate"/> holds the sandbox by; null to start at once.</param>
sealed record SandboxDescriptors(int Filter, int? Status, int? Gate)
{
    /// <summary>As <see cref="ChildProcess"/> numbers them.</summary>
    public static SandboxDescriptors OfChild { get; } = new(ChildProcess.FirstDescriptor, ChildProcess.FirstDescriptor + 1, ChildProcess.FirstDescriptor + 2);
}

/// <summary>The one sandbox tool; taken from a tool root and run through that root's own loader, so it needs nothing of the host.</summary>
/// <remarks>
/// Source: bwrap(1) of bubblewrap 0.12; overlays need 0.11. A root that calls is root inside too, and bubblewrap leaves it all capabilities and all of
/// <c>/proc</c> unless told otherwise; so everything is taken, one capability is given, <c>/proc</c> is read-only as a whole and shows nothing of the kernel's inside.
/// </remarks>
public static class Bubblewrap
{
    /// <summary>The option by which a sandbox ends with the thread that started it.</summary>
    public const string DieWithParent = "--die-with-parent";

    const string OwnWords = "bwrap: ", NoCommand = "execvp ";

    // Of the machine, not of the processes inside: addresses, keys, messages and pages of the kernel, which root may read without a capability, and its configuration.
    // Each takes a mount of its own, so what is only read-only anyway is left as it is.
    static readonly string[] _hidden =
        ["config.gz", "iomem", "ioports", "kallsyms", "key-users", "keys", "kmsg", "kpagecgroup", "kpagecount", "kpageflags", "pagetypeinfo", "slabinfo", "timer_list", "vmallocinfo"];

    /// <summary>The command that runs <paramref name="spec"/>; makes the folders it needs below its scratch folder.</summary>
    /// <exception cref="FileNotFoundException">The root has no bubblewrap or no loader.</exception>
    internal static IReadOnlyList<string> Command(SandboxSpec spec, SandboxDescriptors descriptors)
    {
        List<string> command = [.. Launcher(spec.BubblewrapRoot)];
        command.AddRange(["--unshare-all", "--unshare-user", "--disable-userns", DieWithParent, "--uid", "0", "--gid", "0"]);
        command.AddRange(["--cap-drop", "ALL", "--cap-add", "CAP_DAC_OVERRIDE", "--hostname", SandboxEnvironment.HostName, "--seccomp", Text(descriptors.Filter)]);
        if (descriptors.Status is { } status)
            command.AddRange(["--json-status-fd", Text(status)]);
        if (!spec.Interactive)
            command.Add("--new-session");
        MountRoot(command, spec);
        MountProcesses(command, spec, descriptors.Gate);
        command.AddRange(["--dev", "/dev", "--size", (spec.Limits.MemoryBytes / 2).ToString(CultureInfo.InvariantCulture), "--tmpfs", "/tmp"]);
        Directory.CreateDirectory(spec.BuildFolder);
        Directory.CreateDirectory(spec.OutFolder);
        command.AddRange(["--bind", spec.BuildFolder, "/build", "--bind", spec.OutFolder, "/out"]);
        var number = 0;
        foreach (var mount in Ordered(spec))
            Add(command, mount, spec, number++);
        command.Add("--clearenv");
        foreach (var (name, value) in spec.Environment)
            command.AddRange(["--setenv", name, value]);
        command.AddRange(["--chdir", spec.WorkingDirectory, "--"]);
        command.AddRange(spec.Arguments);
        return command;
    }

    /// <summary>The filter of system calls, open for reading under a number that children inherit.</summary>
    internal static SafeFileHandle OpenFilter(SandboxSpec spec)
    {
        var path = Path.Combine(spec.Scratch, "filter");
        File.WriteAllBytes(path, SystemCallFilter.Program);
        return Descriptors.OpenInherited(path);
    }

    /// <summary>What a sandbox died of whose command never started, from the last line that bubblewrap wrote.</summary>
    internal static (SandboxEnd End, string Problem) Problem(string log)
    {
        var last = LogTail.Read(log) is [.., var line] && line.StartsWith(OwnWords, StringComparison.Ordinal) ? line[OwnWords.Length..] : "bubblewrap said nothing";
        return last.StartsWith(NoCommand, StringComparison.Ordinal)
            ? (SandboxEnd.NoCommand, last[(last.LastIndexOf(':') + 1)..].Trim())
            : (SandboxEnd.NotMade, last);
    }

    static void MountProcesses(List<string> command, SandboxSpec spec, int? gate)
    {
        var nothing = Path.Combine(spec.Scratch, "nothing");
        File.WriteAllBytes(nothing, []);
        command.AddRange(["--proc", "/proc"]);
        foreach (var file in _hidden.Select(name => $"/proc/{name}").Where(File.Exists))
            command.AddRange(["--ro-bind", nothing, file]);
        if (gate is { } descriptor)
            command.AddRange(["--ro-bind-data", Text(descriptor), "/proc/cmdline"]);
        command.AddRange(["--remount-ro", "/proc"]);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Loader, library path and program within a tool root.</summary>
    /// <exception cref="FileNotFoundException">The root has no bubblewrap or no loader.</exception>
    public static IReadOnlyList<string> Launcher(string root)
    {
        var program = Path.Combine(root, "usr/bin/bwrap");
        var loader = Directory.Exists(Path.Combine(root, "usr/lib64"))
            ? Directory.EnumerateFiles(Path.Combine(root, "usr/lib64"), "ld-linux-*.so.*").Order(StringComparer.Ordinal).FirstOrDefault()
            : null;
        var libraries = Directory.Exists(Path.Combine(root, "usr/lib"))
            ? Directory.EnumerateDirectories(Path.Combine(root, "usr/lib"), "*-linux-gnu*").Order(StringComparer.Ordinal).ToList()
            : [];
        loader ??= libraries.SelectMany(l => Directory.EnumerateFiles(l, "ld-linux-*.so.*")).FirstOrDefault();
        if (!File.Exists(program) || loader is null)
            throw new FileNotFoundException($"The sandbox's tool root `{root}` lacks `usr/bin/bwrap` or its loader");
        return [loader, "--library-path", string.Join(':', libraries), program];
    }

    // A read-only overlay needs two layers; the lower one has the mount points that the trees may lack.
    static void MountRoot(List<string> command, SandboxSpec spec)
    {
        var points = Path.Combine(spec.Scratch, "points");
        foreach (var folder in (string[])["proc", "dev", "tmp", "build", "out"])
            Directory.CreateDirectory(Path.Combine(points, folder));
        foreach (var mount in Ordered(spec))
        {
            if (IsBelow(mount.Path, "/tmp") || IsBelow(mount.Path, "/build") || IsBelow(mount.Path, "/out") || Ordered(spec).Any(m => m != mount && IsBelow(mount.Path, m.Path)))
                continue;
            var path = points + mount.Path;
            if (mount is SandboxMount.ReadBind { IsFile: true } or SandboxMount.WriteBind { IsFile: true })
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, []);
            }
            else
            {
                Directory.CreateDirectory(path);
            }
        }

        command.AddRange(["--overlay-src", points]);
        foreach (var layer in spec.RootLayers)
            command.AddRange(["--overlay-src", layer]);
        command.AddRange(["--ro-overlay", "/"]);
    }

    static void Add(List<string> command, SandboxMount mount, SandboxSpec spec, int number)
    {
        switch (mount)
        {
            case SandboxMount.Overlay overlay:
                var upper = overlay.Written ?? Path.Combine(spec.Scratch, string.Create(CultureInfo.InvariantCulture, $"u{number}"));
                // On the file system of what is written, and empty at each start.
                var work = overlay.Written is { } written ? written + ".work" : Path.Combine(spec.Scratch, string.Create(CultureInfo.InvariantCulture, $"w{number}"));
                if (overlay.Written is not null)
                    FolderRemoval.Remove(work);
                Directory.CreateDirectory(upper);
                Directory.CreateDirectory(work);
                foreach (var layer in overlay.Layers)
                    command.AddRange(["--overlay-src", layer]);
                command.AddRange(["--overlay", upper, work, overlay.Path]);
                break;
            case SandboxMount.ReadBind bound:
                command.AddRange(["--ro-bind", bound.HostPath, bound.Path]);
                break;
            case SandboxMount.WriteBind bound:
                command.AddRange(["--bind", bound.HostPath, bound.Path]);
                break;
        }
    }

    // Parents before what is mounted below them.
    static IEnumerable<SandboxMount> Ordered(SandboxSpec spec) => spec.Mounts.OrderBy(m => m.Path, StringComparer.Ordinal);

    static bool IsBelow(string path, string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);
}
