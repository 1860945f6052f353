// Compares what a command gave with what a check expects. Unaware of machines; reads golden files only.

using System.Text.RegularExpressions;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Checks;

/// <summary>Judges.</summary>
public static class CheckJudge
{
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(5);

    /// <summary>What differs, one sentence each.</summary>
    public static IEnumerable<string> Problems(Check check, CommandResult given)
    {
        if (given.End == CommandEnd.TimedOut)
            yield return $"Command did not end within {check.Limit.TotalSeconds:0.#} s";
        else if (given.End == CommandEnd.Flooded)
            yield return "Command printed without end";
        else if (given.ExitCode != check.Exit)
            yield return $"Exit code is {given.ExitCode}, expected {check.Exit}";
        if (check.Output is { } output && Difference(output, given.Output, "`output`") is { } other)
            yield return other;
        if (check.Golden is { } golden)
            if (!File.Exists(golden))
                yield return $"Golden file `{golden}` does not exist; `./build.sh check --accept` writes it";
            else if (Difference(File.ReadAllText(golden), given.Output, $"golden file `{golden}`") is { } changed)
                yield return $"{changed}; if that is right, `./build.sh check --accept` takes it";
        foreach (string text in check.Contains.Where(text => !given.Output.Contains(text, StringComparison.Ordinal)))
            yield return $"Output does not contain `{text}`";
        foreach (string pattern in check.Matches)
            if (Find(pattern, given.Output) is not { Success: true })
                yield return $"Output does not match `{pattern}`";
        foreach (string pattern in check.MatchesNot)
            if (Find(pattern, given.Output) is { Success: true } match)
                yield return $"Output matches `{pattern}`: `{LineAt(given.Output, match.Index)}`";
    }

    /// <summary>Writes the output of a check with a golden file as what is expected from now on, unless the command itself failed.</summary>
    /// <returns>Whether the file was written; false when there is none, it says so already, or the command failed.</returns>
    public static bool Accept(Check check, CommandResult given)
    {
        if (check.Golden is not { } golden || given.End != CommandEnd.Exited || given.ExitCode != check.Exit
            || (File.Exists(golden) && Difference(File.ReadAllText(golden), given.Output, "") is null))
            return false;
        File.WriteAllText(golden, given.Output.TrimEnd('\n') + "\n");
        return true;
    }

    /// <summary>What the kernel should not have said while a check ran, and what it should have.</summary>
    /// <param name="check">With what is expected of the kernel.</param>
    /// <param name="log">What came to the kernel's log meanwhile.</param>
    public static IEnumerable<string> OfKernel(Check check, string log)
    {
        foreach (string pattern in check.KernelMessages)
            if (Find(pattern, log) is not { Success: true })
                yield return $"Kernel says nothing that matches `{pattern}`";
        bool isExpected = check.KernelMessages.Any(pattern => Find(pattern, log) is { Success: true });
        foreach (string line in KernelFaults.In(log).Where(line => !IsExpected(line)).Take(3))
            yield return $"Kernel complains: `{line}`";

        // A trace belongs to the message before it.
        bool IsExpected(string line) => check.KernelMessages.Any(pattern => Find(pattern, line) is { Success: true }) || (isExpected && KernelFaults.IsTrace(line));
    }

    private static string? Difference(string expected, string given, string where)
    {
        string[] wanted = Lines(expected), lines = Lines(given);
        int same = wanted.Zip(lines).TakeWhile(pair => pair.First == pair.Second).Count();
        if (same == wanted.Length && same == lines.Length)
            return null;
        return $"Output differs from {where} in line {same + 1}: {Line(lines, same)}, expected {Line(wanted, same)}";
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static string Line(string[] lines, int index) => index < lines.Length ? $"`{lines[index]}`" : "no such line";

    private static Match? Find(string pattern, string output)
    {
        try
        {
            return Regex.Match(output, pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant, PatternLimit);
        }
        catch (Exception exception) when (exception is RegexParseException or RegexMatchTimeoutException)
        {
            // A pattern that is none, or never ends, matches nothing: the check fails and names it.
            return null;
        }
    }

    private static string LineAt(string text, int index)
    {
        int start = text.LastIndexOf('\n', Math.Max(0, index - 1)) + 1;
        int end = text.IndexOf('\n', index);
        return text[start..(end < 0 ? text.Length : end)].Trim();
    }
}
