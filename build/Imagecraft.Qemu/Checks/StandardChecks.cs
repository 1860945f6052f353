// The checks that every boot must pass and nobody has to declare. Unaware of images and boards.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Qemu.Checks;

/// <summary>What a boot is measured by, beside what holds for all of them.</summary>
public sealed record BootExpectations
{
    /// <summary>Service name to the program that must run, by its absolute path or name.</summary>
    public ImmutableSortedDictionary<string, string> Services { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Where what is written over a root file system that is only read is kept: <c>partition</c> or <c>memory</c>; null when there is no such layer.</summary>
    public string? Layer { get; init; }

    /// <summary>Names of standard checks that do not hold for this image or board.</summary>
    public ImmutableArray<string> Without { get; init; } = [];
}

/// <summary>Makes the checks of a boot.</summary>
public static class StandardChecks
{
    /// <summary>Seconds by which a board's clock may differ from the host's, the time of a slow boot included.</summary>
    public const int ClockTolerance = 300;

    /// <summary>The kernel's log has no line that tells of a fault.</summary>
    public static Check KernelLog { get; } = new() { Owner = CheckRunner.BootOwner, Name = "kernel-log", Run = "dmesg", MatchesNot = [KernelFaults.Pattern] };

    /// <summary>All checks of a boot but those that are not wanted, in the order in which they run.</summary>
    /// <param name="expectations">What this image and board declare.</param>
    /// <param name="now">The host's time, against which the board's clock is compared.</param>
    public static ImmutableArray<Check> Of(BootExpectations expectations, DateTimeOffset now) =>
        [.. ((Check?[])[Network, Clock(now), Entropy, Mounts, expectations.Layer is { } layer ? State(layer) : null, Services(expectations.Services), KernelLog])
            .OfType<Check>().Where(check => !expectations.Without.Contains(check.Name))];

    /// <summary>What is written over the root file system is kept where the board has its place, and that place is sound.</summary>
    /// <param name="layer">See <see cref="BootExpectations.Layer"/>.</param>
    public static Check State(string layer) => new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "state",
        Run = $$"""
            cat /sysroot/state/notice 2>/dev/null
            grep -q '^overlay / overlay rw' /proc/mounts || { echo '/ is no overlay that can be written'; exit 1; }
            device=$(sed -n 's|^/dev/\([^ ]*\) /sysroot/state .*|\1|p' /proc/mounts | head -n 1)
            [ -n "$device" ] || { echo 'What is written lies in memory'; [ {{layer}} = memory ]; exit; }
            echo "What is written lies on /dev/$device"
            errors=$(cat "/sys/fs/ext4/$device/errors_count" 2>/dev/null)
            [ "${errors:-0}" = 0 ] || { echo "The kernel has found $errors errors in its file system"; exit 1; }
            echo kept > /sysroot/state/probe && sync && rm /sysroot/state/probe
            """,
        Limit = TimeSpan.FromSeconds(60),
    };

    // Interfaces without a device behind them (bridges, tunnels) are left alone. A default route needs an address.
    private static Check Network { get; } = new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "network",
        Run = """
            [ $(($(cat /sys/class/net/lo/flags) & 1)) = 1 ] || { echo 'Interface lo is down'; exit 1; }
            wired=$(for device in /sys/class/net/*/device; do [ -e "$device" ] && echo "$device" | cut -d/ -f5; done)
            [ -n "$wired" ] || { echo 'No network device'; exit 0; }
            routed() {
                while read -r name to rest; do [ "$to" = 00000000 ] && echo "$name"; done < /proc/net/route
                [ ! -e /proc/net/ipv6_route ] || sed -n '/ lo$/d; s/^0\{32\} 00 .* //p' /proc/net/ipv6_route
            }
            try=0
            while [ $try -lt 150 ]; do
                for name in $(routed); do
                    case " $(echo $wired) " in *" $name "*) echo "Interface $name has a default route"; exit 0 ;; esac
                done
                try=$((try + 1)); sleep 0.1
            done
            echo "None of the interfaces [" $wired "] has a default route within 15 s"
            cat /proc/net/route; exit 1
            """,
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

    // The last field but one of fstab(5) does not matter here; `noauto` and swap are not mounted at boot.
    private static Check Mounts { get; } = new()
    {
        Owner = CheckRunner.BootOwner,
        Name = "mounts",
        Run = """
            missing=0
            mounted() { grep -q "^[^ ]* $1 " /proc/mounts || { echo "$1 is not mounted"; missing=1; }; }
            for path in / /proc /sys /dev /run; do mounted $path; done
            if [ -f /etc/fstab ]; then
                while read -r device path kind options rest; do
                    case "$device $kind $options" in '#'*|' '*|*' swap '*|*noauto*) continue ;; esac
                    mounted "$path"
                done < /etc/fstab
            fi
            case " $(cat /proc/cmdline) " in *' rw '*) grep -Eq '^[^ ]+ / [^ ]+ ([^ ]*,)?rw(,| )' /proc/mounts || { echo '/ is read-only, though the kernel command line says rw'; missing=1; } ;; esac
            exit $missing
            """,
    };

    private static Check Clock(DateTimeOffset now)
    {
        long time = now.ToUnixTimeSeconds();
        // 2026-01-01, the time stamp of everything that is built.
        string earliest = 1767225600L.ToString(CultureInfo.InvariantCulture);
        return new()
        {
            Owner = CheckRunner.BootOwner,
            Name = "clock",
            Run = string.Create(CultureInfo.InvariantCulture, $$"""
                now=$(date -u +%s); echo "$now"
                if [ -e /sys/class/rtc/rtc0 ]; then
                    [ $((now - {{time}})) -lt {{ClockTolerance}} ] && [ $((now - {{time}})) -gt -{{ClockTolerance}} ] || { echo 'The clock differs from the host'\''s {{time}} by '$((now - {{time}}))' s'; exit 1; }
                else
                    [ "$now" -ge {{earliest}} ] || { echo 'The clock is older than the image'; exit 1; }
                fi
                """),
        };
    }

    // systemd keeps account itself. Otherwise what failed at its start stands in /run/failed-services, and what is to run on
    // must have a process that is older than a second, which one that ends and is started again never has.
    private static Check Services(ImmutableSortedDictionary<string, string> services)
    {
        string list = string.Join(' ', services.Select(service => $"'{service.Key}={service.Value}'"));
        return new()
        {
            Owner = CheckRunner.BootOwner,
            Name = "services",
            Run = $$"""
                if [ -d /run/systemd/system ]; then
                    systemctl is-system-running --wait >/dev/null
                    failed=$(systemctl --failed --no-legend --plain); [ -z "$failed" ] && exit 0
                    echo "$failed"; exit 1
                fi
                if [ -s /run/failed-services ]; then echo 'Failed at its start:'; cat /run/failed-services; exit 1; fi
                runs() {
                    for process in $(pidof "${1##*/}"); do
                        line=$(cat "/proc/$process/stat" 2>/dev/null) || continue
                        set -- "$1" ${line##*)}
                        [ $(($(cut -d. -f1 /proc/uptime) - ${21} / 100)) -gt 1 ] && return 0
                    done
                    return 1
                }
                for service in {{list}}; do
                    try=0
                    until runs "${service#*=}"; do
                        try=$((try + 1)); [ $try -lt 60 ] || { echo "Service ${service%%=*} does not keep running: ${service#*=}"; exit 1; }
                        sleep 0.1
                    done
                done
                """,
            Limit = TimeSpan.FromSeconds(120),
        };
    }
}
