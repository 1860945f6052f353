// The way that outputs of commands take, so that nothing else on the console gets into them. Unaware of what commands do.

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    // The machine's shell has the terminal as descriptor 4 and the way of outputs as 5. Encoded, that is a pipe to `tee`,
    // which keeps what one command prints in a file without a name (6), and to `od`, which prints it as lines.
    private const string Kept = "/proc/self/fd/6";

    // So many blanks after the end of an output fill the line in which it ends, and some more in which a gap is noticed.
    private const int Padding = 6 * OutputLines.Width;

    private const int MostRepeats = 8;

    // Of the shell's answer, until it is asked again; each time twice as long, as a machine on a loaded host may only be slow.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan TrialPatience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan RepeatPause = TimeSpan.FromMilliseconds(20);

    // When the end of an output may be what got lost, it is asked for again; each time after twice as long.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private volatile OutputPath outputPath;

    // Lines that did not follow on the one before.
    private int gaps;

    // Gets lines that are sent again; null: none are.
    private volatile RepeatedOutput? repeated;

    /// <summary>What a snapshot of this machine, whose shell answers, must remember.</summary>
    public ConsoleState State => new(BootTime, AnswersBreaks, outputPath, lines.Next, echoes);

    /// <summary>The console of a machine that goes on from a snapshot: its shell answers already.</summary>
    public void Resume(ConsoleState state)
    {
        (BootTime, AnswersBreaks, echoes) = (state.BootTime, state.AnswersBreaks, state.Echoes);
        lines.Next = state.Offset;
        outputPath = state.Path;
    }

    private void TakeLine(long offset, string bytes, bool follows)
    {
        if (repeated is { } again)
        {
            again.Take(offset, bytes);
            return;
        }

        if (!follows)
            Interlocked.Increment(ref gaps);
        printed.Append(bytes);
        Span<char> text = stackalloc char[OutputLines.Width + 4];
        Span<byte> raw = stackalloc byte[OutputLines.Width];
        Encoding.Latin1.GetBytes(bytes, raw);
        ShowOutput(text[..outputText.GetChars(raw, text, flush: false)]);
    }

    private async Task ChooseOutputPathAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (IsOwn && await IsTransparentAsync(cancellationToken))
        {
            outputPath = OutputPath.Own;
            return;
        }

        if (channel?.FindDevice is { } find
            && await TryAsync($"ic_d=$({find}) && ( exec 5>\"$ic_d\" )", "exec 5>\"$ic_d\"", OutputPath.Channel, limit, cancellationToken))
            return;
        await TryAsync($"{ShellProgram.Line("encoded-output")}; ic_find", "ic_open", OutputPath.Encoded, limit, cancellationToken);
    }

    // A terminal that could not be set puts a carriage return before each line break.
    private async Task<bool> IsTransparentAsync(CancellationToken cancellationToken)
    {
        var answer = Marker.Fresh();
        long from = outputs.End;
        await SendAsync($"printf '\\n%s%s\\n\\r\\n.' {answer.Arguments} >&5\n", cancellationToken);
        return await WaitAsync("output of a command", () => outputs.IndexOf(answer.Text, from) is >= 0 and var at && outputs.End >= at + answer.Text.Length + 4 ? outputs.Slice(at + answer.Text.Length, outputs.End) : null, TrialPatience, cancellationToken) == "\n\r\n.";
    }

    // A shell that fails to open a descriptor for good would end, so that is tried in a subshell before.
    private async Task<bool> TryAsync(string examination, string preparation, OutputPath path, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!(await ExchangeAsync($"{{ {examination}; }} 2>/dev/null", limit, cancellationToken)).Succeeded)
            return false;
        outputPath = path;
        var answer = Marker.Fresh();
        long from = outputs.End;
        await SendAsync($"{preparation}\nprintf '\\n%s%s\\n%{Padding}s' {answer.Arguments} '' >&5\n", cancellationToken);
        if (await WaitAsync("output of a command", () => outputs.IndexOf(answer.Text, from) < 0 ? null : this, TrialPatience * 2, cancellationToken, TrialPatience) is not null)
            return true;
        outputPath = OutputPath.Plain;
        await SendAsync("exec 5>&4\n", cancellationToken);
        return false;
    }

    // The whole output, sent again from what the machine has kept of it until its hash is right.
    private async Task<(string Printed, Ended End)> RepairAsync(Marker end, CancellationToken cancellationToken)
    {
        for (int round = 0; round < MostRepeats; round++)
        {
            // What the shell has told on the terminal may not have reached the file yet.
            if (round > 0)
                await Task.Delay(RepeatPause * (1 << round), cancellationToken);
            Match? kept = await AskAsync(
                $"ic_z=$(($(wc -c <{Kept}) / {OutputLines.Width} * {OutputLines.Width}))", $"$ic_z \"$(head -c $ic_z <{Kept} | sha256sum)\"", KeptContent(), round, cancellationToken);
            if (kept is null)
                continue;
            var output = new RepeatedOutput(int.Parse(kept.Groups[1].Value, CultureInfo.InvariantCulture));
            await RepeatAsync(output, cancellationToken);
            if (output.Missing is null && output.Content(kept.Groups[2].Value) is { } content
                && content.IndexOf(end.Text, StringComparison.Ordinal) is >= 0 and var at && ExitCodeIn(content[(at + end.Text.Length)..]) is { } code)
                return (content[..at], new(at, code));
        }

        throw new OutputDamagedException(MostRepeats, LastLines);
    }

    private async Task RepeatAsync(RepeatedOutput output, CancellationToken cancellationToken)
    {
        long offset = lines.Next;
        try
        {
            repeated = output;
            for (int idle = 0; idle < MostRepeats && output.Missing is { } missing;)
            {
                int before = output.Count;
                lines.Next = missing.Offset;
                // What comes of it comes before the answer.
                await AskAsync(string.Create(CultureInfo.InvariantCulture, $"od -v -tx1 -j {missing.Offset} -N {missing.Length} {Kept} >&4"), "'' ''", AnyAnswer(), idle, cancellationToken);
                idle = output.Count > before ? 0 : idle + 1;
            }
        }
        finally
        {
            repeated = null;
            lines.Next = offset;
        }
    }

    // An answer on the terminal itself, printed twice; null when it is damaged too, or takes longer than patience allows while nothing else comes.
    private async Task<Match?> AskAsync(string preparation, string words, Regex form, int round, CancellationToken cancellationToken)
    {
        var answer = Marker.Fresh();
        long from = buffer.End;
        TimeSpan patience = AnswerPatience * (1 << Math.Min(round, 4));
        await SendAsync($"{preparation}; printf '\\n%s%s %s %s\\n%s%s %s %s\\n' {answer.Arguments} {words} {answer.Arguments} {words} >&4\n", cancellationToken);
        Match? found = null;
        for (int seen = -1; seen != (repeated?.Count ?? 0);)
        {
            seen = repeated?.Count ?? 0;
            if (await WaitAsync("answer of the shell", Find, patience * 2, cancellationToken, patience) is not null)
                break;
        }

        return found;

        Match? Find()
        {
            for (long at = from; (at = buffer.IndexOf(answer.Text, at)) >= 0; at += answer.Text.Length)
                if (form.Match(buffer.Slice(at + answer.Text.Length, at + answer.Text.Length + 120)) is { Success: true } match)
                    return found = match;
            return null;
        }
    }

    [GeneratedRegex(@"^ (\d+) ([0-9a-f]{64}) ")]
    private static partial Regex KeptContent();

    [GeneratedRegex("^ ")]
    private static partial Regex AnyAnswer();
}
