// Runs a command on bytes that are known to be there. Unaware of guest memory and of jobs.

using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Arithmetic;

/// <summary>Where the operands of a command lie; each has as many bytes as <see cref="CommandShape"/> says. The guest may write to them meanwhile, so nothing that is read here decides about an address.</summary>
internal readonly unsafe struct Operands
{
    public byte* Input { get; init; }

    public byte* Second { get; init; }

    public byte* Parameters { get; init; }

    public byte* Output { get; init; }
}

/// <summary>The operations.</summary>
internal static unsafe class Kernels
{
    /// <summary>Runs one whose <see cref="CommandShape"/> is good.</summary>
    /// <param name="command">A copy of the guest's.</param>
    /// <param name="at">Its operands.</param>
    /// <param name="workers">How many threads work at a time, and what stops them.</param>
    public static void Run(in Command command, in Operands at, ParallelOptions workers)
    {
        switch (command.Operation)
        {
            case Operation.Copy:
                for (ulong i = 0; i < command.Count; i += Elementwise.Piece, workers.CancellationToken.ThrowIfCancellationRequested())
                    Buffer.MemoryCopy(at.Input + i, at.Output + i, command.Count - i, Math.Min(Elementwise.Piece, command.Count - i));
                break;
            case Operation.Fence:
                MemoryMarshal.Write(new Span<byte>(at.Output, sizeof(ulong)), command.Count);
                break;
            case Operation.Convolve when Depthwise.Is(command):
                Depthwise.Run(command, at, workers);
                break;
            case Operation.Convolve:
                Convolve(command, at, workers);
                break;
            case Operation.Multiply:
                Multiply(command, at, workers);
                break;
            case Operation.Add:
                Elementwise.Add(command, at, workers.CancellationToken);
                break;
            case Operation.Scale:
                Elementwise.Scale(command, at, workers.CancellationToken);
                break;
            case Operation.Clamp:
                Elementwise.Clamp(command, at, workers.CancellationToken);
                break;
            default:
                Pools.Run(command, at, workers);
                break;
        }
    }

    private static void Convolve(Command command, Operands at, ParallelOptions workers)
    {
        var reset = workers.CancellationToken;
        var (channels, filters, taps) = (command.Channels / command.Groups, command.Filters / command.Groups, command.KernelHeight * command.KernelWidth);
        var (depth, pixels, plane) = (Dot.Padded(channels * taps), command.OutputHeight * command.OutputWidth, command.Height * command.Width);
        using var weights = new PaddedRows(command.Filters, depth);
        for (var filter = 0; filter < command.Filters; filter++, reset.ThrowIfCancellationRequested())
            Widen(at.Second + ((nint)filter * channels * taps), channels * taps, command.Flags.HasFlag(CommandFlags.SignedSecond), command.SecondZero, weights.Row(filter));
        var products = new Products { Rows = pixels, Columns = filters, Depth = depth, RowStep = 1, ColumnStep = pixels };
        for (var group = 0; group < command.Groups; group++)
        {
            var source = at.Input + ((nint)group * channels * plane);
            products.Run(
                (first, count, to) => Windows.Gather(command, source, channels, depth, first, count, to, reset),
                weights.Row(group * filters),
                (ChannelParameters*)at.Parameters + (group * filters),
                Rounding.Of(command),
                at.Output + ((nint)group * filters * pixels),
                workers);
        }
    }

    private static void Multiply(Command command, Operands at, ParallelOptions workers)
    {
        int rows = checked((int)command.Rows), inner = checked((int)command.Depth), columns = checked((int)command.Columns), depth = Dot.Padded(inner);
        using var turned = new PaddedRows(columns, depth);
        var isSigned = command.Flags.HasFlag(CommandFlags.SignedSecond);
        for (var k = 0; k < inner; k++, workers.CancellationToken.ThrowIfCancellationRequested())
            for (var column = 0; column < columns; column++)
            {
                var value = at.Second[((nint)k * columns) + column];
                turned.Row(column)[k] = (short)(Bytes.Value(value, isSigned) - command.SecondZero);
            }

        new Products { Rows = rows, Columns = columns, Depth = depth, RowStep = columns, ColumnStep = 1 }.Run(
            (first, count, to) =>
            {
                for (var row = 0; row < count; row++)
                {
                    Widen(at.Input + ((nint)(first + row) * inner), inner, command.Flags.HasFlag(CommandFlags.SignedInput), command.InputZero, to + ((nint)row * depth));
                    new Span<short>(to + ((nint)row * depth) + inner, depth - inner).Clear();
                }
            },
            turned.Row(0),
            (ChannelParameters*)at.Parameters,
            Rounding.Of(command),
            at.Output,
            workers);
    }

    private static void Widen(byte* from, int count, bool isSigned, int zero, short* to)
    {
        for (var i = 0; i < count; i++)
            to[i] = (short)(Bytes.Value(from[i], isSigned) - zero);
    }
}

/// <summary>Rows of 16-bit numbers, zeros at first.</summary>
internal sealed unsafe class PaddedRows(int rows, int depth) : IDisposable
{
    // Four rows are read at a time.
    private readonly short* _start = (short*)NativeMemory.AllocZeroed((nuint)(rows + 3), (nuint)depth * sizeof(short));

    public short* Row(int row) => _start + ((nint)row * depth);

    public void Dispose() => NativeMemory.Free(_start);
}
