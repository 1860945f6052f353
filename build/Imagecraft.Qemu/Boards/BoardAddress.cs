// Where a board can be reached, as it is written on a command line. Pure; unaware of connections.

using System.Globalization;
using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Boards;

/// <summary>A board that somebody has, not a machine of QEMU's.</summary>
public abstract partial record BoardAddress
{
    /// <summary>The forms, for messages.</summary>
    public const string Forms = "`ssh://USER@HOST[:PORT]`, `serial:DEVICE[,SPEED]` or `labgrid:PLACE`";

    private const int DefaultSpeed = 115200;

    private BoardAddress()
    {
    }

    /// <summary>By SSH, with the host's own <c>ssh</c>.</summary>
    /// <param name="User">Login name.</param>
    /// <param name="Host">Name or address.</param>
    /// <param name="Port">Null: what the user's configuration says, or 22.</param>
    public sealed record Ssh(string User, string Host, int? Port) : BoardAddress
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ssh://{User}@{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}{(Port is null ? "" : $":{Port}")}");
    }

    /// <summary>By a serial port of this host.</summary>
    /// <param name="Device">Absolute path.</param>
    /// <param name="Speed">Bits per second.</param>
    public sealed record Serial(string Device, int Speed) : BoardAddress
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"serial:{Device},{Speed}");
    }

    /// <summary>By the console of a place that labgrid's exporter has, with the host's own <c>labgrid-client</c>.</summary>
    /// <param name="Place">Its name.</param>
    public sealed record Labgrid(string Place) : BoardAddress
    {
        /// <inheritdoc/>
        public override string ToString() => $"labgrid:{Place}";
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong and what is right.</exception>
    public static BoardAddress Parse(string text)
    {
        if (text.StartsWith("ssh:", StringComparison.Ordinal))
            return SshForm().Match(text) is { Success: true } ssh
                ? new Ssh(ssh.Groups["user"].Success ? ssh.Groups["user"].Value : "root", ssh.Groups["v6"].Success ? ssh.Groups["v6"].Value : ssh.Groups["host"].Value, ssh.Groups["port"].Success ? PortIn(text, ssh.Groups["port"].Value) : null)
                : throw new FormatException($"`{text}` is no address for SSH; write `ssh://root@192.168.1.5` or `ssh://root@board.local:2222`, and a key by `--identity`");
        if (text.StartsWith("serial:", StringComparison.Ordinal))
        {
            string[] parts = text["serial:".Length..].Split(',');
            return parts switch
            {
                [['/', _, ..] device] => new Serial(device, DefaultSpeed),
                [['/', _, ..] device, var speed] when int.TryParse(speed, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && bits > 0 => new Serial(device, bits),
                [['/', _, ..], var speed] => throw new FormatException($"`{speed}` in `{text}` is no speed in bits per second; boards usually have 115200, those with a Rockchip 1500000"),
                _ => throw new FormatException($"`{text}` names no serial port; write `serial:/dev/ttyUSB0,115200`. `ls /dev/serial/by-id/` shows those of this host"),
            };
        }

        if (text.StartsWith("labgrid:", StringComparison.Ordinal))
            return PlaceForm().IsMatch(text["labgrid:".Length..])
                ? new Labgrid(text["labgrid:".Length..])
                : throw new FormatException($"`{text}` names no place; write `labgrid:PLACE`. `labgrid-client places` lists them");
        throw new FormatException($"`{text}` is no address of a board; write {Forms}");
    }

    private static int PortIn(string text, string port) => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and < 65536
        ? number
        : throw new FormatException($"`{port}` in `{text}` is no port; ports are from 1 to 65535");

    // A host or user that begins with a dash would be an option of `ssh`.
    [GeneratedRegex(@"^ssh://((?<user>[A-Za-z0-9_][A-Za-z0-9._-]*)@)?(\[(?<v6>[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?)\]|(?<host>[A-Za-z0-9_][A-Za-z0-9._-]*))(:(?<port>\d+))?/?$")]
    private static partial Regex SshForm();

    [GeneratedRegex(@"^[A-Za-z0-9_+][^\s]*$")]
    private static partial Regex PlaceForm();
}
