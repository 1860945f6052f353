// A stream that somebody minds the end of. Unaware of what comes out of it.

namespace Imagecraft.Qemu.Boards;

/// <summary>Reads another stream.</summary>
/// <param name="inner">Closed with this one.</param>
/// <param name="closed">Called once, when it is closed.</param>
internal sealed class ClosingStream(Stream inner, Action closed) : Stream
{
    private bool isClosed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !isClosed)
        {
            isClosed = true;
            closed();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
