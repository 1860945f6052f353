// ByteStream's messages as streams. Unaware of which blob it is.

using Google.Protobuf;
using Grpc.Core;
using Imagecraft.Remote.Bytes;

namespace Imagecraft.Remote;

/// <summary>What a server sends of a blob.</summary>
sealed class ReadStream(IAsyncStreamReader<ReadResponse> source, Patience patience) : ForwardStream
{
    ReadOnlyMemory<byte> rest;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (rest.IsEmpty)
        {
            if (!await source.MoveNext(patience.Token))
                return 0;
            patience.Renew();
            rest = source.Current.Data.Memory;
        }

        var count = Math.Min(buffer.Length, rest.Length);
        rest[..count].CopyTo(buffer);
        rest = rest[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
}

/// <summary>What a server is sent of a blob.</summary>
sealed class WriteStream(IClientStreamWriter<WriteRequest> destination, string name, Patience patience) : ForwardStream
{
    const int ChunkBytes = 256 << 10;
    readonly byte[] chunk = new byte[ChunkBytes];
    int filled;
    long sent;

    public override bool CanWrite => true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (filled == chunk.Length)
                await SendAsync(finish: false);
            var count = Math.Min(buffer.Length, chunk.Length - filled);
            buffer[..count].CopyTo(chunk.AsMemory(filled));
            filled += count;
            buffer = buffer[count..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <summary>Sends the rest and says that it is all.</summary>
    public Task FinishAsync() => SendAsync(finish: true);

    async Task SendAsync(bool finish)
    {
        var request = new WriteRequest { WriteOffset = sent, FinishWrite = finish, Data = ByteString.CopyFrom(chunk, 0, filled) };
        if (sent == 0)
            request.ResourceName = name;
        await destination.WriteAsync(request, patience.Token);
        patience.Renew();
        sent += filled;
        filled = 0;
    }
}

/// <summary>A stream in one direction, without position.</summary>
abstract class ForwardStream : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
