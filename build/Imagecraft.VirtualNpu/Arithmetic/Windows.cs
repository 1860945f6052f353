// Gathers the elements of windows over an image. Unaware of what is computed of them.

using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Arithmetic;

/// <summary>Windows are counted row by row over the output.</summary>
internal static unsafe class Windows
{
    /// <summary>The elements of some windows, channel by channel, less the zero point; pads are zeros.</summary>
    /// <param name="command">Sizes.</param>
    /// <param name="source">The first channel.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="depth">Length of a row of the result.</param>
    /// <param name="first">Number of the first window.</param>
    /// <param name="count">How many.</param>
    /// <param name="to">Takes a row for each window.</param>
    /// <param name="reset">Stops it.</param>
    public static void Gather(in Command command, byte* source, int channels, int depth, int first, int count, short* to, CancellationToken reset)
    {
        var (isSigned, zero, plane) = (command.Flags.HasFlag(CommandFlags.SignedInput), (int)command.InputZero, command.Height * command.Width);
        new Span<short>(to, checked(count * depth)).Clear();
        for (var window = 0; window < count; window++)
        {
            reset.ThrowIfCancellationRequested();
            var (top, left) = Corner(command, first + window);
            var row = to + ((nint)window * depth);
            for (var y = 0; y < command.KernelHeight; y++)
            {
                var line = top + (y * command.DilationHeight);
                if ((uint)line >= command.Height)
                    continue;
                for (var x = 0; x < command.KernelWidth; x++)
                {
                    var column = left + (x * command.DilationWidth);
                    if ((uint)column >= command.Width)
                        continue;
                    var from = source + (line * command.Width) + column;
                    var place = row + (y * command.KernelWidth) + x;
                    for (var channel = 0; channel < channels; channel++, from += plane, place += command.KernelHeight * command.KernelWidth)
                        *place = (short)(Bytes.Value(*from, isSigned) - zero);
                }
            }
        }
    }

    /// <summary>Row and column of a window's first element; negative within the pads.</summary>
    public static (int Top, int Left) Corner(in Command command, int window) =>
        ((window / command.OutputWidth * command.StrideHeight) - command.PadTop, (window % command.OutputWidth * command.StrideWidth) - command.PadLeft);
}
