// Messages with file descriptors over a socket. Unaware of what they ask for.

using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.VfioUser;

/// <summary>A message as it came.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Content">What follows.</param>
/// <param name="Files">Descriptors that came along; whoever keeps one takes it out of the list, the others are closed.</param>
internal sealed record Message(MessageHeader Header, byte[] Content, List<SafeFileHandle> Files) : IDisposable
{
    public void Dispose()
    {
        foreach (var file in Files)
            file.Dispose();
    }
}

/// <summary>One client. Reading is for one thread, writing for one.</summary>
internal sealed unsafe class Connection(Socket socket) : IDisposable
{
    /// <summary>Longer messages are nobody's: data come in pieces of a mebibyte at most.</summary>
    private const int MostBytes = (1 << 20) + 4096;

    private const int MostFiles = 16;

    /// <summary>The next message; null at the end.</summary>
    /// <exception cref="ProtocolException">What came is no message.</exception>
    public Message? Read()
    {
        var files = new List<SafeFileHandle>();
        try
        {
            var head = new byte[MessageHeader.Bytes];
            if (!Fill(head, files))
                return null;
            var header = MemoryMarshal.Read<MessageHeader>(head);
            if (header.Size is < MessageHeader.Bytes or > MostBytes)
                throw new ProtocolException($"A message says that it has {header.Size} bytes; {MessageHeader.Bytes} to {MostBytes} are possible");
            var content = new byte[header.Size - MessageHeader.Bytes];
            if (!Fill(content, files))
                return null;
            var message = new Message(header, content, files);
            files = [];
            return message;
        }
        finally
        {
            foreach (var file in files)
                file.Dispose();
        }
    }

    /// <summary>Sends a reply.</summary>
    public void Reply(MessageHeader to, ReadOnlySpan<byte> content, Errno error = Errno.None)
    {
        var bytes = new byte[MessageHeader.Bytes + content.Length];
        MemoryMarshal.Write(bytes, new MessageHeader(to.Id, to.Command, (uint)bytes.Length, MessageHeader.Reply | (error == Errno.None ? 0 : MessageHeader.IsError), (uint)error));
        content.CopyTo(bytes.AsSpan(MessageHeader.Bytes));
        fixed (byte* start = bytes)
            for (var sent = 0; sent < bytes.Length;)
            {
                var count = Native.Send(socket.SafeHandle, start + sent, (nuint)(bytes.Length - sent), Native.NoSignal);
                if (count < 0 && Marshal.GetLastPInvokeError() != Native.Interrupted)
                    throw new ProtocolException($"A reply cannot be sent: {Marshal.GetLastPInvokeErrorMessage()}");
                sent += (int)Math.Max(count, 0);
            }
    }

    public void Dispose() => socket.Dispose();

    private bool Fill(byte[] bytes, List<SafeFileHandle> files)
    {
        for (var filled = 0; filled < bytes.Length;)
        {
            var count = Some(bytes.AsSpan(filled), files);
            if (count == 0)
                return false;
            filled += count;
        }

        return true;
    }

    private int Some(Span<byte> bytes, List<SafeFileHandle> files)
    {
        var control = stackalloc byte[sizeof(Native.ControlHeader) + (MostFiles * sizeof(int))];
        fixed (byte* start = bytes)
        {
            var vector = new Native.Vector { Start = start, Length = (nuint)bytes.Length };
            var message = new Native.Message { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = (nuint)(sizeof(Native.ControlHeader) + (MostFiles * sizeof(int))) };
            nint count;
            while ((count = Native.Receive(socket.SafeHandle, &message, Native.CloseOnExec)) < 0)
                if (Marshal.GetLastPInvokeError() != Native.Interrupted)
                    return 0;
            Take(message, control, files);
            return (message.Flags & Native.TruncatedControl) == 0 && files.Count <= MostFiles ? (int)count : throw new ProtocolException($"A message has more than {MostFiles} file descriptors");
        }
    }

    // One header at most: this socket carries descriptors only.
    private static void Take(in Native.Message message, byte* control, List<SafeFileHandle> files)
    {
        if (message.ControlLength < (nuint)sizeof(Native.ControlHeader))
            return;
        var header = (Native.ControlHeader*)control;
        if (header->Level != Native.SocketLevel || header->Kind != Native.Rights)
            return;
        var numbers = (int*)(control + sizeof(Native.ControlHeader));
        for (var i = 0; i < ((int)header->Length - sizeof(Native.ControlHeader)) / sizeof(int); i++)
            files.Add(new(numbers[i], ownsHandle: true));
    }
}

/// <summary>A client that does not speak the protocol; its connection ends.</summary>
public sealed class ProtocolException(string message) : Exception(message);
