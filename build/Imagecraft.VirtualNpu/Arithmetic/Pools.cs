// Means and largest elements of windows. Unaware of jobs.

using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Arithmetic;

/// <summary>Each channel by itself. Sums are exact; a mean is formed in double precision: sum times scale of the input, by the number of elements, by scale of the output.</summary>
internal static unsafe class Pools
{
    public static void Run(Command command, Operands at, ParallelOptions workers) =>
        Parallel.For(0, command.Channels, workers, channel =>
        {
            var (plane, pixels) = (command.Height * command.Width, command.OutputHeight * command.OutputWidth);
            byte* source = at.Input + ((nint)channel * plane), target = at.Output + ((nint)channel * pixels);
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                if (pixel % command.OutputWidth == 0)
                    workers.CancellationToken.ThrowIfCancellationRequested();
                target[pixel] = Window(command, source, pixel);
            }
        });

    private static byte Window(in Command command, byte* source, int window)
    {
        var (top, left) = Windows.Corner(command, window);
        var (isSigned, sum, count, largest) = (command.Flags.HasFlag(CommandFlags.SignedInput), 0L, 0, int.MinValue);
        for (var y = 0; y < command.KernelHeight; y++)
        {
            var line = top + (y * command.DilationHeight);
            for (var x = 0; (uint)line < command.Height && x < command.KernelWidth; x++)
            {
                var column = left + (x * command.DilationWidth);
                if ((uint)column >= command.Width)
                    continue;
                var value = Bytes.Value(source[(line * command.Width) + column], isSigned);
                (sum, count, largest) = (sum + value - command.InputZero, count + 1, Math.Max(largest, value));
            }
        }

        // A window of pads alone has the zero point.
        if (command.Operation == Operation.MaximumPool)
            return unchecked((byte)Math.Clamp(count == 0 ? command.OutputZero : largest, command.Least, command.Largest));
        var elements = command.Flags.HasFlag(CommandFlags.CountPads) ? command.KernelHeight * command.KernelWidth : Math.Max(count, 1);
        return Rounding.Of(command).Nearest((double)sum * command.InputFactor / elements / command.SecondFactor);
    }
}
