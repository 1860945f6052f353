// From what was read and tried to findings with remedies. Pure: unaware of the machine.

using System.Globalization;
using Imagecraft.Cli.Rendering;
using Imagecraft.Feeds;

namespace Imagecraft.Cli.Doctor;

/// <summary>Judges single observations.</summary>
public static class Judgement
{
    private const long LeastDisk = 15L << 30;
    private const long LeastMemory = 2L << 30;

    /// <summary>User namespaces, from a trial and the kernel's switches (contents of the files below <c>/proc/sys</c>, null when absent).</summary>
    public static Finding UserNamespaces(ProbeResult trial, string? maxUserNamespaces, string? unprivilegedClone, string? appArmorRestriction)
    {
        const string subject = "user namespaces";
        if (trial.Worked)
            return Finding.Fine(subject, "can be made");
        if (Number(maxUserNamespaces) == 0)
            return Finding.Missing(subject, "`user.max_user_namespaces` is 0", "sudo sysctl -w user.max_user_namespaces=28633");
        if (Number(unprivilegedClone) == 0)
            return Finding.Missing(subject, "`kernel.unprivileged_userns_clone` is 0", "sudo sysctl -w kernel.unprivileged_userns_clone=1");
        if (Number(appArmorRestriction) == 1)
            return Finding.Missing(subject, "AppArmor keeps programs without a profile from making them", "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
        if (trial.ExitCode is null)
            return Finding.Fine(subject, $"the kernel's switches allow them (not tried: {trial.Text})");
        return Finding.Missing(subject, $"cannot be made: {trial.Text}", "In a container, start it with `--security-opt seccomp=unconfined` or as privileged; elsewhere use a kernel with CONFIG_USER_NS");
    }

    /// <summary>Who runs the builds, and what that means.</summary>
    public static Finding Caller(bool isRoot) => Finding.Fine("user", isRoot
        ? "root; actions have one capability inside a user namespace of their own (CAP_DAC_OVERRIDE), a read-only /proc and no mounts, but whoever broke out would be root. A plain user is as fast and needs no trust"
        : "a plain user; whoever broke out of an action would have that user's rights");

    /// <summary>How bounds of memory and processes are held.</summary>
    public static Finding Bounds(bool areExact, string limits) => Finding.Fine("bounds of actions", areExact
        ? $"{limits}, held by control groups"
        : $"{limits}, memory looked at four times a second. In a scope of its own the kernel holds it: systemd-run --user --scope -p Delegate=yes ./build.sh ...");

    /// <summary>Overlay mounts inside a user namespace on the cache's file system.</summary>
    public static Finding Overlay(ProbeResult trial, string cacheRoot) => trial switch
    {
        { Worked: true } => Finding.Fine("overlay mounts", $"work on the file system of `{cacheRoot}`"),
        { ExitCode: null } => Finding.Fine("overlay mounts", $"not tried: {trial.Text}"),
        _ => Finding.Missing("overlay mounts", $"do not work on the file system of `{cacheRoot}`: {trial.Text}", "Set IMAGECRAFT_CACHE to a folder on ext4, xfs, btrfs or tmpfs, with Linux 5.11 or newer; an overlay (a container's own layer) cannot hold it"),
    };

    /// <summary>Space for tool roots, sources and results.</summary>
    public static Finding Disk(long freeBytes, string cacheRoot) => freeBytes >= LeastDisk
        ? Finding.Fine("disk", $"{Quantities.Size(freeBytes)} free for `{cacheRoot}`")
        : Finding.Missing("disk", $"{Quantities.Size(freeBytes)} free for `{cacheRoot}`, {Quantities.Size(LeastDisk)} are needed", "Free some space, or set IMAGECRAFT_CACHE to a folder on a larger disk");

    /// <summary>Memory, from <c>/proc/meminfo</c>.</summary>
    public static Finding Memory(string memoryInformation)
    {
        var line = memoryInformation.Split('\n').FirstOrDefault(l => l.StartsWith("MemTotal:", StringComparison.Ordinal)) ?? "";
        var bytes = Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1)) * 1024 ?? 0;
        return bytes >= LeastMemory
            ? Finding.Fine("memory", Quantities.Size(bytes))
            : Finding.Missing("memory", $"{Quantities.Size(bytes)}, {Quantities.Size(LeastMemory)} are needed", "Build on a machine with more memory");
    }

    /// <summary>The SDK, from <c>dotnet --version</c> run in the workspace.</summary>
    public static Finding Sdk(ProbeResult version) => version.Worked
        ? Finding.Fine(".NET SDK", version.Text)
        : Finding.Missing(".NET SDK", "none fits `global.json`", "`build.sh` of a checkout installs one when no other is on PATH, see its messages; an unpacked archive needs one for .NET recipes alone, on PATH or in DOTNET_ROOT");

    /// <summary>Where a kind of registry is, or why none was found; the error names what to set.</summary>
    public static async Task<Finding> RegistryAsync(string subject, Func<Task<IEnumerable<string>>> places)
    {
        try
        {
            return Finding.Fine(subject, string.Join(", ", await places().ConfigureAwait(false)));
        }
        catch (FeedException none)
        {
            return Finding.Missing(subject, "none is configured", none.Message);
        }
    }

    private static long? Number(string? text) =>
        long.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
