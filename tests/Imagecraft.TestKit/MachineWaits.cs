// Waiting until something is so on a machine. Unaware of how the machine is reached.

using System.Diagnostics;
using System.Globalization;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.TestKit;

/// <summary>Each looks again and again. A limit that passes tells what was seen last; before that, at least two looks are taken, however slow the machine is.</summary>
public static class MachineWaits
{
    // What `service-runs` says when there is no hope.
    private const int Hopeless = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.2);

    /// <summary>How long to wait when a test does not say.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromMinutes(3);

    /// <summary>Waits until a command ends with exit code zero.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="command">Run anew for each look.</param>
    /// <param name="limit">Default: <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Its output without the last line break.</returns>
    /// <exception cref="WaitFailedException">It does not in time.</exception>
    public static Task<string> WaitForSuccessAsync(this ITestMachine machine, string command, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        WaitAsync(machine, $"Command `{command}` does not succeed", command, limit, cancellationToken);

    /// <summary>Waits until a systemd unit is active, or under busybox' init until a service has a process: that of its pid file in <c>/run</c>, or else one with its name.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="name">The unit, e.g. <c>dropbear</c> or <c>network.target</c>; the service.</param>
    /// <param name="limit">Default: <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="WaitFailedException">It does not run in time, or has failed for good.</exception>
    public static Task WaitForServiceAsync(this ITestMachine machine, string name, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        WaitAsync(machine, $"Service `{name}` does not run", KitScript.Command("service-runs", name), limit, cancellationToken, mayBeHopeless: true);

    /// <summary>Waits until a process of the machine listens on a TCP port, on whichever of its addresses.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="limit">Default: <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="WaitFailedException">Nobody does in time.</exception>
    public static Task WaitForPortAsync(this ITestMachine machine, int port, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        WaitAsync(machine, $"Nobody listens on TCP port {port}", KitScript.Command("port-listens", port.ToString(CultureInfo.InvariantCulture)), limit, cancellationToken);

    /// <summary>Waits until a path exists.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="path">Absolute path of a file, folder, device or socket.</param>
    /// <param name="limit">Default: <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="WaitFailedException">It does not in time.</exception>
    public static Task WaitForFileAsync(this ITestMachine machine, string path, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        WaitAsync(machine, $"Path `{path}` does not exist", KitScript.Command("file-exists", path), limit, cancellationToken);

    /// <summary>Waits until the machine has a default route over IPv4, e.g. from DHCP.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="limit">Default: <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="WaitFailedException">It has none in time.</exception>
    public static Task WaitForNetworkAsync(this ITestMachine machine, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        WaitAsync(machine, "The machine has no default route", KitScript.Command("network-routed"), limit, cancellationToken);

    private static async Task<string> WaitAsync(ITestMachine machine, string complaint, string command, TimeSpan? limit, CancellationToken cancellationToken, bool mayBeHopeless = false)
    {
        TimeSpan most = limit ?? DefaultLimit;
        long started = Stopwatch.GetTimestamp();
        for (int looks = 1; ; looks++)
        {
            CommandResult seen = await machine.RunAsync(command, null, cancellationToken);
            if (seen.Succeeded)
                return seen.Output.TrimEnd('\n');
            if (mayBeHopeless && seen is { End: CommandEnd.Exited, ExitCode: Hopeless })
                throw new WaitFailedException($"{complaint} and will not: it has failed", seen);
            if (looks > 1 && Stopwatch.GetElapsedTime(started) >= most)
                throw new WaitFailedException(string.Create(CultureInfo.InvariantCulture, $"{complaint} within {most.TotalSeconds:0.#} s"), seen);
            await Task.Delay(Interval, cancellationToken);
        }
    }
}
