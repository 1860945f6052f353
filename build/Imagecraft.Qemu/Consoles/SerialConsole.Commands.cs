// Commands on a console whose shell was taken over. Unaware of checks.

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    // A terminal's line holds 4095 bytes; what is longer is cut without a word.
    private const int LongestLine = 3500;

    private const int MostOutput = 32 << 20;

    private const int KeptOfFlood = 64 << 10;

    // What is on its way when a command is interrupted is less.
    private const int StillPrinting = 4 << 10;

    private static readonly (string Key, TimeSpan Limit)[] Interrupts = [("\u0003", TimeSpan.FromSeconds(3)), ("\u001c", TimeSpan.FromSeconds(10))];

    // One command at a time: the shell reads a line after the other.
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Runs a shell command in a subshell with empty input and gives its output and exit code. A second call waits until the first has ended.</summary>
    /// <param name="command">Any text that a POSIX shell accepts, line breaks included.</param>
    /// <param name="limit">After this time it is interrupted, counted from when it begins.</param>
    /// <param name="cancellationToken">Ends waiting; the console is not usable afterwards.</param>
    /// <exception cref="MachineException">The machine died, or does not answer even to an interrupt.</exception>
    public async Task<CommandResult> RunAsync(string command, TimeSpan limit, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await RunInTurnAsync(command, limit, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<CommandResult> RunInTurnAsync(string command, TimeSpan limit, CancellationToken cancellationToken)
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

        return await ExchangeAsync($"( eval \"$(printf %b {source})\" ) </dev/null >&5 2>&1 4>&- 5>&- 6>&-", limit, cancellationToken);
    }

    /// <summary>Gives the shell back to whoever started it, and with it what the kernel says on the console.</summary>
    /// <exception cref="MachineException">The machine has ended.</exception>
    public Task LeaveAsync(CancellationToken cancellationToken) => SendAsync("stty echo opost -echonl 2>/dev/null; dmesg -n 7 2>/dev/null; exit\n", cancellationToken);

    private static string TakeOver(Marker answer) => $"exec sh -c '{ShellProgram.Line("take-over")}' sh {answer.Arguments}\n";

    private async Task<CommandResult> ExchangeAsync(string line, TimeSpan limit, CancellationToken cancellationToken, string input = "")
    {
        Marker begin = Marker.Fresh(), end = Marker.Fresh();
        buffer.Forget(consumed);
        long from = outputs.End, console = consumed, started = Stopwatch.GetTimestamp();
        outputs.Forget(from);
        int gapsBefore = gaps;
        bool encoded = outputPath == OutputPath.Encoded;
        // Both markers are printed twice: on a plain console one of them survives whatever else is written there meanwhile.
        string opening = $"{(encoded ? $"true >{Kept}; " : "")}printf '\\n%s%s\\n%s%s\\n' {begin.Arguments} {begin.Arguments} >&5";
        string told = $"printf '\\n%s%s %d.\\n%s%s %d.\\n{(encoded ? $"%{Padding}s" : "%s")}' {end.Arguments} $ic_s {end.Arguments} $ic_s ''", closing = $"{told} >&5";
        // Lines of another program between ours tear a marker that is longer than a line; no program's text gets into one on the terminal itself.
        string again = encoded ? $"{closing}; {told} >&4" : closing;
        takesInput = input.Length > 0;
        await SendAsync($"{opening}; {line}; ic_s=$?; {closing}\n{input}", cancellationToken);

        CommandEnd how = CommandEnd.Exited;
        Ended? ended = null;
        var allowance = new Allowance(limit, watch);
        while (ended is null && how == CommandEnd.Exited)
        {
            try
            {
                ended = await WaitForEndAsync(end, from, console, again, allowance.Left, cancellationToken);
                if (ended.ExitCode is null)
                    how = CommandEnd.Flooded;
            }
            catch (MachineException late) when (IsLate(late))
            {
                // What the host did not let the machine do in its time is no fault of the command.
                if (allowance.Left <= TimeSpan.Zero)
                    how = CommandEnd.TimedOut;
            }
        }

        if (how == CommandEnd.TimedOut && troubles.Start is { } start && start.Position > console)
            throw new MachineRebootedException("end of a command", troubles.Panic is { } panic && panic.Position > console ? panic.Line : null, LastLines);
        if (how != CommandEnd.Exited)
            ended = await InterruptAsync(end, from, console, [closing, again], limit, cancellationToken);
        consumed = buffer.IndexOf(end.Text, console) is >= 0 and var at ? at + end.Text.Length : buffer.End;
        string printed = outputs.Slice(from, ended!.Position);
        if (encoded && how != CommandEnd.Flooded && (gaps != gapsBefore || ended.IsTorn))
            (printed, ended) = await RepairAsync(end, cancellationToken);
        return new(Between(begin, printed), how == CommandEnd.Exited ? ended.ExitCode!.Value : -1, Stopwatch.GetElapsedTime(started), how);
    }

    // What stands after the last opening marker, as text. Only on a plain console it went through a terminal.
    private string Between(Marker begin, string printed)
    {
        int start = printed.LastIndexOf(begin.Text, StringComparison.Ordinal);
        string output = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(start < 0 ? printed : printed[(start + begin.Text.Length)..]));
        if (outputPath == OutputPath.Plain)
            output = WithoutHelp(output.Replace("\r\n", "\n", StringComparison.Ordinal));
        output = output.StartsWith('\n') && start >= 0 ? output[1..] : output;
        return output.EndsWith('\n') ? output[..^1] : output;
    }

    private async Task<Ended> WaitForEndAsync(Marker end, long from, long console, string again, TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        for (TimeSpan patience = EndPatience; ; patience *= 2)
        {
            TimeSpan? asks = outputPath == OutputPath.Encoded ? patience : null;
            if (await WaitAsync("end of a command", () => FindEnd(end, from, mayFlood: false) ?? FindTornEnd(end, console), limit - Stopwatch.GetElapsedTime(started), cancellationToken, asks) is { } ended)
                return ended;
            await SendAsync(again + "\n", cancellationToken);
        }
    }

    // Control-C, then control-\ for programs that ignore the first.
    private async Task<Ended> InterruptAsync(Marker end, long from, long console, string[] closings, TimeSpan limit, CancellationToken cancellationToken)
    {
        long before = outputs.End;
        foreach (var ((key, answer), closing) in (HasQuitKey ? Interrupts : Interrupts[..1]).Zip(closings))
        {
            await SendAsync(outputPath == OutputPath.Encoded ? $"{key}{closing}\n" : key, cancellationToken);
            try
            {
                return (await WaitAsync("end of an interrupted command", () => FindEnd(end, from, mayFlood: true) ?? FindTornEnd(end, console), answer, cancellationToken))!;
            }
            catch (MachineException late) when (IsLate(late))
            {
                // The next key, or the machine is dead.
            }
        }

        if (outputs.End - before > StillPrinting)
            throw new ConsoleFloodException("end of an interrupted command", outputs.End - from, LastLines);

        throw troubles.Oops is { } oops && oops.Position > consumed
            ? new KernelOopsException(oops.Line, LastLines)
            : new MachineHangException("end of a command", limit, LastLines, await BusyAsync(cancellationToken));
    }

    private Ended? FindEnd(Marker end, long from, bool mayFlood)
    {
        // Whatever else the console says meanwhile must not fill the host's memory.
        if (buffer.End - consumed > MostOutput)
            buffer.Forget(buffer.End - KeptOfFlood);
        for (long at = Math.Max(scanned, from); (at = outputs.IndexOf(end.Text, at)) >= 0; at += end.Text.Length)
        {
            string rest = outputs.Slice(at + end.Text.Length, at + end.Text.Length + 20);
            if (ExitCodeIn(rest) is { } code)
            {
                scanned = 0;
                return new(at, code);
            }

            if (rest.Length < 6)
            {
                // The number may still be on its way.
                scanned = at;
                return null;
            }
        }

        scanned = Math.Max(from, outputs.End - end.Text.Length);
        if (outputs.End - from <= MostOutput)
            return null;
        if (!mayFlood)
            return new(outputs.End, null);
        outputs.Forget(outputs.End - KeptOfFlood);
        return null;
    }

    // Told on the terminal itself, where only what the kernel says may tear one of the two.
    private Ended? FindTornEnd(Marker end, long console)
    {
        if (outputPath != OutputPath.Encoded)
            return null;
        long until = buffer.End;
        for (long at = Math.Max(scannedOnTerminal, console); (at = buffer.IndexOf(end.Text, at)) >= 0; at += end.Text.Length)
            if (ExitCodeIn(buffer.Slice(at + end.Text.Length, at + end.Text.Length + LongestExitCode)) is { } code)
                return new(outputs.End, code, IsTorn: true);
        scannedOnTerminal = until - end.Text.Length - LongestExitCode;
        return null;
    }

    private static int? ExitCodeIn(string afterMarker) => ExitCode().Match(afterMarker) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

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

    // The same on the terminal.
    private long scannedOnTerminal;

    // Characters of ` 255.`.
    private const int LongestExitCode = 5;

    [GeneratedRegex(@"^ (\d{1,3})\.")]
    private static partial Regex ExitCode();

    // Torn: its place in the output is unknown.
    private sealed record Ended(long Position, int? ExitCode, bool IsTorn = false);
}
