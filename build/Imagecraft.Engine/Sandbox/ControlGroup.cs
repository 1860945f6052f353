// A control group of one sandbox: its bounds, and what the kernel counted in it. Unaware of what runs.

using System.Globalization;

namespace Imagecraft.Engine.Sandbox;

/// <summary>
/// Bounds memory and processes of all that runs in a sandbox, where this process may make groups: as root, or in a subtree that was delegated to the user
/// (<c>systemd-run --user --scope -p Delegate=yes</c>). Elsewhere <see cref="SandboxWatch"/> samples.
/// </summary>
/// <remarks>Sources: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/{memory,pids}.rst of Linux.</remarks>
sealed class ControlGroup : IDisposable
{
    static readonly ControlGroupPlace? _place = ControlGroupPlace.Find();
    static int _count;
    readonly string memory;
    readonly string processes;

    ControlGroup(string memory, string processes)
    {
        this.memory = memory;
        this.processes = processes;
    }

    /// <summary>Whether this process can make groups.</summary>
    public static bool IsPossible => _place is not null;

    /// <summary>Makes one; null where that cannot be.</summary>
    public static ControlGroup? TryCreate(SandboxLimits limits)
    {
        if (_place is null)
            return null;
        var name = string.Create(CultureInfo.InvariantCulture, $"{ControlGroupPlace.Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        var group = new ControlGroup(Path.Combine(_place.Memory, name), Path.Combine(_place.Processes, name));
        try
        {
            Directory.CreateDirectory(group.memory);
            Directory.CreateDirectory(group.processes);
            Write(Path.Combine(group.memory, _place.IsUnified ? "memory.max" : "memory.limit_in_bytes"), limits.MemoryBytes);
            Write(Path.Combine(group.processes, "pids.max"), limits.Processes);
            // All of a sandbox or nothing of it: what goes on without one of its processes may give something else.
            if (_place.IsUnified)
                Write(Path.Combine(group.memory, "memory.oom.group"), 1);
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            group.Dispose();
            return null;
        }
    }

    /// <summary>Moves a process in; those that it starts from now on are in too.</summary>
    public void Add(int pid)
    {
        foreach (var folder in Folders)
            Write(Path.Combine(folder, "cgroup.procs"), pid);
    }

    /// <summary>How many of its processes were killed because the memory of the group, or of one around it, was used up.</summary>
    public long MemoryKills() => Count(Path.Combine(memory, _place!.IsUnified ? "memory.events" : "memory.oom_control"), "oom_kill");

    /// <summary>How often a process could not be started because there were too many.</summary>
    public long ProcessesRefused() => Count(Path.Combine(processes, "pids.events"), "max");

    /// <summary>Removes it; all its processes must have ended.</summary>
    public void Dispose()
    {
        foreach (var folder in Folders)
            ControlGroupPlace.TryRemove(folder);
    }

    IEnumerable<string> Folders => new[] { memory, processes }.Distinct();

    static void Write(string file, long value) => File.WriteAllText(file, value.ToString(CultureInfo.InvariantCulture));

    static long Count(string file, string name)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
