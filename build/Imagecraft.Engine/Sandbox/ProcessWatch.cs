// Watches a running sandbox: its memory, its time limit, and the user's wish to stop. Unaware of what runs.

namespace Imagecraft.Engine.Sandbox;

/// <summary>Ends the processes gently on a stop, and at once on a kill or after the time limit.</summary>
sealed class ProcessWatch(TimeSpan limit, TimeSpan grace, CancellationToken stop, CancellationToken kill) : IDisposable
{
    const int Terminate = 15, KillNow = 9;
    static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(250);
    readonly Lock gate = new();
    readonly List<IDisposable> held = [];
    int pid;

    /// <summary>The largest sum of resident memory seen, in bytes.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>The time limit ended it.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>The user ended it.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Begins to watch; <paramref name="process"/> is bubblewrap's outer process.</summary>
    public void Started(int process)
    {
        lock (gate)
            pid = process;
        held.Add(new Timer(_ => Sample(), null, TimeSpan.FromMilliseconds(50), SampleEvery));
        held.Add(new Timer(_ => OnTimeout(), null, limit, Timeout.InfiniteTimeSpan));
        held.Add(stop.Register(OnStop));
        held.Add(kill.Register(OnKill));
    }

    /// <summary>The process was waited for: its id may belong to another one from now on.</summary>
    public void Ended()
    {
        lock (gate)
            pid = 0;
    }

    public void Dispose()
    {
        foreach (var one in held)
            one.Dispose();
    }

    void Sample()
    {
        lock (gate)
        {
            if (pid != 0)
                PeakBytes = Math.Max(PeakBytes, ProcessTree.ResidentBytes(pid));
        }
    }

    void OnTimeout()
    {
        lock (gate)
        {
            TimedOut = pid != 0;
            Send(KillNow);
        }
    }

    void OnStop()
    {
        lock (gate)
        {
            Stopped = pid != 0;
            if (pid == 0)
                return;
            // Bubblewrap's own processes must live on, or they would take the others with them at once.
            foreach (var child in ProcessTree.Descendants(pid).Where(p => ProcessTree.Name(p) is not ("bwrap" or "ld-linux-x86-64" or "ld-linux-aarch6")))
                ChildProcess.Signal(child, Terminate);
        }

        held.Add(new Timer(_ => OnKill(), null, grace, Timeout.InfiniteTimeSpan));
    }

    void OnKill()
    {
        lock (gate)
        {
            Stopped |= pid != 0;
            Send(KillNow);
        }
    }

    void Send(int signal)
    {
        if (pid != 0)
            ChildProcess.Signal(pid, signal);
    }
}
