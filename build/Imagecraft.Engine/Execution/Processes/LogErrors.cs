// Finds the first error that a log tells of: with many jobs at once it stands far before the end. Unaware of who wrote it.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Engine.Events;

namespace Imagecraft.Engine.Execution.Processes;

static partial class LogErrors
{
    const int LinesBefore = 2, LinesAfter = 5, LongestLine = 2000;

    // A log of an hour is read in a second; of longer ones the beginning, where the first error is.
    const long MostBytes = 256 << 20;

    /// <summary>Looks for the first line in the words of compilers, linkers and build tools; null when there is none.</summary>
    public static FirstError? Read(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return Read(Lines(reader));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The same of lines.</summary>
    public static FirstError? Read(IEnumerable<string> lines)
    {
        var before = new Queue<string>();
        FirstError? found = null;
        var after = ImmutableArray.CreateBuilder<string>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (found is not null && after.Count < LinesAfter)
                after.Add(line);
            else if (found is null && IsError(line))
                found = new FirstError(number, 0, before.Count, [.. before, line]);
            else if (found is null)
            {
                before.Enqueue(line);
                if (before.Count > LinesBefore)
                    before.Dequeue();
            }
        }

        return found is null ? null : found with { Of = number, Lines = found.Lines.AddRange(after) };
    }

    static IEnumerable<string> Lines(StreamReader reader)
    {
        long bytes = 0;
        while (bytes < MostBytes && reader.ReadLine() is { } line)
        {
            bytes += line.Length + 1;
            yield return line.Length <= LongestLine ? line : line[..LongestLine] + "...";
        }
    }

    // The runner's own lines repeat commands, and what commands say there is no error yet.
    static bool IsError(string line) => !line.StartsWith("+ ", StringComparison.Ordinal) && Words().IsMatch(line);

    [GeneratedRegex(
        """
        (^|[\s:])(fatal\ )?(error|Error|ERROR)(\[[A-Z]?[0-9]+\])?:\s            # compilers, linkers, Meson, cargo, configure
        | ^CMake\ Error
        | :\ undefined\ reference\ to\ [`']
        | :\ cannot\ find\ -l
        | :\ multiple\ definition\ of\ [`']
        | No\ rule\ to\ make\ target
        | (command|program)\ not\ found
        | ^/\S+:\ [0-9]+:\ \S+:\ not\ found$                                    # dash
        | :\ Exec\ format\ error
        | ^No\ package\ '[^']+'\ found
        | ^(g?make|ninja)(\[[0-9]+\])?:\ \*\*\*\ 
        | ^Traceback\ \(most\ recent\ call\ last\):
        | ^panic:\ 
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
