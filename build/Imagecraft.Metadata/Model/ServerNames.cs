// The programs that stand for hardware in QEMU. Unaware of how they are started.

using System.Text.RegularExpressions;

namespace Imagecraft.Metadata.Model;

/// <summary>Words of an accelerator's <c>server</c>.</summary>
public static class ServerNames
{
    /// <summary>Serves the virtual accelerator.</summary>
    public const string VirtualNpu = "imagecraft-vnpu";

    /// <summary>All of them.</summary>
    public static string[] All { get; } = [VirtualNpu];
}

/// <summary>Words of a check's <c>faults</c>: what an accelerator that a program serves lets go wrong. The next job goes wrong, or the next firmware.</summary>
public static class FaultNames
{
    /// <summary>The firmware is refused, so that the driver makes no device node.</summary>
    public const string FirmwareVersion = "firmware-version";

    /// <summary>All of them.</summary>
    public static string[] All { get; } = ["bad-address", "bit-flip", FirmwareVersion, "gone", "lost-interrupt", "stall"];

    /// <summary>What a fault looks like: a word, or a word, a colon and how many jobs.</summary>
    public static string Pattern { get; } = $"^({string.Join('|', All)})(:[1-9][0-9]{{0,5}})?$";

    /// <summary>Whether a text is one.</summary>
    public static bool IsFault(string text) => Regex.IsMatch(text, Pattern, RegexOptions.CultureInvariant);
}
