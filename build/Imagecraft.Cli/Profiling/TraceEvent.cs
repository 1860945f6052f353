// Events as the kernel's own tracer prints them. Pure.
// Source: Linux, Documentation/trace/ftrace.rst.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Profiling;

/// <summary>Something that happened on a processor.</summary>
/// <param name="Task">Name of the thread that ran.</param>
/// <param name="Id">Its number; 0 for a processor that idled.</param>
/// <param name="Cpu">The processor.</param>
/// <param name="Seconds">On the machine's clock.</param>
/// <param name="Name">Of the event, or of a function.</param>
/// <param name="Details">What the event tells, as it was printed; for functions, who called.</param>
public sealed partial record TraceEvent(string Task, int Id, int Cpu, double Seconds, string Name, string Details)
{
    /// <summary>The value of a field among the details; null: there is none.</summary>
    public string? Field(string name)
    {
        var start = Details.StartsWith(name + "=", StringComparison.Ordinal) ? 0 : Details.IndexOf($" {name}=", StringComparison.Ordinal) + 1;
        if (start == 0 && !Details.StartsWith(name + "=", StringComparison.Ordinal))
            return null;
        var value = Details[(start + name.Length + 1)..];
        // A name may have blanks: it ends before the next field.
        var end = NextField().Match(value) is { Success: true } next ? next.Index : value.Length;
        return value[..end].TrimEnd();
    }

    /// <summary>Reads a trace.</summary>
    /// <returns>The events in their order, and how many the buffers had no room for.</returns>
    /// <exception cref="FormatException">A line is of another form; the message has it.</exception>
    public static (ImmutableArray<TraceEvent> Events, long Lost) Parse(TextReader text)
    {
        var events = ImmutableArray.CreateBuilder<TraceEvent>();
        long lost = 0;
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (LostEvents().Match(line) is { Success: true } gap)
            {
                lost += long.Parse(gap.Groups[1].Value, CultureInfo.InvariantCulture);
                continue;
            }

            var match = Line().Match(line);
            if (!match.Success)
                throw new FormatException($"`{VisibleText.Of(line)}` is no event");
            events.Add(new(
                VisibleText.Of(match.Groups["task"].Value), int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups["cpu"].Value, CultureInfo.InvariantCulture),
                double.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture), match.Groups["name"].Value, VisibleText.Of(match.Groups["details"].Value)));
        }

        return (events.ToImmutable(), lost);
    }

    // `        greeter-212     [000] d..2.    12.345678: sched_switch: prev_comm=...`, or `12.345678: vfs_read <-ksys_read`.
    [GeneratedRegex(@"^\s*(?<task>.{1,16}?)-(?<id>\d{1,9})\s+(\(\s*[-\d]+\)\s+)?\[(?<cpu>\d{1,4})\]\s+(\S+\s+)?(?<time>\d{1,12}\.\d{1,9}):\s(?<name>[^\s:]+):?\s*(?<details>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Line();

    [GeneratedRegex(@"^CPU:\d+ \[LOST (\d{1,18}) EVENTS\]")]
    private static partial Regex LostEvents();

    [GeneratedRegex(@"\s(==> )?[a-z_]+=")]
    private static partial Regex NextField();
}
