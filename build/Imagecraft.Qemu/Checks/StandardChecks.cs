// The checks that every boot must pass and nobody has to declare. Unaware of images and boards.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Checks;

/// <summary>What a boot is measured by, beside what holds for all of them.</summary>
public sealed record BootExpectations
{
    /// <summary>Names of services that must run.</summary>
    public ImmutableSortedSet<string> Services { get; init; } = ImmutableSortedSet<string>.Empty;

    /// <summary>Where what is written over a root file system that is only read is kept: <c>partition</c> or <c>memory</c>; null when there is no such layer.</summary>
    public string? Layer { get; init; }

    /// <summary>Partitions that are mounted, or that take what is left of the disk.</summary>
    public ImmutableArray<ExpectedPartition> Partitions { get; init; } = [];

    /// <summary>Names of standard checks that do not hold for this image or board.</summary>
    public ImmutableArray<string> Without { get; init; } = [];
}

/// <summary>A partition as a boot must leave it.</summary>
/// <param name="Number">Its place in the table of the disk that the root file system lies on, from 1.</param>
/// <param name="Grown">It ends where the disk does, and an ext4 that is mounted fills it.</param>
/// <param name="Mount">The folder in which it is mounted; null: nothing is said of that.</param>
public sealed record ExpectedPartition(int Number, bool Grown, string? Mount);

/// <summary>Makes the checks of a boot.</summary>
public static class StandardChecks
{
    /// <summary>Seconds by which a board's clock may differ from the host's, the time of a slow boot included.</summary>
    public const int ClockTolerance = 300;

    // A virtio console takes 16 bytes at a time, which a loaded host makes slow.
    private static readonly TimeSpan LogLimit = TimeSpan.FromMinutes(2);

    // 2026-01-01, the time stamp of everything that is built.
    private const long Earliest = 1767225600;

    /// <summary>The kernel's log has no line that tells of a fault.</summary>
    public static Check KernelLog { get; } = new() { Owner = CheckRunner.BootOwner, Name = "kernel-log", Run = "dmesg", MatchesNot = [KernelFaults.Pattern], Limit = LogLimit };

    /// <summary>After a reboot no file system had to be repaired: the shutdown before has left all of them clean. What the kernel says of it: fs/jbd2, fs/ext4/super.c, fs/ext4/orphan.c, fs/fat/inode.c, fs/xfs/xfs_log.c, fs/btrfs/disk-io.c, fs/f2fs/super.c of Linux.</summary>
    public static Check Reboot { get; } = new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "reboot",
        Run = "dmesg",
        MatchesNot = [@"(?i)EXT4-fs [^\n]*(recover|orphan|unchecked|with errors)|JBD2[^\n]*recover|FAT-fs [^\n]*not properly unmounted|XFS [^\n]*starting recovery|BTRFS [^\n]*log replay|F2FS-fs [^\n]*recover"],
        AfterReboot = true,
        Limit = LogLimit,
    };

    /// <summary>All checks of a boot but those that are not wanted, in the order in which they run.</summary>
    /// <param name="expectations">What this image and board declare.</param>
    /// <param name="now">The host's time, against which the board's clock is compared.</param>
    public static ImmutableArray<Check> Of(BootExpectations expectations, DateTimeOffset now) =>
        [.. ((Check?[])[Network, Clock(now), Entropy, Mounts, expectations.Partitions.IsEmpty ? null : Disk(expectations.Partitions), expectations.Layer is { } layer ? State(layer) : null, Services(expectations.Services), KernelLog, Reboot])
            .OfType<Check>().Where(check => !expectations.Without.Contains(check.Name))];

    /// <summary>What is written over the root file system is kept where the board has its place, and that place is sound.</summary>
    /// <param name="layer">See <see cref="BootExpectations.Layer"/>.</param>
    public static Check State(string layer) => new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "state",
        Run = ShellProgram.Command("check-state", layer),
        Limit = TimeSpan.FromSeconds(60),
    };

    /// <summary>The partitions of the disk that was booted are mounted and grown as the board says.</summary>
    public static Check Disk(ImmutableArray<ExpectedPartition> partitions) => new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "disk",
        Run = ShellProgram.Command("check-disk", partitions.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Number}:{(p.Grown ? "grown" : "")}:{p.Mount}"))),
        Limit = TimeSpan.FromSeconds(60),
    };

    private static Check Network { get; } = new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "network",
        Run = ShellProgram.Command("check-network"),
        Limit = TimeSpan.FromSeconds(60),
    };

    private static Check Entropy { get; } = new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "entropy",
        Run = "head -c 32 /dev/random | wc -c",
        Matches = [@"^\s*32\s*$"],
        Limit = TimeSpan.FromSeconds(20),
    };

    private static Check Mounts { get; } = new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "mounts",
        Run = ShellProgram.Command("check-mounts"),
    };

    private static Check Clock(DateTimeOffset now)
    {
        return new()
        {
            Owner = CheckRunner.BootOwner,
            Name = "clock",
            Run = ShellProgram.Command("check-clock", ((long[])[now.ToUnixTimeSeconds(), ClockTolerance, Earliest]).Select(seconds => seconds.ToString(CultureInfo.InvariantCulture))),
        };
    }

    private static Check Services(ImmutableSortedSet<string> services)
    {
        return new()
        {
            Owner = CheckRunner.BootOwner,
            Name = "services",
            Run = ShellProgram.Command("check-services", services),
            Limit = TimeSpan.FromSeconds(120),
        };
    }
}
