// The terminal given to a program that speaks a protocol on it, and its other end to whoever speaks that here. Unaware of the protocol.

using System.Text;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    private const int NoTerminal = 69;

    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(1), FarewellLimit = TimeSpan.FromSeconds(30);

    // Takes the line's bytes while a command has the terminal; null: the shell has it.
    private volatile Relay? relay;

    /// <summary>Runs a shell command whose standard input and output are bytes as they are, and joins them with a stream.</summary>
    /// <param name="command">A simple command, whose complaints have to go elsewhere. A kernel that prints on the line gets into what is read of it.</param>
    /// <param name="peer">Who speaks with the program. Its end does not end the program.</param>
    /// <param name="farewell">Sent when <paramref name="peer"/> has ended and the program has not within a second.</param>
    /// <param name="limit">For the program to begin.</param>
    /// <param name="cancellationToken">Ends it by <paramref name="farewell"/>.</param>
    /// <returns>The program's exit code.</returns>
    /// <exception cref="MachineException">The machine died, its terminal cannot be set, or the program does not end.</exception>
    public async Task<int> RelayAsync(string command, Stream peer, ReadOnlyMemory<byte> farewell, TimeSpan limit, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            Marker begin = Marker.Fresh(), end = Marker.Fresh();
            var own = new Relay(begin.Text, end.Text, peer);
            relay = own;
            // The subshell has the terminal, whose descriptor for output (4) may be for that alone; what stops it is typed by nobody, as the keys are bytes too.
            await SendAsync($"ic_t=$(stty -g <&4) && stty raw -echo <&4 || ic_t=; printf '%s%s' {begin.Arguments} >&4; if [ \"$ic_t\" ]; then ( {command} ) >&4 4>&- 5>&- 6>&-; ic_s=$?; stty \"$ic_t\" <&4; else ic_s={NoTerminal}; fi; printf '%s%s %d.' {end.Arguments} $ic_s >&4\n", cancellationToken);
            await EndedAsync(own.Begun, limit, "program at the line's other end");
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bool said = false;
            Task pumping = SendFromAsync(peer, stop.Token);
            if (await Task.WhenAny(own.Ended, pumping, reading) == pumping && await Task.WhenAny(own.Ended, reading, Task.Delay(Parting, CancellationToken.None)) != own.Ended && !reading.IsCompleted)
            {
                await SendBytesAsync(farewell, CancellationToken.None);
                said = true;
            }

            int code = await EndedAsync(own.Ended, FarewellLimit, "end of the program at the line's other end");
            // Had it ended just before, the shell has its farewell, as half a line.
            if (said)
                await SendAsync("\n", cancellationToken);
            await stop.CancelAsync();
            consumed = buffer.End;
            return code == NoTerminal ? throw new MachineStartException("The terminal of the machine's shell cannot be set to pass bytes as they are: it needs `stty`") : code;
        }
        finally
        {
            relay = null;
            turn.Release();
        }
    }

    private async Task<T> EndedAsync<T>(Task<T> task, TimeSpan limit, string awaited)
    {
        if (await Task.WhenAny(task, reading, Task.Delay(limit)) == task)
            return await task;
        throw reading.IsCompleted ? await EndFailureAsync(awaited, consumed) : new MachineHangException(awaited, limit, LastLines);
    }

    private async Task SendFromAsync(Stream peer, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[4096];
        try
        {
            for (int read; (read = await peer.ReadAsync(bytes, cancellationToken)) > 0;)
                await SendBytesAsync(bytes.AsMemory(0, read), cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The same as its end.
        }
    }

    private async Task SendBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        for (int start = 0; start < bytes.Length; start += PieceSent)
            await output.WriteAsync(bytes.Slice(start, Math.Min(PieceSent, bytes.Length - start)), cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    // What comes from the line: before the one marker the shell's, up to the other one the program's.
    private sealed class Relay(string begin, string end, Stream peer)
    {
        private const int LongestCode = 6;

        private readonly TaskCompletionSource<bool> begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string kept = "";
        private bool peerIsGone;

        public Task<bool> Begun => begun.Task;

        public Task<int> Ended => ended.Task;

        public async Task TakeAsync(byte[] bytes, CancellationToken cancellationToken)
        {
            kept += Encoding.Latin1.GetString(bytes);
            if (!Begun.IsCompleted)
            {
                if (kept.IndexOf(begin, StringComparison.Ordinal) is not (>= 0 and var at))
                    return;
                kept = kept[(at + begin.Length)..];
                begun.SetResult(true);
            }

            int last = kept.IndexOf(end, StringComparison.Ordinal);
            // The marker may still be on its way.
            int passed = last >= 0 ? last : Math.Max(0, kept.Length - Unfinished());
            await PassAsync(kept[..passed], cancellationToken);
            kept = kept[passed..];
            if (last >= 0 && kept.Length > end.Length && ExitCodeIn(kept[end.Length..Math.Min(kept.Length, end.Length + LongestCode)]) is { } code)
                ended.TrySetResult(code);
        }

        private int Unfinished()
        {
            for (int length = Math.Min(end.Length - 1, kept.Length); length > 0; length--)
                if (kept.EndsWith(end[..length], StringComparison.Ordinal))
                    return length;
            return 0;
        }

        private async Task PassAsync(string text, CancellationToken cancellationToken)
        {
            if (text.Length == 0 || peerIsGone)
                return;
            try
            {
                await peer.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
                await peer.FlushAsync(cancellationToken);
            }
            catch (IOException)
            {
                peerIsGone = true;
            }
        }
    }
}
