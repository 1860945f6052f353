// A command whose operands are still values. Unaware of memory.

using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>A command, and what its operands will be.</summary>
/// <param name="Command">All but the operands.</param>
/// <param name="Input">What is read.</param>
/// <param name="Output">What is written.</param>
internal sealed record Step(Command Command, NetworkValue Input, NetworkValue Output)
{
    /// <summary>The first byte that is read of the input.</summary>
    public long InputOffset { get; init; }

    /// <summary>The first byte that is written of the output.</summary>
    public long OutputOffset { get; init; }

    /// <summary>Weights, or the other summand or factor.</summary>
    public NetworkValue? Second { get; init; }

    /// <summary>The first byte that is read of the second.</summary>
    public long SecondOffset { get; init; }

    /// <summary>For each filter or column.</summary>
    public ReadOnlyMemory<byte> Parameters { get; init; }
}
