// Holds a command's numbers against each other and tells how many bytes it touches. Unaware of where its buffers lie.

namespace Imagecraft.Vnpu.Commands;

/// <summary>Bytes of each operand, and the work that a command is.</summary>
/// <param name="Input">Bytes that are read of the input.</param>
/// <param name="Second">Of the second operand.</param>
/// <param name="Parameters">Of the parameters.</param>
/// <param name="Output">Bytes that are written.</param>
/// <param name="Products">Multiplications with an addition, pads included.</param>
public readonly record struct CommandShape(ulong Input, ulong Second, ulong Parameters, ulong Output, ulong Products)
{
    /// <summary>More would keep a device busy for seconds.</summary>
    public const ulong MostProducts = 1UL << 33;

    /// <summary>Of windows of means and largest elements: they are looked at one by one.</summary>
    public const ulong MostTaps = 1UL << 28;

    /// <summary>Of an operand; so many bytes have numbers of 32 bits.</summary>
    public const ulong MostBytes = int.MaxValue;

    /// <summary>Length of the rows of a product, and elements of all its columns, which the device widens in memory of its own.</summary>
    public const ulong MostDepth = 1UL << 18, MostWidened = 1UL << 27;

    private const ulong ParameterSize = 8;

    // Rows are padded to this.
    private const ulong DepthStep = 64;

    /// <summary>The shape, or null when the command's numbers do not fit together.</summary>
    public static CommandShape? Of(in Command command)
    {
        var shape = command.Operation switch
        {
            Operation.Copy => Plain(command.Count, 0, command.Count),
            Operation.Fence => Plain(0, 0, sizeof(ulong)),
            Operation.Add when AreFinite(command) => Plain(command.Count, command.Count, command.Count),
            Operation.Clamp => Plain(command.Count, 0, command.Count),
            Operation.Convolve => Convolution(command),
            Operation.Multiply => Product(command),
            Operation.Scale when AreFinite(command) => Plain((ulong)command.Rows * command.Depth, command.Rows, (ulong)command.Rows * command.Depth),
            Operation.AveragePool when AreFinite(command) && command.SecondFactor > 0 => Pool(command),
            Operation.MaximumPool => Pool(command),
            _ => (CommandShape?)null,
        };
        return shape is { Products: <= MostProducts, Input: <= MostBytes, Second: <= MostBytes, Parameters: <= MostBytes, Output: > 0 and <= MostBytes } && (IsMovement(command.Operation) || HasRange(command)) ? shape : null;
    }

    private static CommandShape Plain(ulong input, ulong second, ulong output) => new(input, second, 0, output, 0);

    private static bool IsMovement(Operation operation) => operation is Operation.Copy or Operation.Fence;

    private static bool AreFinite(in Command command) => float.IsFinite(command.InputFactor) && float.IsFinite(command.SecondFactor) && float.IsFinite(command.Summand);

    // Limits are integers of the output's type, and so is its zero point; zero points of operands are of theirs.
    private static bool HasRange(in Command command)
    {
        var (least, largest) = Limits(command.Flags.HasFlag(CommandFlags.SignedOutput));
        return command.Least >= least && command.Least <= command.Largest && command.Largest <= largest && IsWithin(command.OutputZero, CommandFlags.SignedOutput, command)
            && IsWithin(command.InputZero, CommandFlags.SignedInput, command) && IsWithin(command.SecondZero, CommandFlags.SignedSecond, command);
    }

    private static bool IsWithin(short value, CommandFlags sign, in Command command)
    {
        var (least, largest) = Limits(command.Flags.HasFlag(sign));
        return value >= least && value <= largest;
    }

    private static (int Least, int Largest) Limits(bool isSigned) => isSigned ? (sbyte.MinValue, sbyte.MaxValue) : (byte.MinValue, byte.MaxValue);

    private static CommandShape? Convolution(in Command command)
    {
        if (!HasWindow(command) || command.Groups == 0 || command.Channels % command.Groups != 0 || command.Filters % command.Groups != 0 || command.Filters == 0)
            return null;
        ulong taps = (ulong)(command.Channels / command.Groups) * command.KernelHeight * command.KernelWidth, output = (ulong)command.Filters * command.OutputHeight * command.OutputWidth;
        return output > MostProducts / Math.Max(taps, 1) || !CanWiden(command.Filters, taps) ? null : new((ulong)command.Channels * command.Height * command.Width, command.Filters * taps, command.Filters * ParameterSize, output, output * taps);
    }

    private static CommandShape? Product(in Command command)
    {
        ulong rows = command.Rows, depth = command.Depth, columns = command.Columns;
        if (rows == 0 || depth == 0 || columns == 0 || rows * depth > MostProducts || depth * columns > MostProducts || rows * columns > MostProducts / depth || !CanWiden(columns, depth))
            return null;
        return new(rows * depth, depth * columns, columns * ParameterSize, rows * columns, rows * depth * columns);
    }

    private static bool CanWiden(ulong columns, ulong depth) => depth <= MostDepth && columns <= MostWidened / ((depth + DepthStep - 1) / DepthStep * DepthStep);

    private static CommandShape? Pool(in Command command)
    {
        if (!HasWindow(command))
            return null;
        var output = (ulong)command.Channels * command.OutputHeight * command.OutputWidth;
        var taps = (ulong)command.KernelHeight * command.KernelWidth;
        return output > MostTaps / taps ? null : new((ulong)command.Channels * command.Height * command.Width, 0, 0, output, 0);
    }

    private static bool HasWindow(in Command command) =>
        command is { Channels: > 0, Height: > 0, Width: > 0, OutputHeight: > 0, OutputWidth: > 0, KernelHeight: > 0, KernelWidth: > 0, StrideHeight: > 0, StrideWidth: > 0, DilationHeight: > 0, DilationWidth: > 0 };
}
