// Stands for a channel beside a fake machine's terminal: a named pipe that the machine writes to.

using System.Diagnostics;

namespace Imagecraft.Qemu.Tests;

/// <summary>What comes out of the pipe. It is opened when the machine does so, because opening waits for the other end.</summary>
internal sealed class FakePort(string path) : Stream
{
    private readonly Task<FileStream> opening = Task.Run(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static void Make(string path)
    {
        using Process make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FileStream pipe = await opening.WaitAsync(cancellationToken);
        while (true)
        {
            // Until somebody keeps it open: a trial opens and closes it.
            int read = await Task.Run(() => pipe.Read(buffer.Span), cancellationToken).WaitAsync(cancellationToken);
            if (read > 0)
                return read;
            await Task.Delay(10, cancellationToken);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Whoever still waits for the other end gets one.
            using (var end = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0))
                opening.Wait();
            opening.Result.Dispose();
        }

        base.Dispose(disposing);
    }
}
