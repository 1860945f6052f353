// The native xz decoder, when one can be loaded. Unaware of archives.

using System.Runtime.InteropServices;

namespace Imagecraft.Feeds.Archives;

/// <summary>Functions of `liblzma.so.5`, bound at run time so that the host need not have it.</summary>
/// <remarks>Source: lzma/base.h and lzma/container.h of XZ Utils 5.4.</remarks>
internal sealed unsafe class Liblzma
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Liblzma?> Loaded = new(StringComparer.Ordinal);

    private Liblzma(nint library)
    {
        StreamDecoder = (delegate* unmanaged<LzmaStream*, ulong, uint, int>)NativeLibrary.GetExport(library, "lzma_stream_decoder");
        Code = (delegate* unmanaged<LzmaStream*, int, int>)NativeLibrary.GetExport(library, "lzma_code");
        End = (delegate* unmanaged<LzmaStream*, void>)NativeLibrary.GetExport(library, "lzma_end");
        // Several threads need version 5.4.
        ThreadedDecoder = NativeLibrary.TryGetExport(library, "lzma_stream_decoder_mt", out var threaded) ? (delegate* unmanaged<LzmaStream*, LzmaThreads*, int>)threaded : null;
    }

    public delegate* unmanaged<LzmaStream*, ulong, uint, int> StreamDecoder { get; }

    public delegate* unmanaged<LzmaStream*, LzmaThreads*, int> ThreadedDecoder { get; }

    public delegate* unmanaged<LzmaStream*, int, int> Code { get; }

    public delegate* unmanaged<LzmaStream*, void> End { get; }

    /// <summary>The library at <paramref name="path"/>, else the host's, else null.</summary>
    public static Liblzma? TryLoad(string? path)
    {
        lock (Gate)
        {
            var key = path ?? "";
            if (Loaded.TryGetValue(key, out var known)) return known;
            return Loaded[key] = (path is not null && NativeLibrary.TryLoad(path, out var library)) || NativeLibrary.TryLoad("liblzma.so.5", out library) ? new Liblzma(library) : null;
        }
    }
}

/// <summary>`lzma_stream`.</summary>
[StructLayout(LayoutKind.Sequential, Size = 136)]
internal unsafe struct LzmaStream
{
    public byte* NextIn;
    public nuint AvailableIn;
    public ulong TotalIn;
    public byte* NextOut;
    public nuint AvailableOut;
    public ulong TotalOut;
}

/// <summary>`lzma_mt`.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct LzmaThreads
{
    [FieldOffset(0)]
    public uint Flags;

    [FieldOffset(4)]
    public uint Threads;

    [FieldOffset(64)]
    public ulong MemoryForThreads;

    [FieldOffset(72)]
    public ulong MemoryToStop;
}
