// Convolutions whose filters see one channel each. Unaware of jobs.

using System.Numerics;
using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Arithmetic;

/// <summary>
/// Each channel is widened once, with its pads around it, and each weight is multiplied with a whole line of it: gathering windows would cost more than computing them. Sums are of 32 bits and wrap, so their order does not matter.
/// </summary>
internal static unsafe class Depthwise
{
    // What a guest may ask for is far larger than what networks have: strides of 255 over 65,535 windows, or seconds for one channel, which nothing interrupts.
    private const long MostElements = 1 << 22, MostProducts = 1 << 26;

    /// <summary>Whether a convolution is one of these, and small enough.</summary>
    public static bool Is(in Command command) =>
        command.Groups == command.Channels && new Frame(command).Size <= MostElements && (long)command.OutputWidth * command.OutputHeight * command.KernelWidth * command.KernelHeight * (command.Filters / command.Channels) <= MostProducts;

    /// <summary>Runs one; a channel may have several filters.</summary>
    public static void Run(Command command, Operands at, ParallelOptions workers)
    {
        var (perChannel, rounding) = (command.Filters / command.Channels, Rounding.Of(command));
        var frame = new Frame(command);
        Parallel.For(0, command.Channels, workers, () => (nint)NativeMemory.AlignedAlloc((nuint)(frame.Size + command.OutputWidth) * sizeof(int), 64), (channel, _, memory) =>
        {
            var plane = (int*)memory;
            frame.Fill(command, at.Input + ((nint)channel * command.Height * command.Width), plane);
            for (var filter = channel * perChannel; filter < (channel + 1) * perChannel && !workers.CancellationToken.IsCancellationRequested; filter++)
                Filter(command, frame, plane, at.Second + ((nint)filter * command.KernelHeight * command.KernelWidth), ((ChannelParameters*)at.Parameters)[filter], rounding, at.Output + ((nint)filter * command.OutputHeight * command.OutputWidth));
            return memory;
        }, memory => NativeMemory.AlignedFree((void*)memory));
    }

    private static void Filter(in Command command, in Frame frame, int* plane, byte* weights, ChannelParameters parameters, in Rounding rounding, byte* output)
    {
        var (isSigned, width) = (command.Flags.HasFlag(CommandFlags.SignedSecond), (int)command.OutputWidth);
        var sums = plane + frame.Size;
        for (var row = 0; row < command.OutputHeight; row++)
        {
            new Span<int>(sums, width).Clear();
            for (var y = 0; y < command.KernelHeight; y++)
                for (var x = 0; x < command.KernelWidth; x++)
                    Accumulate(plane + ((nint)((row * command.StrideHeight) + (y * command.DilationHeight)) * frame.Width) + (x * command.DilationWidth), command.StrideWidth, Bytes.Value(weights[(y * command.KernelWidth) + x], isSigned) - command.SecondZero, sums, width);
            for (var column = 0; column < width; column++)
                output[(row * width) + column] = rounding.Of(sums[column], parameters);
        }
    }

    private static void Accumulate(int* line, int step, int weight, int* sums, int count)
    {
        var i = 0;
        if (step == 1)
            for (var weights = new Vector<int>(weight); i <= count - Vector<int>.Count; i += Vector<int>.Count)
                Vector.Store(Vector.Load(sums + i) + (Vector.Load(line + i) * weights), sums + i);
        for (; i < count; i++)
            sums[i] += line[(nint)i * step] * weight;
    }

    /// <summary>A channel with all that its windows touch around it.</summary>
    private readonly struct Frame(in Command command)
    {
        /// <summary>Columns from the first of the first window to the last of the last.</summary>
        public int Width { get; } = Extent(command.OutputWidth, command.StrideWidth, command.KernelWidth, command.DilationWidth);

        /// <summary>Rows.</summary>
        public int Height { get; } = Extent(command.OutputHeight, command.StrideHeight, command.KernelHeight, command.DilationHeight);

        /// <summary>Elements.</summary>
        public long Size => (long)Width * Height;

        /// <summary>Copies what windows touch of a channel, less its zero point; pads are zeros.</summary>
        public void Fill(in Command command, byte* source, int* plane)
        {
            new Span<int>(plane, checked((int)Size)).Clear();
            var (isSigned, zero) = (command.Flags.HasFlag(CommandFlags.SignedInput), (int)command.InputZero);
            var columns = Math.Min(command.Width, Width - command.PadLeft);
            for (var row = 0; row < Math.Min(command.Height, Height - command.PadTop); row++)
            {
                var (from, to) = ((nint)row * command.Width, ((nint)(row + command.PadTop) * Width) + command.PadLeft);
                for (var column = 0; column < columns; column++)
                    plane[to + column] = Bytes.Value(source[from + column], isSigned) - zero;
            }
        }

        private static int Extent(int count, int stride, int side, int dilation) => ((count - 1) * stride) + ((side - 1) * dilation) + 1;
    }
}
