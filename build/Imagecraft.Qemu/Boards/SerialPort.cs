// A serial port of this host as a stream. Unaware of what is connected to it.

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Imagecraft.Qemu.Consoles;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Qemu.Boards;

/// <summary>Opened raw, without handshakes. Reading waits in a thread of the pool for a tenth of a second at most, so closing never waits for the board.</summary>
/// <remarks>Sources: termios(3), ioctl_tty(2), poll(2); stty(1) sets the speed, as its numbers differ by architecture.</remarks>
internal sealed partial class SerialPort : Stream, IMachineWatch
{
    private const int PollMilliseconds = 100;

    // Linux, asm-generic/fcntl.h, the same on x86-64 and arm64.
    private const int ReadWrite = 0x2, NoControllingTerminal = 0x100, NonBlocking = 0x800, CloseOnExec = 0x80000;

    // Linux, asm-generic/ioctls.h: TIOCEXCL keeps others from opening it, TIOCOUTQ counts what waits to be sent.
    private const nuint Exclusive = 0x540C, Waiting = 0x5411;

    private const short Readable = 1, Writable = 4;

    // Linux, asm-generic/errno-base.h.
    private const int TryAgain = 11, Interrupted = 4;

    private readonly SafeFileHandle handle;

    private SerialPort(SafeFileHandle handle) => this.handle = handle;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public TimeSpan Starved => TimeSpan.Zero;

    /// <inheritdoc/>
    public int Unread
    {
        get
        {
            try
            {
                return Ioctl(handle, Waiting, out int bytes) == 0 ? bytes : 0;
            }
            catch (ObjectDisposedException)
            {
                return 0;
            }
        }
    }

    /// <summary>Opens a port.</summary>
    /// <param name="device">Absolute path.</param>
    /// <param name="speed">Bits per second.</param>
    /// <exception cref="MachineStartException">There is none, it is another's, or it does not have that speed.</exception>
    public static SerialPort Open(string device, int speed)
    {
        int descriptor = OpenFile(device, ReadWrite | NoControllingTerminal | NonBlocking | CloseOnExec);
        int error = Marshal.GetLastPInvokeError();
        if (descriptor < 0)
        {
            throw new MachineStartException($"Serial port `{device}` cannot be opened: {new Win32Exception(error).Message}; " + error switch
            {
                2 or 6 or 19 => "is its adapter plugged in? `ls -l /dev/serial/by-id/` shows those of this host",
                13 => "be of its group (`dialout` on Debian: `sudo adduser $USER dialout`, then log in anew)",
                16 => "another program has it; close it (`fuser` names it)",
                _ => "`ls -l /dev/serial/by-id/` shows those of this host",
            });
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            Set(device, speed);
            _ = Ioctl(handle, Exclusive, out _);
            return new(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Task.Run(
        () =>
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!Await(Readable))
                    continue;
                nint read = ReadFile(handle, ref MemoryMarshal.GetReference(buffer.Span), (nuint)buffer.Length);
                if (read > 0)
                    return (int)read;
                // A port that is unplugged gives nothing, or an error, for good.
                if (read == 0 || Marshal.GetLastPInvokeError() is not (TryAgain or Interrupted))
                    return 0;
            }
        }, cancellationToken));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => new(Task.Run(
        () =>
        {
            for (int sent = 0; sent < buffer.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!Await(Writable))
                    continue;
                nint written = WriteFile(handle, in MemoryMarshal.GetReference(buffer.Span[sent..]), (nuint)(buffer.Length - sent));
                if (written > 0)
                    sent += (int)written;
                else if (Marshal.GetLastPInvokeError() is not (TryAgain or Interrupted) and var error)
                    throw new IOException(new Win32Exception(error).Message);
            }
        }, cancellationToken));

    /// <inheritdoc/>
    public Task<string?> TroubleAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task<string?> BusyAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task BreakAsync(CancellationToken cancellationToken) => Task.Run(() => SendBreak(handle, 0), cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            handle.Dispose();
        base.Dispose(disposing);
    }

    // Without `hupcl`, closing the port does not let the board's modem lines fall, which resets some adapters' boards.
    private static void Set(string device, int speed)
    {
        var start = new ProcessStartInfo("stty", ["-F", device, $"{speed}", "raw", "-echo", "-crtscts", "-ixon", "-ixoff", "clocal", "cread", "cs8", "-cstopb", "-parenb", "-hupcl"]) { RedirectStandardError = true };
        using Process stty = Process.Start(start)!;
        string complaint = stty.StandardError.ReadToEnd().Trim();
        stty.WaitForExit();
        if (stty.ExitCode != 0)
            throw new MachineStartException($"`{device}` is no serial port with {speed} bits per second: {complaint}; boards usually have 115200, those with a Rockchip 1500000, and `serial:DEVICE,SPEED` names another");
    }

    private bool Await(short what)
    {
        var awaited = new PollEntry { Descriptor = (int)handle.DangerousGetHandle(), Events = what };
        if (handle.IsClosed)
            throw new IOException("The serial port is closed");
        return Poll(ref awaited, 1, PollMilliseconds) > 0;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeHandle handle, ref byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(SafeHandle handle, in byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "tcsendbreak", SetLastError = true)]
    private static partial int SendBreak(SafeHandle handle, int duration);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeHandle handle, nuint request, out int value);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
