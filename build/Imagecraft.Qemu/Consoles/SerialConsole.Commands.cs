// Commands on a console whose shell was taken over. Unaware of checks.

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    // A terminal's line holds 4095 bytes; what is longer is cut without a word.
    private const int LongestLine = 3500;

    private const int MostOutput = 32 << 20;

    private const int KeptOfFlood = 64 << 10;

    private static readonly (string Key, TimeSpan Limit)[] Interrupts = [("\u0003", TimeSpan.FromSeconds(3)), ("\u001c", TimeSpan.FromSeconds(10))];

    /// <summary>Runs a shell command in a subshell with empty input and gives its output and exit code.</summary>
    /// <param name="command">Any text that a POSIX shell accepts, line breaks included.</param>
    /// <param name="limit">After this time it is interrupted.</param>
    /// <param name="cancellationToken">Ends waiting; the console is not usable afterwards.</param>
    /// <exception cref="MachineException">The machine died, or does not answer even to an interrupt.</exception>
    public async Task<CommandResult> RunAsync(string command, TimeSpan limit, CancellationToken cancellationToken)
    {
        string escaped = ShellText.Escape(command);
        string source = $"'{escaped}'";
        if (escaped.Length > LongestLine)
        {
            await ExchangeAsync("ic_c=", limit, cancellationToken);
            foreach (string piece in Pieces(escaped))
                await ExchangeAsync($"ic_c=$ic_c'{piece}'", limit, cancellationToken);
            source = "\"$ic_c\"";
        }

        return await ExchangeAsync($"( eval \"$(printf %b {source})\" ) </dev/null 2>&1", limit, cancellationToken);
    }

    // The line that turns any shell into one that reads line by line: no prompt, no echo, no line editor, no history.
    // Kernel messages are kept off the console, because they may fall into the middle of a marker; a panic still shows.
    // An interrupt makes `read` fail once; nine failures in a row are a terminal that is gone.
    private static string TakeOver(Marker answer) =>
        "exec sh -c 'trap : INT QUIT; stty -echo -opost ignbrk 2>/dev/null; dmesg -n 1 2>/dev/null; printf \"\\n%s%s\\n\" " + answer.Arguments
        + "; ic_n=0; while [ $ic_n -lt 9 ]; do if IFS= read -r ic_l; then ic_n=0; eval \"$ic_l\"; else ic_n=$((ic_n+1)); fi; done'\n";

    private async Task<CommandResult> ExchangeAsync(string line, TimeSpan limit, CancellationToken cancellationToken, string input = "")
    {
        Marker begin = Marker.Fresh(), end = Marker.Fresh();
        buffer.Forget(consumed);
        long from = consumed, started = Stopwatch.GetTimestamp();
        // Both markers are printed twice: one of them survives whatever else writes to the console meanwhile.
        string pair = $"printf '\\n%s%s\\n%s%s\\n' {begin.Arguments} {begin.Arguments}";
        string closing = $"ic_s=$?; printf '\\n%s%s %d.\\n%s%s %d.\\n' {end.Arguments} $ic_s {end.Arguments} $ic_s";
        await SendAsync($"{pair}; {line}; {closing}\n{input}", cancellationToken);

        CommandEnd how = CommandEnd.Exited;
        Ended? ended = null;
        try
        {
            ended = await WaitAsync("end of a command", () => FindEnd(end, from, mayFlood: false), limit, cancellationToken);
            if (ended!.ExitCode is null)
                how = CommandEnd.Flooded;
        }
        catch (MachineHangException hang) when (!hang.IsCertain)
        {
            how = CommandEnd.TimedOut;
        }

        if (how != CommandEnd.Exited)
            ended = await InterruptAsync(end, from, limit, cancellationToken);
        consumed = ended!.After;
        string output = buffer.Slice(from, ended.Position);
        int start = output.LastIndexOf(begin.Text, StringComparison.Ordinal);
        output = (start < 0 ? output : output[(start + begin.Text.Length)..]).Replace("\r\n", "\n", StringComparison.Ordinal);
        output = output.StartsWith('\n') && start >= 0 ? output[1..] : output;
        output = output.EndsWith('\n') ? output[..^1] : output;
        return new(WithoutHelp(output), how == CommandEnd.Exited ? ended.ExitCode!.Value : -1, Stopwatch.GetElapsedTime(started), how);
    }

    // Control-C, then control-\ for programs that ignore the first.
    private async Task<Ended> InterruptAsync(Marker end, long from, TimeSpan limit, CancellationToken cancellationToken)
    {
        long before = buffer.End;
        foreach (var (key, answer) in Interrupts)
        {
            await SendAsync(key, cancellationToken);
            try
            {
                return (await WaitAsync("end of an interrupted command", () => FindEnd(end, from, mayFlood: true), answer, cancellationToken))!;
            }
            catch (MachineHangException hang) when (!hang.IsCertain)
            {
                // The next key, or the machine is dead.
            }
        }

        if (buffer.End - before > KeptOfFlood)
            throw new ConsoleFloodException("end of an interrupted command", buffer.End - from, LastLines);

        throw troubles.Oops is { } oops && oops.Position > from
            ? new KernelOopsException(oops.Line, LastLines)
            : new MachineHangException("end of a command", limit, LastLines);
    }

    private Ended? FindEnd(Marker end, long from, bool mayFlood)
    {
        for (long at = Math.Max(scanned, from); (at = buffer.IndexOf(end.Text, at)) >= 0; at += end.Text.Length)
        {
            string rest = buffer.Slice(at + end.Text.Length, at + end.Text.Length + 20);
            if (ExitCode().Match(rest) is { Success: true } match)
            {
                scanned = 0;
                return new(at, at + end.Text.Length + match.Length, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
            }

            if (rest.Length < 6)
            {
                // The number may still be on its way.
                scanned = at;
                return null;
            }
        }

        scanned = Math.Max(from, buffer.End - end.Text.Length);
        if (buffer.End - from <= MostOutput)
            return null;
        if (!mayFlood)
            return new(buffer.End, buffer.End, null);
        buffer.Forget(buffer.End - KeptOfFlood);
        return null;
    }

    private static IEnumerable<string> Pieces(string escaped)
    {
        for (int start = 0; start < escaped.Length;)
        {
            int end = Math.Min(start + LongestLine, escaped.Length);
            // An escape of five characters stays in one piece for readers of the log; the shell would not mind.
            int escape = escaped.LastIndexOf('\\', end - 1, Math.Min(4, end - start));
            end = end < escaped.Length && escape > start ? escape : end;
            yield return escaped[start..end];
            start = end;
        }
    }

    // Up to here the end marker was looked for.
    private long scanned;

    [GeneratedRegex(@"^ (\d{1,3})\.")]
    private static partial Regex ExitCode();

    private sealed record Ended(long Position, long After, int? ExitCode);
}
