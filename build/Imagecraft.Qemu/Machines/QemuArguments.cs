// The whole command line of QEMU. Pure; unaware of processes and sockets.

using System.Collections.Immutable;

namespace Imagecraft.Qemu.Machines;

/// <summary>Where the machine's console goes.</summary>
public abstract record ConsolePlace
{
    private ConsolePlace()
    {
    }

    /// <summary>A Unix socket that someone listens on, with another one for QMP.</summary>
    public sealed record Sockets(string Console, string Qmp) : ConsolePlace;

    /// <summary>The terminal that QEMU inherits; control-A x ends it.</summary>
    public sealed record Terminal : ConsolePlace;
}

/// <summary>Puts a machine's command line together.</summary>
public static class QemuArguments
{
    /// <summary>QEMU's name of the character device behind the console.</summary>
    public const string ConsoleDevice = "ic-console";

    /// <summary>The standard arguments and the machine's own, after those that start the program.</summary>
    /// <remarks>QEMU ends with its parent: <c>-run-with exit-with-parent=on</c>, QEMU 10.2 and newer.</remarks>
    public static ImmutableArray<string> Of(MachineDescription machine, ConsolePlace place)
    {
        string[] console = place switch
        {
            ConsolePlace.Sockets sockets =>
            [
                "-display", "none", "-monitor", "none",
                "-chardev", $"socket,id={ConsoleDevice},path={Escape(sockets.Console)}", "-serial", $"chardev:{ConsoleDevice}",
                "-chardev", $"socket,id=ic-qmp,path={Escape(sockets.Qmp)}", "-qmp", "chardev:ic-qmp",
            ],
            _ =>
            [
                "-display", "none",
                "-chardev", "stdio,id=ic-console,mux=on,signal=off", "-serial", "chardev:ic-console", "-mon", "chardev=ic-console,mode=readline",
            ],
        };
        return
        [
            "-L", Path.Join(machine.ToolRoot, "usr/share/qemu"),
            "-no-user-config", "-no-reboot", "-run-with", "exit-with-parent=on",
            .. Enumerable.Repeat<string[]>(["-serial", "null"], machine.ConsolePort).SelectMany(port => port),
            .. console,
            .. machine.ExpandedArguments,
        ];
    }

    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
