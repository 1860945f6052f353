// Watches a running sandbox: what it takes of the machine, its time limit, and the user's wish to stop. Unaware of what runs.

namespace Imagecraft.Engine.Sandbox;

/// <summary>Ends the processes gently on a stop and after the time limit, and at once on a kill or beyond a bound.</summary>
sealed class SandboxWatch(SandboxSpec spec, string log, TimeSpan grace, CancellationToken stop, CancellationToken kill) : IDisposable
{
    const int Terminate = 15, KillNow = 9;

    // The first process inside has id 1 there, and starts the command as its first child.
    const int CommandId = 2;

    // What outlives the command gets a second in which nothing of it runs, or ten altogether.
    const int IdleSamples = 4, LingeringSamples = 40;
    static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(250);
    readonly Lock gate = new();
    readonly List<IDisposable> held = [];
    readonly DiskUse disk = new(spec.Scratch);
    int outer;
    PidHandle? inner;
    ControlGroup? group;
    int idle, lingering;
    bool disposed;

    /// <summary>The largest sum of resident memory seen, in bytes.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Why this ended the sandbox; null when it did not.</summary>
    public SandboxEnd? Reason { get; private set; }

    /// <summary>Whether it killed processes that could not clear away what they were writing.</summary>
    public bool Killed { get; private set; }

    /// <summary>Begins to watch; <paramref name="process"/> is bubblewrap's outer process.</summary>
    public void Started(int process)
    {
        lock (gate)
            outer = process;
        Hold(new Timer(_ => Sample(), null, TimeSpan.FromMilliseconds(50), SampleEvery));
        Hold(new Timer(_ => EndGently(SandboxEnd.TimedOut), null, spec.TimeLimit, Timeout.InfiniteTimeSpan));
        Hold(stop.Register(() => EndGently(SandboxEnd.Stopped)));
        Hold(kill.Register(() => End(SandboxEnd.Stopped)));
    }

    /// <summary>The first process inside is known from now on, and the group that it is in, if any.</summary>
    public void Entered(PidHandle first, ControlGroup? bounded)
    {
        lock (gate)
        {
            inner = first;
            group = bounded;
            if (Reason is null or SandboxEnd.Stopped)
                return;
            Kill();
        }
    }

    /// <summary>The processes were waited for: their ids may belong to others from now on.</summary>
    public void Ended()
    {
        lock (gate)
        {
            outer = 0;
            inner = null;
        }
    }

    public void Dispose()
    {
        IDisposable[] all;
        lock (gate)
        {
            disposed = true;
            all = [.. held];
        }

        // Not under the lock: the end of a registration waits for its call, which takes it.
        foreach (var one in all)
            one.Dispose();
    }

    void Hold(IDisposable one)
    {
        lock (gate)
            held.Add(one);
    }

    void Sample()
    {
        lock (gate)
        {
            if (outer == 0)
                return;
            var processes = ProcessTree.Descendants(outer);
            var resident = processes.Sum(ProcessTree.Resident);
            PeakBytes = Math.Max(PeakBytes, resident);
            if (Excess(processes.Count, resident) is { } reason)
                End(reason);
            else if (inner is not null)
                EndThoseThatLinger(inner);
        }
    }

    SandboxEnd? Excess(int processes, long resident)
    {
        if (processes > spec.Limits.Processes || group?.ProcessesRefused() > 0)
            return SandboxEnd.TooManyProcesses;
        if (group?.MemoryKills() > 0 || IsMachineShort(resident))
            return SandboxEnd.OutOfMemory;
        if (new FileInfo(log) is { Exists: true } file && file.Length > spec.Limits.LogBytes)
            return SandboxEnd.LogTooLong;
        return disk.Exceeds(spec.Limits.DiskBytes) ? SandboxEnd.TooMuchWritten : null;
    }

    // A daemon that waits for work, or a loop without end, is none of the command's work any more.
    void EndThoseThatLinger(PidHandle first)
    {
        var children = ProcessTree.Children(first.Pid).ToList();
        if (children.Count == 0 || children.Exists(child => ProcessTree.InnermostId(child) == CommandId))
            return;
        lingering++;
        idle = ProcessTree.Descendants(first.Pid).TrueForAll(ProcessTree.Sleeps) ? idle + 1 : 0;
        if (idle >= IdleSamples || lingering >= LingeringSamples)
            Kill();
    }

    // Without a group, and where several sandboxes fill the memory together: before the kernel has to choose whom it kills.
    static bool IsMachineShort(long resident) =>
        resident > SystemMemory.TotalBytes() / 4 && SystemMemory.AvailableBytes() < SystemMemory.TotalBytes() / 25;

    void EndGently(SandboxEnd reason)
    {
        lock (gate)
        {
            Reason ??= outer != 0 ? reason : null;
            // The first process is bubblewrap's own, which must live on, or it would take the others with it at once.
            if (inner is not null)
                ProcessTree.Descendants(inner.Pid).ForEach(child => ChildProcess.Signal(child, Terminate));
            else if (outer != 0)
                Kill();
            if (!disposed)
                held.Add(new Timer(_ => End(reason), null, grace, Timeout.InfiniteTimeSpan));
        }
    }

    void End(SandboxEnd reason)
    {
        lock (gate)
        {
            if (outer == 0)
                return;
            Reason ??= reason;
            Kill();
        }
    }

    // The end of the first process inside is that of all others.
    void Kill()
    {
        Killed = true;
        if (inner is not null)
            inner.Signal(KillNow);
        else
            ChildProcess.Signal(outer, KillNow);
    }
}
