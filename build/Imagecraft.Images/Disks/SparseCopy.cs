// Copies content without its zeros. Unaware of partitions.

using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Disks;

/// <summary>Writes only blocks that hold something, into a stream that already reads as zeros.</summary>
internal static class SparseCopy
{
    /// <summary>Bytes that are looked at together; the block size of bmap as well.</summary>
    public const int BlockSize = 4096;

    public static async Task CopyAsync(string what, FileContent content, Stream output, long offset, CancellationToken cancellationToken)
    {
        await using Stream input = content.Open();
        byte[] buffer = new byte[256 * BlockSize];
        long copied = 0;
        for (int read; (read = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0; copied += read)
        {
            if (copied + read > content.Size)
                throw WrongSize(what, content);
            for (int start = 0; start < read;)
            {
                int end = start;
                while (end < read && IsZero(buffer, end, read) == IsZero(buffer, start, read))
                    end = Math.Min(end + BlockSize, read);
                if (!IsZero(buffer, start, read))
                {
                    output.Position = offset + copied + start;
                    await output.WriteAsync(buffer.AsMemory(start, end - start), cancellationToken);
                }

                start = end;
            }
        }

        if (copied != content.Size)
            throw WrongSize(what, content);
    }

    private static bool IsZero(byte[] buffer, int start, int read) =>
        !buffer.AsSpan(start, Math.Min(BlockSize, read - start)).ContainsAnyExcept((byte)0);

    private static ImageInputException WrongSize(string what, FileContent content) =>
        new($"Content of {what} does not have the declared {content.Size} bytes; it was changed while the image was written");
}
