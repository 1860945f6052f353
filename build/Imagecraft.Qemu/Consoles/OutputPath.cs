// How what commands print comes from the machine, and what of a console outlives a snapshot. Unaware of shells and of QEMU.

namespace Imagecraft.Qemu.Consoles;

/// <summary>A channel of its own for what commands print, beside the serial line: nobody else writes to it.</summary>
/// <param name="Stream">What comes out of it on this side.</param>
/// <param name="FindDevice">Shell code for the machine that prints the path of its device there, or fails; null: the shell itself is at the channel's other end.</param>
public sealed record CommandChannel(Stream Stream, string? FindDevice);

/// <summary>Where the machine's shell sends what commands print; chosen at login, the first that the machine has.</summary>
public enum OutputPath
{
    /// <summary>To the serial line as it is: whoever else writes there is in it. For machines without the usual small programs.</summary>
    Plain,

    /// <summary>To the serial line as hexadecimal lines, which are told from all else there and sent again when damaged.</summary>
    Encoded,

    /// <summary>To the line as it is, which has nobody else and changes no byte: a terminal over SSH.</summary>
    Own,

    /// <summary>To a channel of its own.</summary>
    Channel,
}

/// <summary>What is known of a machine whose shell answers, for the console of one that goes on from its snapshot.</summary>
/// <param name="BootTime">See <see cref="SerialConsole.BootTime"/>.</param>
/// <param name="AnswersBreaks">See <see cref="SerialConsole.AnswersBreaks"/>.</param>
/// <param name="Path">Where its commands print.</param>
/// <param name="Offset">Bytes that have come encoded.</param>
/// <param name="Echoes">Its terminal echoes line breaks.</param>
public sealed record ConsoleState(TimeSpan? BootTime, bool AnswersBreaks, OutputPath Path, long Offset, bool Echoes = false);
