// How a network is loaded. Unaware of command lines and of cards.

using Imagecraft.Infer.Accelerators;

namespace Imagecraft.Infer.Network;

/// <summary>What is done to a network when it is loaded.</summary>
/// <param name="Threads">Threads that share one inference.</param>
/// <param name="Arranges">Whether it is arranged for the processor of this machine; of files in its own format ONNX Runtime arranges nothing.</param>
/// <param name="Cache">Folder in which arranged networks are kept, so that the next load is a quick one; null: none is kept.</param>
sealed record LoadOptions(int Threads, bool Arranges, string? Cache = null)
{
    /// <summary>On what it is to run.</summary>
    public DeviceChoice Device { get; init; } = DeviceChoice.Cpu;
}
