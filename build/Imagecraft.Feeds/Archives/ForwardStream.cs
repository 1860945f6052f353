// What all streams have in common that are only read, from their beginning to their end. Unaware of content.

namespace Imagecraft.Feeds.Archives;

/// <summary>A stream that can neither be written nor moved in; who derives from it says how bytes are read.</summary>
internal abstract class ForwardStream : Stream
{
    /// <inheritdoc/>
    public abstract override int Read(Span<byte> buffer);

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
