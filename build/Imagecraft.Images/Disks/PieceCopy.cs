// Copies a content to its place on a disk. Unaware of what it is.

using System.Collections.Immutable;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Disks;

/// <summary>Writes what is read of a piece, zeros included, and all else that is not zero, into a stream that already reads as zeros. So no hole of a file lies where somebody reads.</summary>
internal static class PieceCopy
{
    private const int BlockSize = Bmap.BlockSize;

    private static readonly byte[] Zeros = new byte[1 << 20];

    /// <exception cref="ImageInputException">The content does not have its declared size.</exception>
    public static async Task WriteAsync(DiskPiece piece, Stream output, CancellationToken cancellationToken)
    {
        long copied = piece.Content is { } content ? await CopyAsync(piece, content, output, cancellationToken) : 0;
        foreach (Extent extent in piece.Extents)
            await ZeroAsync(output, Math.Max(extent.Start, piece.Offset + copied), extent.End, cancellationToken);
    }

    private static async Task<long> CopyAsync(DiskPiece piece, FileContent content, Stream output, CancellationToken cancellationToken)
    {
        await using Stream input = content.Open();
        byte[] buffer = new byte[256 * BlockSize];
        var used = new ExtentCursor(piece.Extents);
        long copied = 0;
        for (int read; (read = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0; copied += read)
        {
            if (copied + read > content.Size)
                throw WrongSize(piece, content);
            long place = piece.Offset + copied;
            for (int start = 0, end; start < read; start = end)
            {
                bool isWritten = IsWritten(start);
                for (end = start; end < read && IsWritten(end) == isWritten;)
                    end = Math.Min(end + BlockSize, read);
                if (!isWritten)
                    continue;
                output.Position = place + start;
                await output.WriteAsync(buffer.AsMemory(start, end - start), cancellationToken);
            }

            bool IsWritten(int at)
            {
                int length = Math.Min(BlockSize, read - at);
                return used.Touches(place + at, length) || buffer.AsSpan(at, length).ContainsAnyExcept((byte)0);
            }
        }

        return copied == content.Size ? copied : throw WrongSize(piece, content);
    }

    private static async Task ZeroAsync(Stream output, long start, long end, CancellationToken cancellationToken)
    {
        for (output.Position = Math.Min(start, end); output.Position < end;)
            await output.WriteAsync(Zeros.AsMemory(0, (int)Math.Min(Zeros.Length, end - output.Position)), cancellationToken);
    }

    private static ImageInputException WrongSize(DiskPiece piece, FileContent content) =>
        new($"Content of {piece.Noun} does not have the declared {content.Size} bytes; it was changed while the image was written");

    /// <summary>Answers for places that never go back.</summary>
    private sealed class ExtentCursor(ImmutableArray<Extent> extents)
    {
        private int next;

        public bool Touches(long start, int length)
        {
            while (next < extents.Length && extents[next].End <= start)
                next++;
            return next < extents.Length && extents[next].Start < start + length;
        }
    }
}
