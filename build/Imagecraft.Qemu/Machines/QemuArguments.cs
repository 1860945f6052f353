// The whole command line of QEMU. Pure; unaware of processes and sockets.

using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Imagecraft.Qemu.Machines;

/// <summary>Where the machine's console goes.</summary>
public abstract record ConsolePlace
{
    private ConsolePlace()
    {
    }

    /// <summary>A Unix socket that someone listens on, with others for QMP, for the channel of commands and for the way in.</summary>
    public sealed record Sockets(string Console, string Qmp, string Channel, string WayIn) : ConsolePlace;

    /// <summary>The terminal that QEMU inherits; control-A x ends it.</summary>
    /// <param name="WayIn">Path of a Unix socket that QEMU listens on for the way in; null: it leads nowhere.</param>
    public sealed record Terminal(string? WayIn = null) : ConsolePlace;
}

/// <summary>Puts a machine's command line together.</summary>
public static class QemuArguments
{
    /// <summary>QEMU's name of the character device behind the console.</summary>
    public const string ConsoleDevice = "ic-console";

    /// <summary>The name by which the machine finds the port of the channel.</summary>
    public const string ChannelPort = "imagecraft.commands";

    /// <summary>What <c>$CHANNEL</c> stands for in the options of a <c>virtserialport</c>.</summary>
    public const string ChannelOptions = $"chardev={ChannelDevice},name={ChannelPort}";

    private const string ChannelDevice = "ic-channel";

    private const string WayInDevice = "ic-way-in";

    // Boards' own ports begin with 0.
    private const int FirstChassis = 200;

    /// <summary>The standard arguments and the machine's own, after those that start the program.</summary>
    /// <param name="machine">What is started.</param>
    /// <param name="place">Where its console goes.</param>
    /// <param name="accelerators">The sockets of its accelerators' servers; empty: they are not there yet.</param>
    /// <remarks>QEMU ends with its parent: <c>-run-with exit-with-parent=on</c>, QEMU 10.2 and newer.</remarks>
    public static ImmutableArray<string> Of(MachineDescription machine, ConsolePlace place, params ImmutableArray<string> accelerators)
    {
        string[] console = place switch
        {
            ConsolePlace.Sockets sockets =>
            [
                "-display", "none", "-monitor", "none",
                "-chardev", $"socket,id={ConsoleDevice},path={Escape(sockets.Console)}", "-serial", $"chardev:{ConsoleDevice}",
                "-chardev", $"socket,id=ic-qmp,path={Escape(sockets.Qmp)}", "-qmp", "chardev:ic-qmp",
                .. (string[])(machine.HasChannel ? ["-chardev", $"socket,id={ChannelDevice},path={Escape(sockets.Channel)}"] : []),
            ],
            _ =>
            [
                "-display", "none",
                "-chardev", "stdio,id=ic-console,mux=on,signal=off", "-serial", "chardev:ic-console", "-mon", "chardev=ic-console,mode=readline",
                .. (string[])(machine.HasChannel ? ["-chardev", $"null,id={ChannelDevice}"] : []),
            ],
        };
        return
        [
            "-L", Path.Join(machine.ToolRoot, "usr/share/qemu"),
            "-no-user-config", "-no-reboot", "-run-with", "exit-with-parent=on",
            .. Enumerable.Repeat<string[]>(["-serial", "null"], machine.ConsolePort).SelectMany(port => port),
            .. console,
            .. machine.ExpandedArguments,
            .. machine.HasWayIn ? OfWayIn(place switch
            {
                ConsolePlace.Sockets sockets => $"socket,id={WayInDevice},path={Escape(sockets.WayIn)}",
                ConsolePlace.Terminal { WayIn: { } path } => $"socket,id={WayInDevice},path={Escape(path)},server=on,wait=off",
                _ => $"null,id={WayInDevice}",
            }) : [],
            .. OfAccelerators(machine, accelerators),
        ];
    }

    /// <summary>What adds an accelerator to a machine, as <c>-device</c> and QMP's <c>device_add</c> take it.</summary>
    /// <param name="index">Which of the machine's accelerators.</param>
    /// <param name="socket">Path of its server's socket.</param>
    public static JsonObject Accelerator(int index, string socket) => new()
    {
        ["driver"] = "vfio-user-pci",
        ["id"] = $"ic-accelerator-{index}",
        ["bus"] = PortOf(index),
        ["rombar"] = 0,
        ["socket"] = new JsonObject { ["type"] = "unix", ["path"] = socket },
    };

    // Behind the board's own devices, which keep their places. Servers read and write the memory, so it must be shared with them; a port that controls no power takes a device at any time.
    private static IEnumerable<string> OfAccelerators(MachineDescription machine, ImmutableArray<string> sockets)
    {
        if (machine.Accelerators.IsEmpty)
            return [];
        return
        [
            "-object", $"memory-backend-memfd,id=ic-memory,size={MemorySize(machine.Arguments)},share=on", "-machine", "memory-backend=ic-memory",
            .. machine.Accelerators.SelectMany((_, index) => (string[])["-device", $"pcie-root-port,id={PortOf(index)},chassis={FirstChassis + index},power_controller_present=off"]),
            .. sockets.SelectMany((socket, index) => (string[])["-device", Accelerator(index, socket).ToJsonString()]),
        ];
    }

    // Of `-m`, whose numbers are mebibytes; 128 of them without it. Source: qemu(1).
    private static string MemorySize(ImmutableArray<string> arguments)
    {
        string size = (After(arguments, "-m") ?? "128").Split(',').First(word => !word.Contains('=', StringComparison.Ordinal) || word.StartsWith("size=", StringComparison.Ordinal)).Replace("size=", "", StringComparison.Ordinal);
        return char.IsAsciiDigit(size[^1]) ? size + "M" : size;
    }

    private static string PortOf(int index) => $"ic-port-{index}";

    /// <summary>The word after the last <paramref name="option"/>; null when it does not stand there.</summary>
    public static string? After(ImmutableArray<string> arguments, string option)
    {
        int at = arguments.LastIndexOf(option);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }

    // After the board's own, because they sit on its virtio-serial device. The first console has nobody at its other end.
    private static string[] OfWayIn(string other) =>
    [
        "-chardev", "null,id=ic-no-console", "-device", "virtconsole,chardev=ic-no-console",
        "-chardev", other, "-device", $"virtconsole,chardev={WayInDevice},name=imagecraft.way-in",
    ];

    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
