// A part of a stream as a stream. Unaware of what it holds.

namespace Imagecraft.Images.Archives;

/// <summary>Reads <paramref name="length"/> bytes of <paramref name="inner"/> from <paramref name="offset"/> on, and disposes it.</summary>
internal sealed class SubStream(Stream inner, long offset, long length) : Stream
{
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int start, int count)
    {
        inner.Position = offset + position;
        int read = inner.Read(buffer, start, (int)Math.Min(count, length - position));
        position += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long target, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int start, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
