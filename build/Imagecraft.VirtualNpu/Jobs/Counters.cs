// What was done since the last reset. Unaware of registers.

using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Jobs;

/// <summary>Sums over jobs. Cycles are those of a nominal device, which multiplies <see cref="ProductsPerCycle"/> times and moves <see cref="BytesPerCycle"/> a cycle, both at once: they do not depend on the host.</summary>
/// <param name="Jobs">Jobs that ended.</param>
/// <param name="Commands">Commands that ran.</param>
/// <param name="Products">Multiplications with an addition.</param>
/// <param name="BytesRead">Bytes of operands.</param>
/// <param name="BytesWritten">Bytes of results.</param>
/// <param name="Cycles">Cycles.</param>
public readonly record struct Counters(ulong Jobs, ulong Commands, ulong Products, ulong BytesRead, ulong BytesWritten, ulong Cycles)
{
    /// <summary>The nominal device.</summary>
    public const uint ClockHertz = 1_000_000_000, ProductsPerCycle = 512, BytesPerCycle = 16, CyclesPerCommand = 64;

    /// <summary>One command more.</summary>
    public Counters With(CommandShape shape)
    {
        var read = shape.Input + shape.Second + shape.Parameters;
        return new(Jobs, Commands + 1, Products + shape.Products, BytesRead + read, BytesWritten + shape.Output, Cycles + CyclesPerCommand + Math.Max(shape.Products / ProductsPerCycle, (read + shape.Output) / BytesPerCycle));
    }

    /// <summary>The sum of two.</summary>
    public static Counters operator +(Counters left, Counters right) =>
        new(left.Jobs + right.Jobs, left.Commands + right.Commands, left.Products + right.Products, left.BytesRead + right.BytesRead, left.BytesWritten + right.BytesWritten, left.Cycles + right.Cycles);
}
