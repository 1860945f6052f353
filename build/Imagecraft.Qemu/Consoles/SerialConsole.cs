// A serial console: reading, waiting for events, sending lines. Unaware of QEMU and of shells.

using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Consoles;

/// <summary>The console of a machine. It waits for events; a limit of time ends waiting and decides nothing else.</summary>
/// <remarks>Split by aspect: waiting here; reading, login, commands, the way of their outputs, files and liveness in files of their own.</remarks>
public sealed partial class SerialConsole : IAsyncDisposable
{
    // How long a console is silent after the kernel's last words before the machine counts as dead: with `panic=-1` it
    // ends by itself long before, and this only serves machines that stop instead.
    private static readonly TimeSpan SilenceAfterTheEnd = TimeSpan.FromSeconds(3);

    // Nobody answers a machine that takes nothing for so long: a terminal empties its buffer in milliseconds.
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(8);

    // A boot with all its messages has less.
    private const int LeastFlood = 1 << 20;

    private const int LongestMatch = 4096;

    private const int PieceSent = 512;

    private readonly Stream input;
    private readonly Stream output;
    private readonly CommandChannel? channel;
    private readonly Func<Task<string>> describeEnd;
    private readonly IMachineWatch? watch;
    private readonly ConsoleBuffer buffer = new();
    private readonly TroubleWatch troubles = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Stopwatch sinceStart = Stopwatch.StartNew();
    private readonly Task reading;

    /// <summary>Starts reading.</summary>
    /// <param name="input">What the machine prints.</param>
    /// <param name="output">What the machine reads; may be the same stream.</param>
    /// <param name="log">Gets everything that is read, best without a buffer of its own; null: nothing is kept. Disposed with the console.</param>
    /// <param name="describeEnd">Says how the machine ended, e.g. <c>QEMU ended with exit code 1</c>; called after the end of <paramref name="input"/>.</param>
    /// <param name="watch">Examines the machine when the console is silent; null: only limits end waiting.</param>
    /// <param name="channel">A channel for what commands print; null: the machine has none.</param>
    public SerialConsole(Stream input, Stream output, Stream? log, Func<Task<string>> describeEnd, IMachineWatch? watch = null, CommandChannel? channel = null)
    {
        this.input = input;
        this.output = output;
        this.channel = channel;
        this.log = log;
        this.describeEnd = describeEnd;
        this.watch = watch;
        lines = new(Show, TakeLine);
        reading = Task.Run(ReadAsync);
    }

    /// <summary>Who should have been heard when not one byte comes, for <see cref="ConsoleSilentException"/>; null: nobody knows.</summary>
    public ConsoleRoute? Route { get; init; }

    /// <summary>Nobody but the shell writes to the line, not even the kernel: a terminal over SSH.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Where keys for the kernel are typed; null: on the line that commands are typed on.</summary>
    public Stream? Keyboard { get; init; }

    /// <summary>What else ends a command that Control-C does not end; empty where that key means something to a program on the way.</summary>
    public bool HasQuitKey { get; init; } = true;

    /// <summary>A kernel that panics resets the machine by itself, which ends it.</summary>
    public bool ResetsAfterPanic { get; init; }

    /// <summary>The last lines on the console, for messages.</summary>
    public string LastLines => troubles.Tail();

    /// <summary>Waits until <paramref name="text"/> appears after everything that was awaited before.</summary>
    /// <exception cref="MachineException">It does not come.</exception>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public Task WaitForTextAsync(string text, TimeSpan limit, CancellationToken cancellationToken) =>
        WaitAsync($"text `{text}`", () => Bounded($"text `{text}`", buffer.IndexOf(text, consumed)) is >= 0 and var found ? Consume(found + text.Length) : null, limit, cancellationToken);

    /// <summary>Waits until what came after everything that was awaited before matches.</summary>
    /// <param name="pattern">Sees the text as it comes, so a line may be incomplete; a match spans at most 4,096 characters.</param>
    /// <param name="limit">Ends waiting.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The match. What follows it on the console is still to be awaited.</returns>
    /// <exception cref="MachineException">It does not come.</exception>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public async Task<Match> WaitForPatternAsync(Regex pattern, TimeSpan limit, CancellationToken cancellationToken)
    {
        string awaited = $"pattern `{pattern}`";
        long seen = consumed;
        return (await WaitAsync(awaited, Find, limit, cancellationToken))!;

        Match? Find()
        {
            long from = Math.Max(consumed, seen - LongestMatch);
            string text = buffer.Slice(from, seen = buffer.End);
            Match match = pattern.Match(text);
            if (!match.Success)
                return Bounded(awaited, -1) < 0 ? null : match;
            consumed = from + match.Index + match.Length;
            return match;
        }
    }

    /// <summary>Sends bytes as they are.</summary>
    /// <exception cref="MachineException">The machine has ended.</exception>
    public async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            Volatile.Write(ref lastSign, Stopwatch.GetTimestamp());
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limited.CancelAfter(SendLimit);
            // In small pieces, so that `IMachineWatch.Unread` shows progress.
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            for (int start = 0; start < bytes.Length; start += PieceSent)
                await output.WriteAsync(bytes.AsMemory(start, Math.Min(PieceSent, bytes.Length - start)), limited.Token);
            await output.FlushAsync(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SerialBufferFullException(SendLimit, LastLines);
        }
        catch (IOException)
        {
            // The other end is gone; the reader sees its end too, with the reason.
            await WaitForEndAsync(TimeSpan.FromSeconds(10), cancellationToken);
            throw await EndFailureAsync("a line to be read", consumed);
        }
    }

    /// <summary>Waits until the machine prints nothing more because it has ended.</summary>
    /// <exception cref="MachineHangException">It goes on.</exception>
    /// <exception cref="KernelPanicException">It ended by a panic.</exception>
    public async Task WaitForEndAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await Task.WhenAny(reading, Task.Delay(limit, cancellationToken)) == reading)
        {
            if (troubles.PanicEnd is { } end && end.Position > consumed)
                throw new KernelPanicException((troubles.Panic ?? end).Line, LastLines);
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new MachineHangException("end of the machine", limit, LastLines);
    }

    /// <summary>Stops reading and closes the streams.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await input.DisposeAsync();
        await output.DisposeAsync();
        if (channel is not null)
            await channel.Stream.DisposeAsync();
        await reading;
        if (log is not null)
            await log.DisposeAsync();
        closing.Dispose();
    }

    // Everything before this position has been awaited and used.
    private long consumed;

    // Last words before this position were none, as the machine answered afterwards.
    private long disproved;

    private SerialConsole Consume(long position)
    {
        consumed = position;
        return this;
    }

    // Looks at each change until `find` gives something. After `patience`, when it is given, the waiting ends with null.
    private async Task<T?> WaitAsync<T>(string awaited, Func<T?> find, TimeSpan limit, CancellationToken cancellationToken, TimeSpan? patience = null)
        where T : class
    {
        long from = consumed;
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            bool ended = buffer.IsCompleted;
            Task changed = buffer.Changed;
            if (find() is { } found)
                return found;
            if (logFailure is not null)
                throw logFailure;
            if (ended)
                throw await EndFailureAsync(awaited, from);

            bool panicked = troubles.PanicEnd is { } end && end.Position > from;
            Trouble? stop = troubles.Stop is { } word && word.Position > from ? word : null;
            // Nothing is over for a machine that has answered, or started anew, since.
            bool over = (panicked || stop is not null) && Math.Max(troubles.PanicEnd?.Position ?? 0, troubles.Stop?.Position ?? 0) > Math.Max(disproved, troubles.Start?.Position ?? 0);
            bool patient = patience is { } most && most < limit;
            TimeSpan left = (patient ? patience!.Value : limit) - Stopwatch.GetElapsedTime(started);
            TimeSpan wait = over ? SilenceAfterTheEnd : left;
            TimeSpan quiet = watch is null || over ? wait : UntilExamination;
            if (left > TimeSpan.Zero && await ChangedWithinAsync(changed, quiet < wait ? quiet : wait, cancellationToken))
                continue;
            if (quiet < wait && left > TimeSpan.Zero)
            {
                await ExamineAsync(awaited, cancellationToken);
                continue;
            }

            if (over && left > TimeSpan.Zero && await IsAliveAsync(cancellationToken))
            {
                disproved = buffer.End;
                continue;
            }

            // The machine would have ended by itself: what looked like a panic may have been saved long before.
            if (panicked && over && ResetsAfterPanic && left > TimeSpan.Zero)
                continue;
            if (panicked && over && ResetsAfterPanic && patient)
                return null;
            if (panicked && over)
                throw new KernelPanicException((troubles.Panic ?? troubles.PanicEnd!).Line, LastLines);
            if (stop is not null && over)
                throw new MachineHangException(awaited, $"it has stopped with `{stop.Line}`", LastLines);
            if (patient)
                return null;
            throw troubles.Oops is { } oops && oops.Position > from
                ? new KernelOopsException(oops.Line, LastLines)
                : Late(awaited, limit);
        }
    }

    // So much without what is awaited is a flood, also where a slow host does not get as far as the bound below.
    private static bool IsLate(MachineException failure) => failure is MachineHangException { IsCertain: false } or ConsoleFloodException { IsLate: true };

    private MachineException Late(string awaited, TimeSpan limit, string remark = "") => buffer.End == 0
        ? new ConsoleSilentException(limit, Route)
        : buffer.End - consumed > LeastFlood
        ? new ConsoleFloodException(awaited, buffer.End - consumed, LastLines, isLate: true)
        : new MachineHangException(awaited, limit, LastLines, remark);

    // A flood must not fill the host's memory.
    private long Bounded(string awaited, long found)
    {
        if (found < 0 && buffer.End - consumed > MostOutput)
            throw new ConsoleFloodException(awaited, buffer.End - consumed, LastLines);
        return found;
    }

    private static async Task<bool> ChangedWithinAsync(Task changed, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<MachineException> EndFailureAsync(string awaited, long from)
    {
        if (troubles.Panic is { } panic && panic.Position > from)
            return new KernelPanicException(panic.Line, LastLines);
        if (troubles.Oops is { } oops && oops.Position > from)
            return new KernelOopsException(oops.Line, LastLines);
        return new MachineExitException(awaited, await describeEnd(), LastLines);
    }
}
