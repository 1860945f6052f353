// Samples of stacks as `perf script` prints them. Pure.
// Source: perf-script(1), fields comm,pid,tid,period,event,ip,sym,dso.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Profiling;

/// <summary>What was running at one moment.</summary>
/// <param name="Program">Name of the thread.</param>
/// <param name="Id">Number of the thread; 0 for a processor that idled.</param>
/// <param name="Period">What the sample stands for, in units of its event: nanoseconds for clocks.</param>
/// <param name="Frames">From the first function to the one that ran; at least one. Names come from files that somebody made, so what is no letter of theirs is written as <see cref="VisibleText"/> does.</param>
public sealed partial record StackSample(string Program, int Id, long Period, ImmutableArray<string> Frames)
{
    private const string Unknown = "[unknown]";

    /// <summary>Reads all samples of a text: a line that begins in its first column, then one for each frame, the innermost first, then an empty line.</summary>
    /// <exception cref="FormatException">A line is of another form; the message has it.</exception>
    public static ImmutableArray<StackSample> Parse(TextReader text)
    {
        var samples = ImmutableArray.CreateBuilder<StackSample>();
        var frames = new List<string>();
        (string Program, int Id, long Period)? head = null;
        while (text.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] == '\t')
            {
                frames.Add(VisibleText.Of(Frame(line.Trim())));
                continue;
            }

            Close();
            if (line.Length > 0)
                head = Head(line);
        }

        Close();
        return samples.ToImmutable();

        void Close()
        {
            if (head is { } whole)
                samples.Add(new(whole.Program, whole.Id, whole.Period, frames.Count == 0 ? [Unknown] : [.. Enumerable.Reverse(frames)]));
            head = null;
            frames.Clear();
        }
    }

    // `greeter   211/212    1001001 cpu-clock: ` — a name may have blanks.
    private static (string Program, int Id, long Period) Head(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var period = Array.FindIndex(words, word => word.Contains('/', StringComparison.Ordinal) && word.Split('/') is [var process, var thread] && IsNumber(process) && IsNumber(thread)) + 1;
        return period > 1 && period < words.Length && long.TryParse(words[period], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && int.TryParse(words[period - 1].Split('/')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (VisibleText.Of(string.Join(' ', words[..(period - 1)])), id, value)
            : throw new FormatException($"`{line}` begins no sample");
    }

    // `ffff800010 symbol (file)`; a symbol may have blanks, a file may have them too.
    private static string Frame(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        var rest = blank < 0 ? "" : line[(blank + 1)..];
        // A file is named by its path or in brackets; functions of C++ have parentheses and blanks of their own.
        var file = FileBegin().Match(rest) is { Success: true } begin ? begin.Index : -1;
        var symbol = file < 0 ? rest : rest[..file];
        if (symbol is not (Unknown or ""))
            return symbol;
        var name = file < 0 ? "" : Path.GetFileName(rest[(file + 2)..].TrimEnd(')'));
        return name is "" or "unknown]" or Unknown ? Unknown : $"[{name.Trim('[', ']')}]";
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    [GeneratedRegex(@" \([/\[]")]
    private static partial Regex FileBegin();
}
