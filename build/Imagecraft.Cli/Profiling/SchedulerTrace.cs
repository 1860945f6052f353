// Who had which processor when, and who waited for one, by the events of the scheduler. Pure.
// Source: Linux, include/trace/events/sched.h.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Cli.Profiling;

/// <summary>A thread that had a processor for a while.</summary>
/// <param name="Cpu">The processor.</param>
/// <param name="Task">The thread's name.</param>
/// <param name="Id">Its number.</param>
/// <param name="Start">Seconds on the machine's clock.</param>
/// <param name="End">Seconds on the machine's clock.</param>
public sealed record RunningSlice(int Cpu, string Task, int Id, double Start, double End);

/// <summary>A thread over the whole trace.</summary>
/// <param name="Task">Its name.</param>
/// <param name="Id">Its number.</param>
/// <param name="Running">Seconds on processors.</param>
/// <param name="Slices">How often it was given one.</param>
/// <param name="LongestWait">Seconds from when it was woken until it had one, at the most; 0: it was never seen to be woken.</param>
public sealed record TaskTimes(string Task, int Id, double Running, int Slices, double LongestWait);

/// <summary>What is made of <c>sched_switch</c>, <c>sched_wakeup</c> and <c>sched_wakeup_new</c>.</summary>
/// <param name="Slices">In the order in which they end; idling is none.</param>
/// <param name="Tasks">Those that ran longest come first.</param>
public sealed record SchedulerTrace(ImmutableArray<RunningSlice> Slices, ImmutableArray<TaskTimes> Tasks)
{
    /// <summary>Reads them out of a trace. What was running when it began counts from its first event on.</summary>
    public static SchedulerTrace Of(ImmutableArray<TraceEvent> events)
    {
        var slices = ImmutableArray.CreateBuilder<RunningSlice>();
        var running = new Dictionary<int, (string Task, int Id, double Since)>();
        var woken = new Dictionary<int, double>();
        var waits = new Dictionary<int, double>();
        foreach (var one in events)
        {
            if (one.Name is "sched_wakeup" or "sched_wakeup_new" && Number(one.Field("pid")) is { } sleeper)
                woken.TryAdd(sleeper, one.Seconds);
            if (one.Name != "sched_switch" || Number(one.Field("prev_pid")) is not { } before || Number(one.Field("next_pid")) is not { } next)
            {
                running.TryAdd(one.Cpu, (one.Task, one.Id, one.Seconds));
                continue;
            }

            var (task, id, since) = running.GetValueOrDefault(one.Cpu, (one.Field("prev_comm") ?? "", before, one.Seconds));
            Close(one.Cpu, id == before ? task : one.Field("prev_comm") ?? "", before, since, one.Seconds);
            running[one.Cpu] = (one.Field("next_comm") ?? "", next, one.Seconds);
            if (woken.Remove(next, out var when))
                waits[next] = Math.Max(waits.GetValueOrDefault(next), one.Seconds - when);
        }

        var end = events.IsEmpty ? 0 : events.Max(one => one.Seconds);
        foreach (var (cpu, (task, id, since)) in running)
            Close(cpu, task, id, since, end);
        return new(slices.ToImmutable(),
        [
            .. slices.GroupBy(slice => slice.Id).Select(of => new TaskTimes(of.Last().Task, of.Key, of.Sum(slice => slice.End - slice.Start), of.Count(), waits.GetValueOrDefault(of.Key)))
                .OrderByDescending(task => task.Running).ThenBy(task => task.Id),
        ]);

        void Close(int cpu, string task, int id, double since, double until)
        {
            if (id != 0 && until > since)
                slices.Add(new(cpu, task, id, since, until));
        }
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
