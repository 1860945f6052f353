// What one sandbox may take of the machine. Unaware of how it is enforced.

namespace Imagecraft.Engine.Sandbox;

/// <summary>Bounds of one sandbox; none of them enters a key, because what is bounded fails.</summary>
/// <param name="MemoryBytes">Of all its processes together, with the files they write into memory.</param>
/// <param name="Processes">Processes and threads at once.</param>
/// <param name="LogBytes">What it prints.</param>
/// <param name="DiskBytes">What it writes: <c>/build</c>, <c>/out</c> and changed inputs together; holes of files do not count.</param>
public sealed record SandboxLimits(long MemoryBytes, int Processes, long LogBytes, long DiskBytes)
{
    const int MostProcesses = 4096;

    /// <summary>The kernel itself holds the bounds of memory and processes, because this process may make control groups. Elsewhere it counts a plain user's processes, and memory is looked at four times a second; of root both are.</summary>
    public static bool AreExact => ControlGroup.IsPossible;

    /// <summary>What a machine survives: nine tenths of its memory, a quarter of its process ids (at most 4096), 256 MiB of log, 64 GiB of disk.</summary>
    public static SandboxLimits OfMachine { get; } = new(
        SystemMemory.TotalBytes() / 10 * 9,
        Math.Min(MostProcesses, int.Parse(File.ReadAllText("/proc/sys/kernel/pid_max"), System.Globalization.CultureInfo.InvariantCulture) / 4),
        256L << 20,
        64L << 30);
}
