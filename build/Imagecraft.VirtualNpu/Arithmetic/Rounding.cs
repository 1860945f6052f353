// From sums to bytes. Unaware of what was summed.

using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Arithmetic;

/// <summary>A number of steps, limited, rounded to the nearest integer, ties to even, plus the zero point: in single precision, as ONNX Runtime does for sums of products.</summary>
/// <param name="Zero">Zero point of the output.</param>
/// <param name="Least">The least integer.</param>
/// <param name="Largest">The largest.</param>
internal readonly record struct Rounding(int Zero, int Least, int Largest)
{
    public static Rounding Of(in Command command) => new(command.OutputZero, command.Least, command.Largest);

    public byte Of(int sum, ChannelParameters parameters) => Nearest(unchecked(sum + parameters.Bias) * parameters.Factor);

    /// <summary>The byte of a number of steps from the zero point.</summary>
    public byte Nearest(float steps) => unchecked((byte)((int)MathF.Round(Math.Min(Math.Max(steps, Least - Zero), Largest - Zero), MidpointRounding.ToEven) + Zero));

    /// <summary>The same in double precision, with the limits behind the rounding.</summary>
    public byte Nearest(double steps) => unchecked((byte)(int)Math.Clamp(Math.Round(steps, MidpointRounding.ToEven) + Zero, Least, Largest));
}

/// <summary>What a byte stands for.</summary>
internal static class Bytes
{
    /// <summary>The integer of a byte with or without a sign.</summary>
    public static int Value(byte value, bool isSigned) => isSigned ? unchecked((sbyte)value) : value;
}
