// A stream that decodes xz with the native library. Unaware of what the bytes mean.

namespace Imagecraft.Feeds.Archives;

/// <summary>Read-only stream of the decoded bytes.</summary>
internal sealed unsafe class XzStream : ForwardStream
{
    private const uint Concatenated = 8;
    private const int Finish = 3;
    private const int Ok = 0;
    private const int StreamEnd = 1;

    private readonly Stream source;
    private readonly Liblzma library;
    private readonly LzmaStream* state;
    private readonly byte[] input = GC.AllocateUninitializedArray<byte>(256 * 1024, pinned: true);
    private bool sourceEnded;
    private bool ended;
    private bool disposed;

    public XzStream(Stream source, Liblzma library, int threads)
    {
        this.source = source;
        this.library = library;
        state = (LzmaStream*)System.Runtime.InteropServices.NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream));
        var options = new LzmaThreads { Flags = Concatenated, Threads = (uint)threads, MemoryForThreads = Decompression.MemoryLimit, MemoryToStop = Decompression.MemoryLimit };
        var result = threads > 1 && library.ThreadedDecoder is not null
            ? library.ThreadedDecoder(state, &options)
            : library.StreamDecoder(state, Decompression.MemoryLimit, Concatenated);
        if (result != Ok) throw new InvalidDataException($"the xz decoder could not start (error {result})");
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (ended || buffer.Length == 0) return 0;
        fixed (byte* output = buffer, data = input)
        {
            state->NextOut = output;
            state->AvailableOut = (nuint)buffer.Length;
            while (state->AvailableOut == (nuint)buffer.Length)
            {
                if (state->AvailableIn == 0 && !sourceEnded)
                {
                    var count = source.Read(input);
                    sourceEnded = count == 0;
                    state->NextIn = data;
                    state->AvailableIn = (nuint)count;
                }
                var result = library.Code(state, sourceEnded ? Finish : 0);
                if (result == StreamEnd)
                {
                    ended = true;
                    break;
                }
                if (result != Ok) throw new InvalidDataException(Explain(result));
            }
            return buffer.Length - (int)state->AvailableOut;
        }
    }

    private static string Explain(int result) => result switch
    {
        6 => $"the xz data asks for more than {Decompression.MemoryLimit >> 20} MiB of memory; compress it with a smaller window, such as that of `xz -9`",
        7 => "the data is not in the xz format",
        8 => "the xz data asks for unknown features",
        9 => "the xz data is damaged",
        10 => "the xz data is truncated",
        5 => "memory is too small for the xz data",
        _ => $"the xz decoder failed (error {result})",
    };

    protected override void Dispose(bool disposing)
    {
        if (!disposed)
        {
            disposed = true;
            library.End(state);
            System.Runtime.InteropServices.NativeMemory.Free(state);
            if (disposing) source.Dispose();
        }
        base.Dispose(disposing);
    }
}
