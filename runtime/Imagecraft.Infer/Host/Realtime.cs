// Runs this thread, and all that it starts later, before all ordinary ones, and keeps all memory resident. Unaware of why.

using System.Globalization;
using System.Runtime.InteropServices;

namespace Imagecraft.Infer.Host;

/// <summary>SCHED_FIFO by sched_setscheduler(2) and mlockall(2). Numbers are the kernel's for x86-64 and arm64.</summary>
static partial class Realtime
{
    public const int LeastPriority = 1, MostPriority = 99;

    const int Fifo = 1, LockCurrent = 1, LockFuture = 2, LimitOfLockedMemory = 8, LimitOfPriority = 14, CapabilityIpcLock = 14, CapabilitySysNice = 23;
    const ulong Unlimited = ulong.MaxValue;

    /// <summary>Must run before the threads of a network are started. An error names every right that is missing.</summary>
    public static void Enter(int priority)
    {
        var problems = new List<string>();
        if (SetScheduler(0, Fifo, in priority) != 0)
            problems.Add(Has(CapabilitySysNice) || Limit(LimitOfPriority) >= (ulong)priority
                ? $"SCHED_FIFO: {Marshal.GetLastPInvokeErrorMessage()}, although this process has the right; a control group or sandbox forbids it"
                : $"SCHED_FIFO needs CAP_SYS_NICE, or RLIMIT_RTPRIO of at least {priority} (it is {Limit(LimitOfPriority)})");
        // .NET reserves far more addresses than it uses, so a finite limit is always exceeded, at the latest by a later allocation.
        if (!Has(CapabilityIpcLock) && Limit(LimitOfLockedMemory) != Unlimited)
            problems.Add($"mlockall needs CAP_IPC_LOCK, or RLIMIT_MEMLOCK to be unlimited (it is {Limit(LimitOfLockedMemory)} bytes)");
        else if (LockAll(LockCurrent | LockFuture) != 0)
            problems.Add($"mlockall: {Marshal.GetLastPInvokeErrorMessage()}, although this process has the right");
        if (problems.Count > 0)
            throw new InferException($"`--realtime {priority}` is refused: {string.Join("; ", problems)}");
    }

    /// <summary>Whether a capability is effective, by <c>CapEff</c> of proc(5).</summary>
    static bool Has(int capability)
    {
        const string Status = "/proc/self/status", Key = "CapEff:";
        var line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is not null && ulong.TryParse(line.AsSpan(Key.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var set) && (set >> capability & 1) == 1;
    }

    static ulong Limit(int resource) => GetLimit(resource, out var limit) == 0 ? limit.Soft : 0;

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockAll(int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    readonly struct ResourceLimit
    {
        public readonly ulong Soft;
        public readonly ulong Hard;
    }
}
