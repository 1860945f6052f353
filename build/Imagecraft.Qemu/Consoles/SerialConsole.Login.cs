// Login on a console: from power-on to a shell that answers. Unaware of what is run afterwards.

using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Consoles;

/// <summary>How to log in.</summary>
/// <param name="User">Login name.</param>
/// <param name="Password">Sent when a password is asked.</param>
/// <param name="Limit">Time from now to an answering shell, as far as the host lets the machine run (<see cref="Allowance"/>).</param>
public sealed record LoginOptions(string User, string Password, TimeSpan Limit)
{
    /// <summary>Root without a password, within two minutes.</summary>
    public static LoginOptions Root { get; } = new("root", "", TimeSpan.FromMinutes(2));

    /// <summary>The machine may have booted long before: a line break wakes it, and what answers nothing is asked for a shell nevertheless.</summary>
    public bool IsRunning { get; init; }

    /// <summary>A kernel argument starts a shell where commands go, and nobody logs in (<see cref="Machines.WayIn"/>).</summary>
    public bool IsWayIn { get; init; }
}

public sealed partial class SerialConsole
{
    private const int MostRefusals = 3;

    // As `await-boot` says it.
    private const int AwaitedInVain = 75;

    // So often no kernel is heard to start before a line break wakes what may be there, and as often again nothing, or only others, before a shell is asked for that gives no prompt.
    private const int WaitsOfSilence = 3;

    private const int WaitsOfOthers = 30;

    // So many kernels that start before there is a shell are a loop.
    private const int MostStarts = 4;

    // Time after which a shell is asked again: text sent while a login program discards its input is lost. Silence would be
    // no measure, as a noisy kernel never gives it.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    // The shell of a way in says by its prompt that it is there; a question before would wait for it.
    private static readonly TimeSpan WayInPatience = TimeSpan.FromSeconds(10);

    /// <summary>Time from the start of the console to the login prompt that led to a shell (or to the shell, when none asked); null before login, and where the machine was running already.</summary>
    public TimeSpan? BootTime { get; private set; }

    /// <summary>Waits for the login prompt, logs in and takes over the shell. Prompts that boot messages imitate do no harm.</summary>
    /// <exception cref="MachineException">No shell answers: panic, oops, end, hang or refusal.</exception>
    public async Task LoginAsync(LoginOptions options, CancellationToken cancellationToken)
    {
        var allowance = new Allowance(options.Limit, watch);
        var questions = new List<Marker>();
        bool asksAnyway = options.IsRunning || options.IsWayIn, named = asksAnyway, answered = false;
        int refusals = 0, waits = 0;
        TimeSpan? prompted = null;
        // A board that boots meanwhile is not to be typed at: some serial ports give nothing any more when much came before anybody listened.
        bool mayBoot = options.IsRunning && !IsOwn;
        if (options.IsWayIn)
            outputPath = OutputPath.Channel;
        if (asksAnyway && !mayBoot)
            await SendAsync("\n", cancellationToken);
        while (true)
        {
            if (allowance.Left <= TimeSpan.Zero)
                throw LoginHang(options);
            LoginEvent? seen = await WaitForLoginAsync(questions, named, options, allowance, cancellationToken);
            mayBoot &= seen is null;
            switch (seen?.Kind)
            {
                case LoginEventKind.Answer:
                    TimeSpan shell = prompted ?? sinceStart.Elapsed;
                    await RunAsync("true", options.Limit, cancellationToken);
                    if (options.IsWayIn)
                    {
                        await AwaitBootAsync(options, allowance, cancellationToken);
                        shell = sinceStart.Elapsed;
                    }
                    else
                        await ChooseOutputPathAsync(options.Limit, cancellationToken);
                    BootTime = options.IsRunning ? null : shell;
                    await LearnToAskAsync(cancellationToken);
                    return;
                // What a boot log says of the logins of others refuses none of ours.
                case LoginEventKind.Refusal:
                    if (answered && ++refusals >= MostRefusals)
                        throw new LoginRefusedException(options.User, LastLines);
                    answered = false;
                    break;
                case LoginEventKind.Loop:
                    throw new RebootLoopException(troubles.Starts, (troubles.Panic ?? troubles.Oops)?.Line, LastLines);
                case LoginEventKind.UserPrompt:
                    prompted = sinceStart.Elapsed;
                    named = answered = true;
                    await SendAsync(options.User + "\n", cancellationToken);
                    break;
                case LoginEventKind.PasswordPrompt:
                    answered = true;
                    await SendAsync(options.Password + "\n", cancellationToken);
                    break;
                case LoginEventKind.Activation:
                    named = true;
                    await SendAsync("\n", cancellationToken);
                    break;
                // Of a question that came while the login program discarded its input, only a part with an open quote arrived.
                case LoginEventKind.Continuation:
                    await SendAsync("\u0003", cancellationToken);
                    break;
                case null when mayBoot && !(waits++ is var wait && (buffer.End == 0 ? wait == 2 * WaitsOfSilence : wait % WaitsOfOthers == WaitsOfOthers - 1)):
                    if (waits == WaitsOfSilence && troubles.Starts == 0)
                        await SendAsync("\n", cancellationToken);
                    break;
                // Without a login prompt, what looks like a shell's prompt is worth a question.
                case null when !named && !ShellPrompt().IsMatch(buffer.Slice(buffer.End - 200, buffer.End)):
                    break;
                case LoginEventKind.ShellPrompt or null:
                    var question = Marker.Fresh();
                    questions.Add(question);
                    await SendAsync(TakeOver(question), cancellationToken);
                    break;
            }
        }
    }

    // What is asked while the first program moves file systems about may fail for that alone: for a moment there is no /dev/null to read. A boot that was awaited in vain is checked as it is.
    private async Task AwaitBootAsync(LoginOptions options, Allowance allowance, CancellationToken cancellationToken)
    {
        while (allowance.Left is { Ticks: > 0 } left)
        {
            if (await RunAsync(ShellProgram.Command("await-boot"), left, cancellationToken) is { Succeeded: true } or { ExitCode: AwaitedInVain } or { End: CommandEnd.TimedOut })
                return;
            await Task.Delay(TellAgainAfter, cancellationToken);
        }

        throw Late("end of the boot", options.Limit, "");
    }

    private async Task<LoginEvent?> WaitForLoginAsync(List<Marker> questions, bool named, LoginOptions options, Allowance allowance, CancellationToken cancellationToken)
    {
        try
        {
            TimeSpan patience = options.IsWayIn ? WayInPatience : AskAgainAfter * (1 << Math.Min(questions.Count, 3));
            return await WaitAsync("login prompt or shell", () => FindLogin(questions, named, options.IsWayIn), allowance.Left, cancellationToken, patience);
        }
        catch (MachineException late) when (late is ConsoleSilentException or ConsoleFloodException { IsLate: true } or MachineHangException { IsCertain: false })
        {
            return allowance.Left > TimeSpan.Zero ? null : throw LoginHang(options);
        }
    }

    private MachineException LoginHang(LoginOptions options) => troubles.Starts > 1
        ? new RebootLoopException(troubles.Starts, (troubles.Panic ?? troubles.Oops)?.Line, LastLines)
        : troubles.Oops is { } oops
        ? new KernelOopsException(oops.Line, LastLines)
        // The kernel was to be told to reset its machine, and may not have been: its last word counts when nothing came after it.
        : troubles.PanicEnd is { } end && string.IsNullOrWhiteSpace(buffer.Slice(end.Position, buffer.End))
        ? new KernelPanicException((troubles.Panic ?? end).Line, LastLines)
        : Late($"shell of `{options.User}`", options.Limit, Route is { LeadsElsewhere: true } route ? $"; {route.Story}; {route.Remedy}" : "");

    private LoginEvent? FindLogin(List<Marker> questions, bool named, bool isWayIn)
    {
        foreach (Marker question in questions)
            if (buffer.IndexOf(question.Text, 0) is >= 0 and var answered)
                return Seen(LoginEventKind.Answer, answered + question.Text.Length);

        if (troubles.Starts >= MostStarts)
            return new(LoginEventKind.Loop);
        long end = buffer.End, from = Math.Max(consumed, loginScanned);
        Bounded("login prompt", -1);
        string text = buffer.Slice(from, end);
        loginScanned = Math.Max(from, end - LongestPrompt);
        // Other prompts are those of the console, which nobody types on.
        if (isWayIn)
            return ShellPrompt().Match(text) is { Success: true } first ? Seen(LoginEventKind.ShellPrompt, from + first.Index + first.Length) : null;
        if (named && Refusal().Match(text) is { Success: true } refusal)
            return Seen(LoginEventKind.Refusal, from + refusal.Index + refusal.Length);
        if (LoginPrompt().Match(text) is { Success: true } prompt)
            return Seen(LoginEventKind.UserPrompt, from + prompt.Index + prompt.Length);
        if (named && PasswordPrompt().Match(text) is { Success: true } password)
            return Seen(LoginEventKind.PasswordPrompt, from + password.Index + password.Length);
        if (Activation().Match(text) is { Success: true } activation)
            return Seen(LoginEventKind.Activation, from + activation.Index + activation.Length);
        if (questions.Count > 0 && ContinuationPrompt().Match(text) is { Success: true } continuation)
            return Seen(LoginEventKind.Continuation, from + continuation.Index + continuation.Length);
        if (named && ShellPrompt().Match(text) is { Success: true } shell)
            return Seen(LoginEventKind.ShellPrompt, from + shell.Index + shell.Length);
        return null;
    }

    // Boot messages are long and are looked at once; a prompt may come in pieces.
    private long loginScanned;

    private const int LongestPrompt = 500;

    private LoginEvent Seen(LoginEventKind kind, long position)
    {
        consumed = position;
        return new(kind);
    }

    [GeneratedRegex(@"[Ll]ogin incorrect")]
    private static partial Regex Refusal();

    // Anywhere in the text: a late kernel message may follow the prompt on its line. A name sent for a false prompt does no harm.
    [GeneratedRegex(@"(?<![Ll]ast )\b[Ll]ogin:( |$)")]
    private static partial Regex LoginPrompt();

    [GeneratedRegex(@"[Pp]assword:( |$)")]
    private static partial Regex PasswordPrompt();

    [GeneratedRegex(@"Please press Enter to activate this console")]
    private static partial Regex Activation();

    [GeneratedRegex(@"[#$] (\x1b\[6n)?$")]
    private static partial Regex ShellPrompt();

    // Bash switches bracketed paste on before it.
    [GeneratedRegex(@"(^|\n|\r|\x1b\[\?2004h)> (\x1b\[6n)?$")]
    private static partial Regex ContinuationPrompt();

    private enum LoginEventKind
    {
        Continuation,
        UserPrompt,
        PasswordPrompt,
        Activation,
        ShellPrompt,
        Refusal,
        Loop,
        Answer,
    }

    private sealed record LoginEvent(LoginEventKind Kind);
}
