// Reads what the machine says on its serial line and on the channel for commands, in the order in which it comes. Unaware of who waits for it.

using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    // After so long an unfinished line is shown: a prompt does not end.
    private static readonly TimeSpan UnfinishedLimit = TimeSpan.FromMilliseconds(100);

    private readonly Stream? log;
    private IOException? logFailure;

    // What commands print and nobody else, a character for each byte.
    private readonly ConsoleBuffer outputs = new();

    private readonly OutputLines lines;
    private readonly Decoder serialText = Encoding.UTF8.GetDecoder();
    private readonly Decoder outputText = Encoding.UTF8.GetDecoder();

    // Of the piece at hand: what is shown, and what of it commands printed.
    private readonly StringBuilder shown = new();
    private readonly StringBuilder printed = new();

    private async Task ReadAsync()
    {
        var pieces = Channel.CreateBounded<Piece>(16);
        Task pumps = PumpAsync(pieces.Writer);
        try
        {
            while (await MoreAsync(pieces.Reader))
                while (pieces.Reader.TryRead(out Piece? piece))
                    await TakeAsync(piece);
        }
        catch (OperationCanceledException)
        {
            // The console is disposed.
        }
        finally
        {
            buffer.Complete();
            await pumps;
        }
    }

    // The serial line's end is the machine's; what it has left in the channel comes at once.
    private async Task PumpAsync(ChannelWriter<Piece> pieces)
    {
        Task own = channel is null ? Task.CompletedTask : PumpAsync(channel.Stream, ofCommands: true, pieces);
        await PumpAsync(input, ofCommands: false, pieces);
        await Task.WhenAny(own, Task.Delay(TimeSpan.FromSeconds(1)));
        pieces.TryComplete();
    }

    // A reset connection is the end of the machine as much as a closed one.
    private async Task PumpAsync(Stream stream, bool ofCommands, ChannelWriter<Piece> pieces)
    {
        byte[] bytes = new byte[32 * 1024];
        try
        {
            for (int read; (read = await stream.ReadAsync(bytes, closing.Token)) > 0;)
                await pieces.WriteAsync(new(bytes[..read], ofCommands), closing.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or ChannelClosedException)
        {
        }
    }

    private async Task<bool> MoreAsync(ChannelReader<Piece> pieces)
    {
        Task<bool> more = pieces.WaitToReadAsync(closing.Token).AsTask();
        if (outputPath == OutputPath.Encoded && await Task.WhenAny(more, Task.Delay(UnfinishedLimit)) != more)
        {
            lines.Release();
            await PublishAsync(Encoding.UTF8.GetBytes(shown.ToString()));
        }

        return await more;
    }

    private async Task TakeAsync(Piece piece)
    {
        Volatile.Write(ref lastSign, Stopwatch.GetTimestamp());
        if (!piece.OfCommands && relay is { Ended.IsCompleted: false } program)
        {
            await program.TakeAsync(piece.Bytes, closing.Token);
            return;
        }

        char[] text = new char[piece.Bytes.Length + 4];
        int count = (piece.OfCommands ? outputText : serialText).GetChars(piece.Bytes, text, flush: false);
        if (piece.OfCommands)
        {
            printed.Append(Encoding.Latin1.GetString(piece.Bytes));
            ShowOutput(text.AsSpan(0, count));
        }
        else if (outputPath == OutputPath.Encoded)
        {
            lines.Feed(text.AsSpan(0, count));
            await PublishAsync(Encoding.UTF8.GetBytes(shown.ToString()));
            return;
        }
        else
        {
            if (outputPath is OutputPath.Plain or OutputPath.Own)
                printed.Append(Encoding.Latin1.GetString(piece.Bytes));
            if (IsOwn)
                ShowOutput(text.AsSpan(0, count));
            else
                Show(text.AsSpan(0, count));
        }

        await PublishAsync(piece.Bytes);
    }

    private void Show(string text) => Show(text.AsSpan());

    private void Show(ReadOnlySpan<char> text)
    {
        troubles.Feed(text, buffer.End + shown.Length);
        shown.Append(text);
    }

    private void ShowOutput(ReadOnlySpan<char> text)
    {
        troubles.FeedOutput(text);
        shown.Append(text);
    }

    // The log comes first, so that whoever has awaited something finds it there.
    private async Task PublishAsync(ReadOnlyMemory<byte> logged)
    {
        await LogAsync(logged);
        outputs.Append(printed.ToString());
        buffer.Append(shown.ToString());
        printed.Clear();
        shown.Clear();
    }

    // A log that cannot be written (a full disk) must not look like the machine's end.
    private async Task LogAsync(ReadOnlyMemory<byte> bytes)
    {
        if (log is null || logFailure is not null || bytes.IsEmpty)
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

    private sealed record Piece(byte[] Bytes, bool OfCommands);
}
