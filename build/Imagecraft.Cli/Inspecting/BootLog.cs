// Where a boot spent its time, out of the console's log. Unaware of machines.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Inspecting;

/// <summary>Reads the kernel's own stamps.</summary>
public static partial class BootLog
{
    /// <summary>The kernel from its first message to its first program, and the time from there to the login prompt.</summary>
    /// <param name="log">The console's log.</param>
    /// <param name="login">Seconds from power-on to the prompt; null when nothing is known of it.</param>
    public static ImmutableArray<TimeSpanBar> Phases(string log, double? login)
    {
        if (Messages(log).FirstOrDefault(message => message.Words.StartsWith("Run ", StringComparison.Ordinal) && message.Words.Contains("as init process", StringComparison.Ordinal)) is not { Words: { Length: > 0 } } init)
            return [];
        var kernel = new TimeSpanBar("kernel", 0, init.Seconds, "to its first program, by its own clock");
        return login is { } seconds && seconds > init.Seconds
            ? [kernel, new("programs, with firmware and boot loader", init.Seconds, seconds - init.Seconds, "the rest until the login prompt, by the clock of the host")]
            : [kernel];
    }

    /// <summary>The longest silences between two messages of the kernel before its first program, the longest first.</summary>
    public static ImmutableArray<TimeSpanBar> Silences(string log, int count)
    {
        var messages = Messages(log).TakeWhile(message => !message.Words.StartsWith("Run /", StringComparison.Ordinal)).ToList();
        return
        [
            .. messages.Zip(messages.Skip(1), (first, next) => new TimeSpanBar(first.Words, first.Seconds, next.Seconds - first.Seconds, $"then: {next.Words}"))
                .Where(bar => bar.Seconds >= 0.02).OrderByDescending(bar => bar.Seconds).Take(count).OrderBy(bar => bar.Start),
        ];
    }

    // Of the first boot: a second one begins at 0 again.
    private static IEnumerable<(double Seconds, string Words)> Messages(string log)
    {
        var last = 0.0;
        foreach (Match match in Message().Matches(log))
        {
            var seconds = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            if (seconds < last)
                yield break;
            last = seconds;
            yield return (seconds, match.Groups[2].Value.TrimEnd());
        }
    }

    [GeneratedRegex(@"^\[ *([0-9]+\.[0-9]{6})\] (.*)$", RegexOptions.Multiline)]
    private static partial Regex Message();
}
