// A part of a network as the device runs it. Unaware of how it was made.

using System.Collections.Immutable;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>A value that comes from outside or goes there.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Offset">Its first byte in the buffer of values.</param>
/// <param name="Bytes">Its size.</param>
public sealed record ProgramPort(string Name, ImmutableArray<long> Shape, long Offset, long Bytes);

/// <summary>Commands with the buffers that they name: buffer 0 has all values, those behind it the constants.</summary>
/// <param name="Commands">In their order.</param>
/// <param name="Constants">The buffers of constants.</param>
/// <param name="ArenaBytes">Size of the buffer of values.</param>
/// <param name="Inputs">What has to be there before it runs.</param>
/// <param name="Outputs">What is there then.</param>
public sealed record NpuProgram(ImmutableArray<Command> Commands, ImmutableArray<ReadOnlyMemory<byte>> Constants, long ArenaBytes, ImmutableArray<ProgramPort> Inputs, ImmutableArray<ProgramPort> Outputs)
{
    /// <summary>For each command the node that it is of, as messages call it.</summary>
    public ImmutableArray<string> Makers { get; init; } = [];
}
