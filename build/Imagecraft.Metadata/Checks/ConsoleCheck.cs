// Finds boards whose kernel speaks on another console than the board's. Unaware of YAML and of QEMU.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>A warning, because a console may be meant by its address or by an alias that firmware replaces.</summary>
static class ConsoleCheck
{
    const string Key = "console=";

    // Devices by address (uart8250,mmio32,...), by the Raspberry Pi's alias, virtual terminals, and none: they may well be meant.
    static readonly string[] Others = ["uart", "serial0", "serial1", "tty0", "null", "ttynull"];

    /// <summary>Looks at the board's command line, and at those of its images where the board names no console.</summary>
    public static void Check(Board board, Workspace workspace, Reading reading)
    {
        if (Judge(board, board.CommandLine, "", reading))
            return;
        foreach (var name in board.Images.Prepend(board.DefaultImage).DistinctBy(i => i.Value))
            if (workspace.Images.GetValueOrDefault(name.Value)?.CommandLine is { } line)
                Judge(board, line, $" of image `{name}`", reading);
    }

    // Whether the line names a console at all.
    static bool Judge(Board board, Sited<string> line, string whose, Reading reading)
    {
        var words = line.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith(Key, StringComparison.Ordinal)).ToArray();
        if (words.Length > 0 && !words.Any(w => Device(w[Key.Length..]) is var device && (device == Device(board.Console) || device.Length == 0 || Others.Any(o => device.StartsWith(o, StringComparison.Ordinal)))))
            reading.Warning(
                Codes.Contradiction, $"The command line{whose} sends the kernel's messages to [{string.Join(", ", words.Select(w => $"`{w}`"))}], but the console of board `{board.Name}` is `{board.Console}`", line.Span,
                $"Write `console={board.Console}`, or correct `console:` at {board.Console.Span}");
        return words.Length > 0;
    }

    // Without speed and the like.
    static string Device(string console) => console.Split(',')[0];
}
