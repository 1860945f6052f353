// Sums, products and limits, element by element. Unaware of shapes.

using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Arithmetic;

/// <summary>Tensors of one shape, or one that is repeated.</summary>
internal static unsafe class Elementwise
{
    /// <summary>Elements after which a reset is looked for.</summary>
    public const ulong Piece = 1 << 20;

    /// <summary>Input by its factor, plus the summand, plus the second by its factor, in single precision and in this order; zero points are part of the summand.</summary>
    public static void Add(in Command command, in Operands at, CancellationToken reset)
    {
        var (isSigned, isSecondSigned, rounding) = (command.Flags.HasFlag(CommandFlags.SignedInput), command.Flags.HasFlag(CommandFlags.SignedSecond), new Rounding(0, command.Least, command.Largest));
        for (ulong i = 0; i < command.Count; i++)
        {
            Look(i, reset);
            var (left, right) = (Bytes.Value(at.Input[i], isSigned), Bytes.Value(at.Second[i], isSecondSigned));
            var sum = (left * command.InputFactor) + command.Summand;
            at.Output[i] = rounding.Nearest(sum + (right * command.SecondFactor));
        }
    }

    /// <summary>Products of elements less their zero points, by the factor, plus the zero point of the output, in single precision and in this order.</summary>
    public static void Scale(in Command command, in Operands at, CancellationToken reset)
    {
        var (isSigned, isSecondSigned, rounding) = (command.Flags.HasFlag(CommandFlags.SignedInput), command.Flags.HasFlag(CommandFlags.SignedSecond), new Rounding(0, command.Least, command.Largest));
        for (ulong row = 0, i = 0; row < command.Rows; row++)
        {
            var second = (float)(Bytes.Value(at.Second[row], isSecondSigned) - command.SecondZero);
            for (var end = i + command.Depth; i < end; i++)
            {
                Look(i, reset);
                at.Output[i] = rounding.Nearest(((Bytes.Value(at.Input[i], isSigned) - command.InputZero) * second * command.InputFactor) + command.OutputZero);
            }
        }
    }

    /// <summary>Elements between the limits.</summary>
    public static void Clamp(in Command command, in Operands at, CancellationToken reset)
    {
        var isSigned = command.Flags.HasFlag(CommandFlags.SignedInput);
        for (ulong i = 0; i < command.Count; i++)
        {
            Look(i, reset);
            at.Output[i] = unchecked((byte)Math.Clamp(Bytes.Value(at.Input[i], isSigned), command.Least, command.Largest));
        }
    }

    private static void Look(ulong element, CancellationToken reset)
    {
        if (element % Piece == 0)
            reset.ThrowIfCancellationRequested();
    }
}
