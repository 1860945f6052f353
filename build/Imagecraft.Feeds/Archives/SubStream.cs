// A window onto a seekable stream. Unaware of the content.

namespace Imagecraft.Feeds.Archives;

/// <summary>Reads only the bytes from <c>start</c> of <c>length</c>; does not own the stream beneath.</summary>
internal sealed class SubStream(Stream source, long start, long length) : Stream
{
    private long position;

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, length - position);
        if (wanted <= 0) return 0;
        source.Position = start + position;
        var count = source.Read(buffer[..wanted]);
        position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => position; set => position = value; }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => length + offset,
    };

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
