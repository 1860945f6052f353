// Which programs stand for a board's accelerators in QEMU. Unaware of how they are started.

using Imagecraft.Metadata.Model;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Building;

/// <summary>From metadata to what machines take.</summary>
public static class AcceleratorServers
{
    /// <summary>The accelerators that are served, without those that the board's machine is declared not to have.</summary>
    public static IEnumerable<ServedAccelerator> Of(Session session, IEnumerable<Accelerator> accelerators, QemuSpec qemu) =>
        from accelerator in accelerators
        where accelerator.Server is not null && !qemu.Without.Any(absent => absent.Value == accelerator.Name.Value)
        select new ServedAccelerator(accelerator.Name, [.. Command(session, accelerator.Server!.Value)], [.. accelerator.Devices.Select(device => device.Path.Value)]);

    // Beside this program, and run as it is.
    private static string[] Command(Session session, string server) => server switch
    {
        ServerNames.VirtualNpu => [session.Dotnet, "exec", Path.Combine(AppContext.BaseDirectory, $"{server}.dll"), "--ends-with-parent"],
        _ => throw new ArgumentOutOfRangeException(nameof(server), server, "A server without a program"),
    };
}
