// Turns a sandbox value into bubblewrap's command line and the folders it needs. Unaware of actions and of the store.

using System.Globalization;

namespace Imagecraft.Engine.Sandbox;

/// <summary>The one sandbox tool; taken from a tool root and run through that root's own loader, so it needs nothing of the host.</summary>
/// <remarks>Source: bwrap(1) of bubblewrap 0.12; overlays need 0.11.</remarks>
public static class Bubblewrap
{
    /// <summary>The command that runs <paramref name="spec"/>; makes the folders it needs below its scratch folder.</summary>
    /// <exception cref="FileNotFoundException">The root has no bubblewrap or no loader.</exception>
    public static IReadOnlyList<string> Command(SandboxSpec spec)
    {
        List<string> command = [.. Launcher(spec.BubblewrapRoot)];
        command.AddRange(["--unshare-all", "--die-with-parent", "--uid", "0", "--gid", "0", "--cap-add", "CAP_DAC_OVERRIDE", "--hostname", SandboxEnvironment.HostName]);
        if (!spec.Interactive)
            command.Add("--new-session");
        MountRoot(command, spec);
        command.AddRange(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]);
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
                var upper = Path.Combine(spec.Scratch, string.Create(CultureInfo.InvariantCulture, $"u{number}"));
                var work = Path.Combine(spec.Scratch, string.Create(CultureInfo.InvariantCulture, $"w{number}"));
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
