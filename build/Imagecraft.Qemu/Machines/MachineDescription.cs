// What is needed to start a machine, and its file form. Unaware of boards and images.

using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imagecraft.Qemu.Machines;

/// <summary>A machine: QEMU of a tool root, its arguments, and the artifacts that they name.</summary>
public sealed record MachineDescription
{
    /// <summary>Host folder of the materialized tool root with QEMU.</summary>
    public required string ToolRoot { get; init; }

    /// <summary>Suffix of <c>qemu-system-</c>, e.g. <c>aarch64</c>.</summary>
    public required string System { get; init; }

    /// <summary>Arguments; <c>$IMAGE</c>, <c>$DISK</c>, <c>$CMDLINE</c> and <c>$CHANNEL</c> are replaced within them.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>Host path of the kernel image.</summary>
    public required string Image { get; init; }

    /// <summary>Host path of the disk image.</summary>
    public required string Disk { get; init; }

    /// <summary>Bytes of the disk that the machine sees, when that is more than the image has.</summary>
    public long? DiskSize { get; init; }

    /// <summary>Which serial port is the console, counted from 0.</summary>
    public int ConsolePort { get; init; }

    /// <summary>Kernel command line.</summary>
    public required string CommandLine { get; init; }

    /// <summary>The board's name for its console, e.g. <c>ttyAMA0</c>; null when it was not made from one.</summary>
    public string? Console { get; init; }

    /// <summary>Compiler flags for the board's CPU.</summary>
    public ImmutableArray<string> CpuFlags { get; init; } = [];

    /// <summary>A kernel argument starts a shell on a virtio console, see <see cref="WayIn"/>.</summary>
    public bool HasWayIn { get; init; }

    /// <summary>Accelerators that programs of the host serve. The machine has a port for each, and memory that they can reach.</summary>
    public ImmutableArray<ServedAccelerator> Accelerators { get; init; } = [];

    /// <summary>They are there from power-on; otherwise <see cref="QemuMachine.PlugAsync"/> adds them, because a machine that has one cannot be kept in a snapshot.</summary>
    [JsonIgnore]
    public bool HasAccelerators { get; init; }

    /// <summary>Name of the board; null when it was not made from one.</summary>
    public string? Board { get; init; }

    /// <summary>Name of the image that is on the disk.</summary>
    public string? ImageName { get; init; }

    /// <summary>The arguments with everything replaced. Commas in paths are doubled where QEMU reads a list of options.</summary>
    [JsonIgnore]
    public ImmutableArray<string> ExpandedArguments => [.. Arguments.Select(argument =>
    {
        bool list = argument.Contains('=', StringComparison.Ordinal);
        return argument.Replace("$IMAGE", Path(Image, list), StringComparison.Ordinal)
            .Replace("$DISK", Path(Disk, list), StringComparison.Ordinal)
            .Replace("$CMDLINE", CommandLine, StringComparison.Ordinal)
            .Replace(ChannelPlace, QemuArguments.ChannelOptions, StringComparison.Ordinal);
    })];

    /// <summary>Whether the machine has a channel for what commands print: one of its arguments is <c>virtserialport,$CHANNEL</c>.</summary>
    [JsonIgnore]
    public bool HasChannel => Arguments.Any(argument => argument.Contains(ChannelPlace, StringComparison.Ordinal));

    private const string ChannelPlace = "$CHANNEL";

    /// <summary>JSON text, for tools that boot what another process has built.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MachineJson.Texts.MachineDescription) + "\n";

    /// <summary>Reads <see cref="ToJson"/>'s text.</summary>
    /// <exception cref="JsonException">It is no description.</exception>
    public static MachineDescription FromJson(string json) =>
        JsonSerializer.Deserialize(json, MachineJson.Texts.MachineDescription) ?? throw new JsonException("A machine is an object");

    private static string Path(string path, bool list) => list ? path.Replace(",", ",,", StringComparison.Ordinal) : path;
}

[JsonSerializable(typeof(MachineDescription))]
internal sealed partial class MachineJson : JsonSerializerContext
{
    public static MachineJson Texts { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
