// A serial console: reading, waiting for events, sending lines. Unaware of QEMU and of shells.

using System.Diagnostics;
using System.Text;

namespace Imagecraft.Qemu.Consoles;

/// <summary>The console of a machine. It waits for events; a limit of time ends waiting and decides nothing else.</summary>
/// <remarks>Split by aspect: reading and waiting here, login and commands in files of their own.</remarks>
public sealed partial class SerialConsole : IAsyncDisposable
{
    // How long a console is silent after the kernel's last words before the machine counts as dead: with `panic=-1` it
    // ends by itself long before, and this only serves machines that stop instead.
    private static readonly TimeSpan SilenceAfterPanic = TimeSpan.FromSeconds(3);

    private readonly Stream input;
    private readonly Stream output;
    private readonly Stream? log;
    private readonly Func<Task<string>> describeEnd;
    private readonly ConsoleBuffer buffer = new();
    private readonly TroubleWatch troubles = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Stopwatch sinceStart = Stopwatch.StartNew();
    private readonly Task reading;
    private IOException? logFailure;

    /// <summary>Starts reading.</summary>
    /// <param name="input">What the machine prints.</param>
    /// <param name="output">What the machine reads; may be the same stream.</param>
    /// <param name="log">Gets everything that is read, best without a buffer of its own; null: nothing is kept. Disposed with the console.</param>
    /// <param name="describeEnd">Says how the machine ended, e.g. <c>QEMU ended with exit code 1</c>; called after the end of <paramref name="input"/>.</param>
    public SerialConsole(Stream input, Stream output, Stream? log, Func<Task<string>> describeEnd)
    {
        this.input = input;
        this.output = output;
        this.log = log;
        this.describeEnd = describeEnd;
        reading = Task.Run(ReadAsync);
    }

    /// <summary>The last lines on the console, for messages.</summary>
    public string LastLines => troubles.Tail();

    /// <summary>Waits until <paramref name="text"/> appears after everything that was awaited before.</summary>
    /// <exception cref="MachineException">It does not come.</exception>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public Task WaitForTextAsync(string text, TimeSpan limit, CancellationToken cancellationToken) =>
        WaitAsync($"text `{text}`", () => buffer.IndexOf(text, consumed) is >= 0 and var found ? Consume(found + text.Length) : null, limit, cancellationToken);

    /// <summary>Sends bytes as they are.</summary>
    /// <exception cref="MachineException">The machine has ended.</exception>
    public async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
            await output.FlushAsync(cancellationToken);
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
    public async Task WaitForEndAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await Task.WhenAny(reading, Task.Delay(limit, cancellationToken)) == reading)
            return;
        cancellationToken.ThrowIfCancellationRequested();
        throw new MachineHangException("end of the machine", limit, LastLines);
    }

    /// <summary>Stops reading and closes the streams.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await input.DisposeAsync();
        await output.DisposeAsync();
        await reading;
        if (log is not null)
            await log.DisposeAsync();
        closing.Dispose();
    }

    // Everything before this position has been awaited and used.
    private long consumed;

    private SerialConsole Consume(long position)
    {
        consumed = position;
        return this;
    }

    private async Task ReadAsync()
    {
        byte[] bytes = new byte[32 * 1024];
        char[] characters = new char[bytes.Length + 4];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        try
        {
            for (int read; (read = await input.ReadAsync(bytes, closing.Token)) > 0;)
            {
                await LogAsync(bytes.AsMemory(0, read));
                int count = decoder.GetChars(bytes.AsSpan(0, read), characters, flush: false);
                troubles.Feed(characters.AsSpan(0, count));
                buffer.Append(characters.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A reset connection is the end of the machine as much as a closed one.
        }
        finally
        {
            buffer.Complete();
        }
    }

    // A log that cannot be written (a full disk) must not look like the machine's end.
    private async Task LogAsync(ReadOnlyMemory<byte> bytes)
    {
        if (log is null || logFailure is not null)
            return;
        try
        {
            await log.WriteAsync(bytes, closing.Token);
            await log.FlushAsync(closing.Token);
        }
        catch (IOException exception)
        {
            logFailure = new IOException($"Log of the console cannot be written: {exception.Message}", exception);
        }
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
            bool patient = patience is { } most && most < limit;
            TimeSpan left = (patient ? patience!.Value : limit) - Stopwatch.GetElapsedTime(started);
            TimeSpan wait = panicked ? SilenceAfterPanic : left;
            if (left > TimeSpan.Zero && await ChangedWithinAsync(changed, wait, cancellationToken))
                continue;
            if (panicked)
                throw new KernelPanicException((troubles.Panic ?? troubles.PanicEnd!).Line, LastLines);
            if (patient)
                return null;
            throw troubles.Oops is { } oops && oops.Position > from
                ? new KernelOopsException(oops.Line, LastLines)
                : new MachineHangException(awaited, limit, LastLines);
        }
    }

    private static async Task<bool> ChangedWithinAsync(Task changed, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(limit, cancellationToken);
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
