// Streams a file through SHA-256, into another file when wanted. Unaware of the store.

using System.Buffers;
using System.Security.Cryptography;
using Imagecraft.Engine.Content;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Files;

internal static class Hashing
{
    private const int BlockSize = 1 << 18;

    /// <summary>The digest of a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static Digest OfFile(string path, CancellationToken cancellationToken)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Hash(handle, cancellationToken);
    }

    /// <summary>The digest of an open file, read from its start.</summary>
    internal static Digest Hash(SafeFileHandle source, CancellationToken cancellationToken = default) =>
        Stream(source, static (_, _) => { }, cancellationToken);

    /// <summary>The digest of an open file whose bytes go to <paramref name="destination"/> as they are hashed. Holes stay holes, and zeros that are written stay written: for who makes a map of a disk by the holes of its file, the two differ.</summary>
    internal static Digest HashAndCopy(SafeFileHandle source, SafeFileHandle destination, CancellationToken cancellationToken)
    {
        var end = 0L;
        var digest = Stream(source, Write, cancellationToken);
        if (end < digest.SizeBytes)
            RandomAccess.SetLength(destination, digest.SizeBytes);
        return digest;

        void Write(ReadOnlySpan<byte> block, long offset)
        {
            // 4 KiB is the unit in which file systems keep holes.
            while (block.Length > 0)
            {
                var zeros = ZeroRun(block);
                var length = zeros == 0 ? DataRun(block) : (int)Math.Min(zeros, Posix.NextData(source, offset) - offset);
                var isHole = zeros > 0 && length > 0;
                if (zeros > 0 && length == 0)
                    length = (int)Math.Min(zeros, Posix.NextHole(source, offset) - offset);
                if (!isHole)
                {
                    RandomAccess.Write(destination, block[..length], offset);
                    end = offset + length;
                }

                offset += length;
                block = block[length..];
            }
        }
    }

    private static int ZeroRun(ReadOnlySpan<byte> block)
    {
        var length = 0;
        while (length < block.Length && IsZero(block, length))
            length = Math.Min(length + 4096, block.Length);
        return length;
    }

    private static int DataRun(ReadOnlySpan<byte> block)
    {
        var length = 0;
        while (length < block.Length && !IsZero(block, length))
            length = Math.Min(length + 4096, block.Length);
        return length;
    }

    private static bool IsZero(ReadOnlySpan<byte> block, int start) =>
        !block[start..Math.Min(start + 4096, block.Length)].ContainsAnyExcept((byte)0);

    private static Digest Stream(SafeFileHandle source, Action<ReadOnlySpan<byte>, long> sink, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var offset = 0L;
            var count = RandomAccess.Read(source, buffer.AsSpan(0, BlockSize), 0);
            if (count < BlockSize && RandomAccess.GetLength(source) == count)
            {
                sink(buffer.AsSpan(0, count), 0);
                return Digest.Of(buffer.AsSpan(0, count));
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            while (count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, count);
                sink(buffer.AsSpan(0, count), offset);
                offset += count;
                count = RandomAccess.Read(source, buffer.AsSpan(0, BlockSize), offset);
            }

            return new Digest(Convert.ToHexStringLower(hash.GetHashAndReset()), offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
