// A time limit for what a machine does. Unaware of what it is waited for.

using System.Diagnostics;

namespace Imagecraft.Qemu.Consoles;

/// <summary>A limit in the machine's own time: while QEMU waits for a CPU of a loaded host, the machine stands still, and that does not count. Ten limits of real time end it nevertheless.</summary>
/// <param name="limit">Time that the machine has.</param>
/// <param name="watch">Knows how long the machine stood still; null: nobody does.</param>
internal sealed class Allowance(TimeSpan limit, IMachineWatch? watch)
{
    private const int MostLimits = 10;

    private readonly long started = Stopwatch.GetTimestamp();
    private readonly TimeSpan starved = watch?.Starved ?? TimeSpan.Zero;

    /// <summary>What is left, in real time; zero or less when it is over.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started), waited = (watch?.Starved ?? TimeSpan.Zero) - starved;
            TimeSpan left = limit - (elapsed - waited), most = (limit * MostLimits) - elapsed;
            return left < most ? left : most;
        }
    }
}
